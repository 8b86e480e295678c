import type { Lockfile } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/lockfile';
import { ArError } from '../errors/index.ts';

export type LockEntry = Lockfile['plugins'][string];

export const EMPTY_LOCK: Lockfile = { schemaVersion: 1, plugins: {} };

/** @param text `undefined` where there is no file. @throws FILE_INVALID */
export function parseLockfile(text: string | undefined, file: string): Lockfile {
  if (text === undefined) return EMPTY_LOCK;
  const result = validator(parseJson(text));
  if (result.ok) return result.value;
  const [first] = result.errors;
  const problem = first ? `${first.instancePath || 'the file'} ${first.message ?? 'is not valid'}` : 'it is not JSON';
  throw new ArError('FILE_INVALID', { file, problem });
}

/** The same bytes for equal locks: plugins by name, two spaces, a newline at the end. */
export function formatLockfile(lock: Lockfile): string {
  const plugins = Object.fromEntries(Object.entries(lock.plugins).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ schemaVersion: 1, plugins }, null, 2)}\n`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the validator
  }
}
