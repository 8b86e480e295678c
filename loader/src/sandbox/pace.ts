/**
 * How often one plugin's connections may bring something: the daemon's work is in the packets, however small, and who sends
 * them is a server that nobody here knows. What comes faster waits in the system, which makes one piece of it.
 *
 * Most of that work is the system's, on the daemon's time: for each read it tells the sender that there is room again, and
 * takes each packet apart that came by itself. Fewer reads alone save little of it. Who cannot send for some milliseconds
 * makes larger packets.
 */
export interface Pace {
  /** Counts a piece. @returns whether it was the last for now; `goOn` is then called once there may be more */
  take(piece: Piece, goOn: () => void): boolean;
  /** Calls nobody any more. */
  close(): void;
}

export interface Piece {
  readonly bytes: number;
  /** Whether the plugin sent something since the one before it: then the server sends no faster than it is asked. */
  readonly isAsked: boolean;
}

/** As long as a rest has to be for packets to become larger, and nobody notices who waits. */
const PERIOD_MS = 20;
/** With all that follows from each, a part of a core that leaves the daemon its time. */
const MOST_A_PERIOD = 240;
/** A packet that carries a long stream is larger. */
const SMALL_BYTES = 512;
/** A small piece that nobody asked for counts as so many. */
const UNASKED_COST = 4;

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
    take({ bytes, isAsked }, goOn) {
      taken += isAsked || bytes >= SMALL_BYTES ? 1 : UNASKED_COST;
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
