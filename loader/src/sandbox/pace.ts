/**
 * How often one plugin's connections may bring something: the daemon's work is in the packets, however small, and who sends
 * them is a server that nobody here knows. What comes faster waits in the system, which makes one piece of it.
 */
export interface Pace {
  /** Counts one. @returns whether it was the last for now; `goOn` is then called once there may be more */
  take(goOn: () => void): boolean;
  /** Calls nobody any more. */
  close(): void;
}

/** Short, so that nobody notices who waits. */
const PERIOD_MS = 5;
/** With all that follows from each, a part of a core that leaves the daemon its time. */
const MOST_A_PERIOD = 60;

export function createPace(): Pace {
  const waiting = new Set<() => void>();
  let taken = 0;
  let timer: NodeJS.Timeout | undefined;
  const renew = (): void => {
    // Each connection may bring one more before it rests: many of them take from the periods to come.
    taken = Math.max(taken - MOST_A_PERIOD, 0);
    timer = taken > 0 ? setTimeout(renew, PERIOD_MS) : undefined;
    if (taken >= MOST_A_PERIOD) return;
    const all = [...waiting];
    waiting.clear();
    for (const goOn of all) goOn();
  };
  return {
    take(goOn) {
      taken += 1;
      timer ??= setTimeout(renew, PERIOD_MS);
      if (taken < MOST_A_PERIOD) return false;
      waiting.add(goOn);
      return true;
    },
    close() {
      clearTimeout(timer);
      waiting.clear();
    },
  };
}
