/** Saves what changed, at most once in a while; where that fails, tries again after the same time. */
import type { Logger } from '@ar-registry/sdk';

export interface Saver {
  /** There is something to save. */
  changed(): void;
  status(): { readonly failure?: string; readonly savedAt?: number };
  /** Saves what is not saved yet. Does not reject: it is told of in the log. */
  close(): Promise<void>;
}

export interface SaverOptions {
  readonly write: () => Promise<void>;
  readonly everyMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
}

export function createSaver({ write, everyMs, now, logger }: SaverOptions): Saver {
  let hasChanged = false;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isClosed = false;
  const status: { failure?: string; savedAt?: number } = {};

  const save = async (): Promise<void> => {
    if (!hasChanged) return;
    hasChanged = false;
    try {
      await write();
      if (status.failure !== undefined) logger.info('The numbers can be saved again.');
      delete status.failure;
      status.savedAt = now();
    } catch (error) {
      hasChanged = true;
      const failure = error instanceof Error ? error.message : String(error);
      if (status.failure === undefined) logger.error('The numbers cannot be saved.', { error: failure });
      status.failure = failure;
      plan();
    }
  };
  const plan = (): void => {
    if (timer || isClosed) return;
    timer = setTimeout(() => {
      timer = undefined;
      writing = writing.then(save);
    }, everyMs);
    timer.unref();
  };

  return {
    changed() {
      hasChanged = true;
      plan();
    },
    status: () => ({ ...status }),
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await (writing = writing.then(save));
    },
  };
}
