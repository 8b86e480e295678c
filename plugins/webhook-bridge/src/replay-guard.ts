/** Longer than a signature is accepted: from five minutes before its timestamp, which has whole seconds, to five after. */
const REMEMBERED_MS = 11 * 60_000;
const MAX_REMEMBERED = 100_000;

type ReplayVerdict = 'new' | 'replayed' | 'full';

export interface ReplayGuard {
  /** `full` means that the guard cannot tell: to forget an id early would let it be replayed. */
  check(id: string): ReplayVerdict;
  /** Remembers an id that was accepted. */
  remember(id: string): void;
}

/** A guard that knows no id. `nowMs` is read at each call. */
export function createReplayGuard(nowMs: () => number, maxRemembered: number = MAX_REMEMBERED): ReplayGuard {
  /** Oldest first. */
  const expiries = new Map<string, number>();
  const forgetExpired = (): void => {
    for (const [id, expiry] of expiries) {
      if (expiry > nowMs()) return;
      expiries.delete(id);
    }
  };
  return {
    check(id) {
      forgetExpired();
      if (expiries.has(id)) return 'replayed';
      return expiries.size < maxRemembered ? 'new' : 'full';
    },
    remember(id) {
      expiries.set(id, nowMs() + REMEMBERED_MS);
    },
  };
}
