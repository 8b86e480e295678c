/**
 * For development: a plugin in a folder of the user's own is loaded anew when a file of it changes. What it depends on is
 * not looked at (`node_modules`), nor what starts with a dot.
 */
import { watch, type FSWatcher } from 'node:fs';
import { sep } from 'node:path';
import type { Logger } from '@ar-registry/sdk';
import { describeThrown } from './contain.ts';
import type { LoaderControl } from './loader.ts';

export interface WatchPorts {
  readonly loader: Pick<LoaderControl, 'folders' | 'reload'>;
  readonly logger: Logger;
}

/** Editors write a file in several steps, and compilers many files: as long as this after the last, nothing is done. */
const QUIET_MS = 100;

/** Watches the folders of all that is loaded now, also of what failed. @returns ends it, once a reload that runs is over */
export function watchFolders({ loader, logger }: WatchPorts): () => Promise<void> {
  const watchers = new Map<string, { readonly watcher: FSWatcher; timer?: NodeJS.Timeout }>();
  let reloading: Promise<unknown> = Promise.resolve();
  let closed = false;

  const reload = async (dir: string): Promise<void> => {
    const name = loader.folders().find((folder) => folder.dir === dir)?.name;
    if (closed || name === undefined) return;
    const { status } = await loader.reload(name);
    logger.info('loaded anew: a file of it has changed', { plugin: name, status });
  };
  const onChange = (dir: string, file: string | null): void => {
    const watched = watchers.get(dir);
    if (!watched || (file !== null && isIgnored(file))) return;
    clearTimeout(watched.timer);
    watched.timer = setTimeout(() => {
      reloading = reloading.then(() => reload(dir)).catch((error: unknown) => tell(dir, error));
    }, QUIET_MS);
  };
  const tell = (dir: string, error: unknown): void =>
    logger.warn('changes cannot be followed', { dir, error: describeThrown(error) });

  for (const { dir } of loader.folders()) {
    if (watchers.has(dir)) continue;
    try {
      const watcher = watch(dir, { recursive: true }, (_, file) => onChange(dir, file));
      watchers.set(dir, { watcher });
      watcher.on('error', (error) => tell(dir, error));
    } catch (error) {
      tell(dir, error);
    }
  }
  return async () => {
    closed = true;
    for (const { watcher, timer } of watchers.values()) {
      clearTimeout(timer);
      watcher.close();
    }
    await reloading;
  };
}

function isIgnored(file: string): boolean {
  return file.split(sep).some((part) => part === 'node_modules' || part.startsWith('.'));
}
