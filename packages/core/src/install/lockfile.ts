import type { Lockfile } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/lockfile';
import { ArError } from '../errors/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { refuseConflict, refuseNewer } from './foreign.ts';

export type LockEntry = Lockfile['plugins'][string];

export const EMPTY_LOCK: Lockfile = { schemaVersion: 1, plugins: {} };

/**
 * @param text attacker-controlled when it comes with a project; `undefined` where there is no file
 * @throws FILE_INVALID, FILE_MERGE_CONFLICT, FILE_TOO_NEW
 */
export function parseLockfile(text: string | undefined, file: string): Lockfile {
  if (text === undefined) return EMPTY_LOCK;
  refuseConflict(text, file);
  const value = parseJson(text);
  refuseNewer(value, file);
  const result = validator(value);
  if (result.ok) return result.value;
  const [first] = result.errors;
  const where = toSingleLine(truncate(first?.instancePath ?? '', 200)) || 'the file';
  const problem = value === undefined ? 'it is not JSON' : `${where} ${first?.message ?? 'is not valid'}`;
  throw new ArError('FILE_INVALID', { file, problem });
}

/** The same bytes for equal locks: plugins by name, keys in a fixed order, two spaces, a newline at the end. */
export function formatLockfile(lock: Lockfile): string {
  const plugins = Object.fromEntries(
    Object.entries(lock.plugins)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, entry]) => [name, ordered(entry)]),
  );
  return `${JSON.stringify({ schemaVersion: 1, plugins }, null, 2)}\n`;
}

const KEYS = [
  'source',
  'version',
  'type',
  'trust',
  'path',
  'git',
  'commit',
  'built',
  'url',
  'registry',
  'integrity',
  'files',
];

/** Keys that a newer version of this program added stand last, by name. */
function rank(key: string): number {
  return KEYS.includes(key) ? KEYS.indexOf(key) : KEYS.length;
}

function ordered(entry: LockEntry): object {
  return Object.fromEntries(Object.entries(entry).toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)));
}

function parseJson(text: string): unknown {
  try {
    // Editors of Windows mark UTF-8 with a BOM, which RFC 8259 lets readers ignore.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined; // refused by the validator
  }
}
