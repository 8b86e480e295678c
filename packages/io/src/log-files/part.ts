/** The files of one log: `x.log`, which is written, and `x.log.1`, `x.log.2`, … which are older. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { translateFileError } from '../files/index.ts';

export interface LogPart {
  readonly handle: FileHandle;
  /** Of the file itself, whatever it is called by now. While it is open, no other file has the same. */
  readonly id: string;
  /** When it was opened. */
  readonly sizeBytes: number;
}

/** More than any loader keeps. */
const MAX_OLDER = 9;

/**
 * Opens all parts, the newest first.
 *
 * The log may be rotated meanwhile. Newest first, a file that moves on while we look is met twice and never missed.
 *
 * @param known where to stop: neither that part nor older ones are opened
 * @returns `reached` is false if `known` is none of them any more
 * @throws FILE_ACCESS
 */
export async function openParts(
  path: string,
  known?: LogPart,
): Promise<{ readonly parts: readonly LogPart[]; readonly reached: boolean }> {
  const parts: LogPart[] = [];
  const seen = new Set<string>();
  for (let number = 0; number <= MAX_OLDER; number += 1) {
    const part = await openPart(number === 0 ? path : `${path}.${number}`);
    if (!part) continue;
    const reached = part.id === known?.id;
    if (reached || seen.has(part.id)) await part.handle.close();
    else parts.push(part);
    if (reached) return { parts, reached };
    seen.add(part.id);
  }
  return { parts, reached: false };
}

/** Undefined where there is no such file, and for anything that is no file: reading a pipe might never end. */
async function openPart(path: string): Promise<LogPart | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const info = await handle.stat();
    if (info.isFile()) return { handle, id: `${info.dev}:${info.ino}`, sizeBytes: info.size };
    await handle.close();
    return undefined;
  } catch (error) {
    await handle?.close();
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw translateFileError(error, path);
  }
}
