/**
 * Changes on their way to the index: on the disk before they are promised, carried out in order, many at a time. While a
 * service is away they wait, also over a restart.
 */
import type { Journal, Numbered } from './journal.ts';
import type { Change, Overlay } from './overlay.ts';

export interface Changes {
  /**
   * Resolves when the change is on the disk.
   *
   * @returns `carriedOut` settles when the index has it; it rejects where the index refuses it for good
   * @throws an Error where too many wait; what the disk says
   */
  promise(change: Change): Promise<{ readonly carriedOut: Promise<void> }>;
  waiting(): number;
  refused(): number;
  /** Ends what is under way; what is left stays on the disk. */
  close(): Promise<void>;
}

export interface ChangesOptions {
  readonly journal: Journal<Change>;
  readonly overlay: Overlay;
  readonly maxWaiting: number;
  /** How many of the first belong together. */
  readonly batchLength: (changes: readonly Change[]) => number;
  /** Carries out changes that belong together. @throws what `isRefusal` knows, and nothing else but the signal's reason */
  readonly carryOut: (changes: readonly Change[]) => Promise<void>;
  readonly isRefusal: (error: unknown) => boolean;
  /** Keeps what the index does not take. */
  readonly onRefused: (change: Change, error: unknown) => Promise<void>;
  /** Something else went wrong: it is tried again after the promise. */
  readonly onTrouble: (error: unknown) => Promise<void>;
  readonly signal: AbortSignal;
}

/** As many as are looked at for one batch. */
const MOST = 100;
/** All that wait, as JSON: they are in memory as well. */
const MAX_CHARS = 32 * 1024 * 1024;

interface Waiting extends Numbered<Change> {
  readonly shown: ReturnType<Overlay['add']>;
  readonly carriedOut: PromiseWithResolvers<void>;
}

export function createChanges(options: ChangesOptions): Changes {
  const { journal, overlay, maxWaiting } = options;
  const queue: Waiting[] = [];
  const counts = { accepting: 0, refused: 0 };
  const chars = { waiting: journal.left.reduce((sum, { item }) => sum + charsOf(item), 0) };
  let running: Promise<void> | undefined;

  const listeners: WorkListeners = {
    onRefusal: () => void (counts.refused += 1),
    onEnd: (change) => void (chars.waiting -= charsOf(change)),
  };
  const start = (): void => {
    running ??= work(queue, options, listeners).finally(() => {
      running = undefined;
      // One may have come since the last look.
      if (queue.length > 0 && !options.signal.aborted) start();
    });
  };
  const enqueue = (one: Numbered<Change>, shown: Waiting['shown']): Waiting => {
    const waiting = { ...one, shown, carriedOut: Promise.withResolvers<void>() };
    // Nobody may wait for it.
    waiting.carriedOut.promise.catch(() => undefined);
    queue.push(waiting);
    start();
    return waiting;
  };
  for (const one of journal.left) enqueue(one, overlay.add(one.item));
  return {
    async promise(change) {
      const size = charsOf(change);
      if (queue.length + counts.accepting >= maxWaiting || chars.waiting + size > MAX_CHARS)
        throw new Error('too many memories wait for the index already');
      counts.accepting += 1;
      chars.waiting += size;
      const shown = overlay.add(change);
      try {
        return { carriedOut: enqueue(await journal.append(change), shown).carriedOut.promise };
      } catch (error) {
        shown.refused();
        chars.waiting -= size;
        throw error;
      } finally {
        counts.accepting -= 1;
      }
    },
    waiting: () => queue.length,
    refused: () => counts.refused,
    async close() {
      await running;
      await journal.close();
    },
  };
}

interface WorkListeners {
  readonly onRefusal: () => void;
  /** Of a change that waits no more. */
  readonly onEnd: (change: Change) => void;
}

function charsOf(change: Change): number {
  return JSON.stringify(change).length;
}

/** Until nothing waits, or the signal is aborted. */
async function work(queue: Waiting[], options: ChangesOptions, { onRefusal, onEnd }: WorkListeners): Promise<void> {
  const { signal, carryOut, isRefusal, onTrouble, onRefused, journal, batchLength } = options;
  // So many of the first are tried one by one: one of them is refused, and must not take the others with it.
  let alone = 0;
  const settle = async (batch: readonly Waiting[], end: (one: Waiting) => void): Promise<void> => {
    await journal.done(batch.at(-1)?.seq ?? 0);
    queue.splice(0, batch.length);
    alone = Math.max(0, alone - batch.length);
    for (const one of batch) {
      onEnd(one.item);
      end(one);
    }
  };
  while (queue.length > 0 && !signal.aborted) {
    const batch = queue.slice(0, alone > 0 ? 1 : batchLength(queue.slice(0, MOST).map(({ item }) => item)));
    const [first] = batch;
    try {
      await carryOut(batch.map(({ item }) => item));
      await settle(batch, ({ shown, carriedOut }) => {
        shown.settled();
        carriedOut.resolve();
      });
    } catch (error) {
      if (signal.aborted || !first) return;
      if (!isRefusal(error)) await onTrouble(error);
      else if (batch.length > 1) alone = batch.length;
      else {
        await onRefused(first.item, error);
        onRefusal();
        await settle(batch, ({ shown, carriedOut }) => {
          shown.refused();
          carriedOut.reject(error);
        });
      }
    }
  }
}
