/**
 * One clock for all that is looked at again and again: each time that the daemon wakes up costs more than a look, so what is
 * due soon is looked at together.
 */
export interface Rounds {
  /** Has something looked at soon, and again and again. @returns what ends that */
  add(look: Look): () => void;
}

/** @param atMs on a clock that only goes on @returns after how many milliseconds to look again */
export type Look = (atMs: number) => number;

interface Entry {
  readonly look: Look;
  dueMs: number;
  /** How much earlier it may come. */
  slackMs: number;
  /** How long the last look took. */
  tookMs: number;
}

const FIRST_MS = 5;
/** Of the time between two looks. */
const SLACK = 1 / 3;
/** No look takes more of the daemon's time, however long it takes. */
const MAX_SHARE = 0.02;

/** @param elapsedMs a clock that only goes on */
export function createRounds(elapsedMs: () => number): Rounds {
  const entries = new Set<Entry>();
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    if (entries.size === 0) return;
    const next = Math.min(...[...entries].map(({ dueMs }) => dueMs));
    timer = setTimeout(wake, Math.max(next - elapsedMs(), 1));
  };
  const wake = (): void => {
    for (const entry of entries) {
      const atMs = elapsedMs();
      if (entry.dueMs - entry.slackMs > atMs) continue;
      const soonMs = entry.look(atMs);
      const endMs = elapsedMs();
      const tookMs = endMs - atMs;
      // On a busy machine one look may have to wait for the processor: that is no reason to look away for long.
      const ms = Math.max(soonMs, Math.min(tookMs, entry.tookMs) / MAX_SHARE);
      Object.assign(entry, { dueMs: endMs + ms, slackMs: ms * SLACK, tookMs });
    }
    wait();
  };
  return {
    add(look) {
      const entry = { look, dueMs: elapsedMs() + FIRST_MS, slackMs: 0, tookMs: 0 };
      entries.add(entry);
      wait();
      return () => {
        entries.delete(entry);
        wait();
      };
    },
  };
}
