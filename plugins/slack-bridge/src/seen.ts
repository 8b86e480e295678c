import { createHash } from 'node:crypto';
import type { Journal } from './journal.ts';

const MAX_SEEN = 2000;

export interface Seen {
  has(key: string): boolean;
  add(key: string): void;
  close(): void;
}

/** The last keys, also of earlier runs: Slack sends an event again when it missed the answer. */
export function openSeen(journal: Journal): Seen {
  const seen = new Set<string>();
  const put = (hash: string): void => {
    seen.add(hash);
    const [oldest] = seen;
    if (oldest !== undefined && seen.size > MAX_SEEN) seen.delete(oldest);
  };
  for (const line of journal.read()) if (typeof line === 'string') put(line);
  return {
    has: (key) => seen.has(hashOf(key)),
    add(key) {
      const hash = hashOf(key);
      put(hash);
      if (journal.length < 3 * MAX_SEEN) journal.append(hash);
      else journal.rewrite([...seen]);
    },
    close: () => journal.close(),
  };
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 22);
}
