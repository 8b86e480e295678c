/** Tells that something changed in a folder that may not be there yet, or not any more. */
import { watch, type FSWatcher } from 'node:fs';

export interface Changes extends Disposable {
  /** Settles with the next change since it was last called, after a while, or once the signal is aborted. */
  next(): Promise<void>;
}

/** Not every file system tells of changes; looking costs little. */
const LOOK_MS = 500;

export function watchFolder(dir: string, signal: AbortSignal): Changes {
  let watcher: FSWatcher | undefined;
  let changed = false;
  let wake: (() => void) | undefined;
  const tell = (): void => {
    changed = true;
    wake?.();
  };
  const forget = (): void => {
    watcher?.close();
    watcher = undefined;
  };
  const begin = (): void => {
    try {
      watcher ??= watch(dir, (event) => {
        // The folder itself may be gone.
        if (event === 'rename') forget();
        tell();
      }).on('error', forget);
    } catch {
      // There is no such folder yet, or nothing that could watch it: then looking must do.
    }
  };
  signal.addEventListener('abort', tell, { once: true });
  begin();
  return {
    async next() {
      begin();
      if (!changed && !signal.aborted) await soon((resolve) => (wake = resolve));
      changed = false;
      wake = undefined;
    },
    [Symbol.dispose]() {
      signal.removeEventListener('abort', tell);
      forget();
    },
  };
}

function soon(listen: (resolve: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, LOOK_MS);
  listen(resolve);
  return promise.finally(() => clearTimeout(timer));
}
