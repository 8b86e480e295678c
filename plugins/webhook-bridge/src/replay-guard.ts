/** Posts that were accepted, known again also after a restart. */
import type { Journal } from './journal.ts';

/** Longer than a signature is accepted: from five minutes before its timestamp, which has whole seconds, to five after. */
const REMEMBERED_MS = 11 * 60_000;
const MAX_REMEMBERED = 100_000;

type ReplayVerdict = 'new' | 'replayed' | 'full';

export interface ReplayGuard {
  /** `full` means that the guard cannot tell: to forget an id early would let it be replayed. */
  check(id: string): ReplayVerdict;
  /** Remembers an id that was accepted: at once, and when it resolves on the disk. @throws what the disk says */
  remember(id: string): Promise<void>;
  close(): Promise<void>;
}

export interface SeenPost {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
}

export function isSeenPost(value: unknown): value is SeenPost {
  if (typeof value !== 'object' || value === null) return false;
  const { id, untilMs } = value as Readonly<Record<string, unknown>>;
  return typeof id === 'string' && typeof untilMs === 'number';
}

/** A guard that knows what the journal holds. `nowMs` is read at each call. */
export function createReplayGuard(
  nowMs: () => number,
  journal: Journal<SeenPost>,
  maxRemembered: number = MAX_REMEMBERED,
): ReplayGuard {
  /** Oldest first; its number in the journal, once it has one. */
  const seen = new Map<string, { readonly untilMs: number; seq?: number }>();
  for (const { seq, item } of journal.left) seen.set(item.id, { untilMs: item.untilMs, seq });
  const forgetExpired = (): void => {
    let done: number | undefined;
    for (const [id, { untilMs, seq }] of seen) {
      if (untilMs > nowMs()) break;
      seen.delete(id);
      done = seq ?? done;
    }
    // What is forgotten late does no harm.
    if (done !== undefined) void journal.done(done).catch(() => undefined);
  };
  return {
    check(id) {
      forgetExpired();
      if (seen.has(id)) return 'replayed';
      return seen.size < maxRemembered ? 'new' : 'full';
    },
    async remember(id) {
      const one: { readonly untilMs: number; seq?: number } = { untilMs: nowMs() + REMEMBERED_MS };
      seen.set(id, one);
      one.seq = (await journal.append({ id, untilMs: one.untilMs })).seq;
    },
    close: () => journal.close(),
  };
}
