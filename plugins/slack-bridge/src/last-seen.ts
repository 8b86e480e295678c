/** The newest message of each channel that was carried, so that what was written while the bridge was away can be asked for. */
import type { Journal } from './journal.ts';

export interface LastSeen {
  of(channel: string): string | undefined;
  /** Ids that grow with time; an older one changes nothing. */
  note(channel: string, id: string): void;
  close(): void;
}

const COMPACT_AT = 2000;

export function openLastSeen(journal: Journal): LastSeen {
  const seen = new Map<string, string>();
  const isNewer = (channel: string, id: string): boolean => {
    const before = seen.get(channel) ?? '';
    return id.length === before.length ? id > before : id.length > before.length;
  };
  for (const line of journal.read()) {
    const { channel, id } = (line ?? {}) as { readonly channel?: unknown; readonly id?: unknown };
    if (typeof channel === 'string' && typeof id === 'string' && isNewer(channel, id)) seen.set(channel, id);
  }
  return {
    of: (channel) => seen.get(channel),
    note(channel, id) {
      if (!isNewer(channel, id)) return;
      seen.set(channel, id);
      if (journal.length < COMPACT_AT) journal.append({ channel, id });
      else journal.rewrite([...seen].map(([each, last]) => ({ channel: each, id: last })));
    },
    close: () => journal.close(),
  };
}
