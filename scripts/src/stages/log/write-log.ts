/**
 * Writing a log into the folder of a site. Its files say nothing until the checkpoint speaks of them, which comes last; a mark
 * beside the site says of which checkpoint all of them are.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { CHECKPOINT_PATH } from '@ar-registry/core/transparency';
import { makeFolder, replaceFile } from '@ar-registry/io/files';
import { eachInParallel } from '@ar-registry/io/install';
import { readFolderFile } from '@ar-registry/io/trust';
import { BUILD_MANIFEST, addToFilesLog } from '../build/index.ts';
import type { LogFile } from './log-files.ts';

const MARK = '.ar-log';
/** Each waits until it is on the disk: several wait together, and of what is written no more than these are held. */
const WRITES_AT_ONCE = 16;

export interface WrittenLog {
  /** All but the checkpoint. */
  readonly files: Iterable<LogFile>;
  /** The checkpoint. */
  readonly note: Uint8Array;
  /** Where in the log to look for files that are no part of it any more. */
  readonly searched: string;
  /** @param file relative to the log; one that is there and was not written */
  readonly isKept: (file: string) => boolean;
}

/**
 * Makes the log of a site be these files; what is there already is left as it is.
 *
 * @throws FILE_ACCESS, DISK_FULL
 */
export async function writeLog(site: string, { files, note, searched, isKept }: WrittenLog): Promise<void> {
  const folder = path.join(site, routes.log);
  await makeFolder(folder);
  await rm(path.join(site, MARK), { force: true });
  const current = new Set<string>([CHECKPOINT_PATH]);
  const written: string[] = [];
  await eachInParallel(
    files,
    async ({ path: file, bytes }) => {
      current.add(file);
      if (await put(site, file, bytes)) written.push(file);
    },
    WRITES_AT_ONCE,
  );
  // Again, for a deployment that has looked at one of them too early.
  announce(site, written);
  await put(site, CHECKPOINT_PATH, note);
  for (const entry of await readdir(path.join(folder, searched), { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const relative = path.relative(folder, file).replaceAll(path.sep, '/');
    if (entry.isFile() && !current.has(relative) && !isKept(relative)) await rm(file, { force: true });
  }
  await replaceFile(path.join(site, MARK), markOf(note));
}

/** Whether all files of the log of a site are those of this checkpoint: its last writing came to its end. */
export async function isWhole(site: string, note: Uint8Array): Promise<boolean> {
  const mark = await readFolderFile(path.join(site, MARK));
  return mark !== undefined && new TextDecoder().decode(mark) === markOf(note);
}

function markOf(note: Uint8Array): string {
  return `${createHash('sha256').update(note).digest('hex')}\n`;
}

/** @returns whether it was another file, or none */
async function put(site: string, file: string, bytes: Uint8Array): Promise<boolean> {
  const target = path.join(site, routes.log, file);
  const there = await readFolderFile(target);
  if (there && Buffer.from(there).equals(bytes)) return false;
  // Before it is written: whoever is stopped in between has said so.
  announce(site, [file]);
  await replaceFile(target, bytes);
  return true;
}

/** For deployments: of what is of a plugin by its name they look only at what the log of builds names. */
function announce(site: string, files: readonly string[]): void {
  const lines = files.filter((file) => file.includes('/@')).map((file) => `+${routes.log}/${file}\n`);
  if (lines.length > 0 && existsSync(path.join(site, BUILD_MANIFEST))) addToFilesLog(site, lines.join(''));
}
