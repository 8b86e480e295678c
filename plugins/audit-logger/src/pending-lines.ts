/** The lines that wait to be written, then those that wait for the disk, in order; and the counts of all. */
export interface Lines {
  /** False if there is no room for the line. */
  readonly add: (line: string) => boolean;
  /** The first lines that were not written. */
  readonly waiting: () => readonly string[];
  /** So many of them were written. */
  readonly wrote: (count: number) => void;
  /** All that was written is on the disk. */
  readonly committed: () => void;
  /** What is not on the disk was not written, after all. */
  readonly takeBack: () => void;
  /** Whether something written is not on the disk. */
  readonly areUncommitted: () => boolean;
  readonly lose: (count: number) => void;
  readonly counts: () => { readonly written: number; readonly pending: number; readonly lost: number };
}

const MAX_PENDING_CHARS = 16 * 1024 ** 2;
/** As many lines as are looked at together. */
const BATCH = 1000;

/** No lines. */
export function createLines(): Lines {
  let queue: string[] = [];
  let chars = 0;
  /** How many at the front of the queue are written, and not committed. */
  let uncommitted = 0;
  let written = 0;
  let lost = 0;
  return {
    add(line) {
      if (chars + line.length > MAX_PENDING_CHARS) return false;
      chars += line.length;
      queue.push(line);
      return true;
    },
    waiting: () => queue.slice(uncommitted, uncommitted + BATCH),
    wrote(count) {
      uncommitted += count;
      written += count;
    },
    committed() {
      for (const line of queue.slice(0, uncommitted)) chars -= line.length;
      queue = queue.slice(uncommitted);
      uncommitted = 0;
    },
    takeBack() {
      written -= uncommitted;
      uncommitted = 0;
    },
    areUncommitted: () => uncommitted > 0,
    lose(count) {
      lost += count;
    },
    counts: () => ({ written, pending: queue.length - uncommitted, lost }),
  };
}
