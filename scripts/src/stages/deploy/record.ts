/**
 * What was deployed from a site to a place, in `.ar-deployed/` of the site: so that the next deployment looks at what has
 * changed since, and at nothing else. It counts where the place is as that deployment left it, and where the site goes on
 * from there; without it, and where it is damaged, everything is compared.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { replaceFile, translateFileError } from '@ar-registry/io/files';
import type { SiteState } from './site-state.ts';
import type { SiteFile } from './types.ts';

export interface DeployRecord {
  /** Of the place as it is then. */
  readonly id: string;
  readonly state: SiteState;
  /** That the place has. */
  readonly files: number;
  /** Of them, in bytes; about, where the place does not say how large its files are. */
  readonly size: number;
  /** Files outside of the folders of plugins, which no log speaks of: path → what they were. */
  readonly loose: ReadonlyMap<string, string>;
}

const FOLDER = '.ar-deployed';

/** What is another one after each change: where it is written anew it is another file. */
export function stampOf({ size, modifiedMs, inode }: SiteFile): string {
  return `${size} ${modifiedMs} ${inode}`;
}

/** @returns undefined where there is none of use */
export async function readRecord(site: string, key: string): Promise<DeployRecord | undefined> {
  const text = await readFile(recordFile(site, key), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseRecord(text, key);
}

/** A site that cannot be written into has none. */
export async function writeRecord(site: string, key: string, record: DeployRecord): Promise<void> {
  const { loose, ...rest } = record;
  const file = recordFile(site, key);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await replaceFile(
      file,
      `${JSON.stringify({ schemaVersion: 1, place: key, ...rest, loose: Object.fromEntries(loose) })}\n`,
    );
  } catch (error) {
    const translated = translateFileError(error, file);
    if (!hasCode(translated, 'FILE_ACCESS') && !hasCode(translated, 'DISK_FULL')) throw translated;
  }
}

function recordFile(site: string, key: string): string {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return path.join(site, FOLDER, `${name}.json`);
}

function parseRecord(text: string, key: string): DeployRecord | undefined {
  try {
    const { schemaVersion, place, loose, ...record } = JSON.parse(text) as Record<string, unknown>;
    if (schemaVersion !== 1 || place !== key || !isObject(loose) || !isRecord(record)) return undefined;
    return { ...record, loose: new Map(Object.entries(loose as Record<string, string>)) };
  } catch {
    return undefined; // no JSON
  }
}

function isRecord(value: Record<string, unknown>): value is Omit<DeployRecord, 'loose'> & Record<string, unknown> {
  const { id, state, files, size } = value;
  if (typeof id !== 'string' || !Number.isSafeInteger(files) || typeof size !== 'number' || !isObject(state))
    return false;
  const { build, bytes, inode, digest } = state as Partial<SiteState>;
  return (
    [build, digest].every((text) => typeof text === 'string') &&
    Number.isSafeInteger(bytes) &&
    typeof inode === 'number'
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
