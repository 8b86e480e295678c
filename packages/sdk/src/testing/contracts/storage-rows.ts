/** Rows for the cases of the storage contract. */
import type { StoredMessage } from '../../adapters/storage.ts';

/** A message of Alice to Bob, unless the fields say otherwise. */
export function messageOf(id: string, fields: Partial<StoredMessage>): StoredMessage {
  const base = {
    id,
    ts: 1,
    from: 'Alice',
    to: 'Bob',
    kind: 'message',
    body: 'hello',
    status: 'unread',
    is_urgent: false,
    is_broadcast: false,
  } as const;
  return { ...base, ...fields };
}

export function idsOf(messages: readonly StoredMessage[]): string[] {
  return messages.map(({ id }) => id);
}

/** Without what was not saved, for which databases say null. */
export function plain(row: object | null | undefined): object | undefined {
  if (!row) return undefined;
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));
}
