import { join, resolve } from 'node:path';
import { isArError } from '@ar-registry/core/errors';
import { METADATA_LIMIT_BYTES, TRUST_ROUTE } from '@ar-registry/core/trust';
import { readFolderFile, readServedFile } from '@ar-registry/io/trust';
import type { Context } from '../command.ts';
import type { ReadFile } from '../stages/sign/index.ts';

/** Whether this names a server. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** Reads files of the metadata of a site, in a folder or on a server. The server is not trusted: what it says is checked. */
export function parsePrevious(given: string | undefined, { cwd, signal }: Context): ReadFile | undefined {
  if (given === undefined) return undefined;
  if (!isAddress(given)) return (name) => readFolderFile(join(resolve(cwd, given), TRUST_ROUTE, name));
  const base = given.replace(/\/+$/, '');
  const limitBytes = METADATA_LIMIT_BYTES.targets;
  return (name) => readServedFile(`${base}/${TRUST_ROUTE}/${name}`, { limitBytes, signal });
}

/** The same for files below a route: of the log, or of the whole site where it is empty. */
export function readSite(given: string, route: string, { cwd, signal }: Pick<Context, 'cwd' | 'signal'>): ReadFile {
  if (!isAddress(given)) return (name) => readFolderFile(join(resolve(cwd, given), route, name));
  const base = given.replace(/\/+$/, '');
  const top = route === '' ? base : `${base}/${route}`;
  return (name) => readServedFile(`${top}/${name}`, { limitBytes: FILE_LIMIT_BYTES, signal });
}

/** A bundle of 256 entries of the largest kind, and any document. */
const FILE_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * The same, where it is no matter whether there is an answer: a registry must be able to sign while its site is down.
 * After the first failure nobody is asked again.
 */
export function unlessUnreachable(read: ReadFile, tell: (problem: string) => void): ReadFile {
  let isDown = false;
  return async (name) => {
    if (isDown) return undefined;
    try {
      return await read(name);
    } catch (error) {
      if (!isArError(error) || error.exit !== 4) throw error;
      if (!isDown) tell(error.message);
      isDown = true;
      return undefined;
    }
  };
}
