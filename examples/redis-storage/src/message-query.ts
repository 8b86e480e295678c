/** What a query asks for: which sets hold all of it, and whether a message fits. */
import type { MessageQuery, StoredMessage } from '@ar-registry/sdk';
import type { Keys } from './keys.ts';

const NAMED = ['from', 'to', 'topic', 'thread'] as const;

/** Keys of the sets that hold everything that fits, and more. */
export function indexesFor(query: MessageQuery, keys: Keys): readonly string[] {
  const named = NAMED.flatMap((kind) => {
    const name = query[kind];
    return name === undefined ? [] : [keys.of(kind, name)];
  });
  return [
    keys.of('messages'),
    ...named,
    ...(query.unreadOnly === true ? [keys.of('unread')] : []),
    ...(query.urgentOnly === true ? [keys.of('urgent')] : []),
  ];
}

/** But for the time, which the sets are ordered by. */
export function fits(query: MessageQuery, message: StoredMessage): boolean {
  if (query.unreadOnly === true && message.status !== 'unread') return false;
  if (query.urgentOnly === true && !message.is_urgent) return false;
  return NAMED.every((kind) => query[kind] === undefined || query[kind] === message[kind]);
}
