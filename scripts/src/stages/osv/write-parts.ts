import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { translateFileError } from '@ar-registry/io/files';
import { prefixOf } from '@ar-registry/io/osv';
import type { OsvRecord } from '@ar-registry/schemas';
import { BUCKETS, type Buckets } from './buckets.ts';

export interface WrittenParts {
  /** Names the content: the same records give the same name. */
  readonly name: string;
  readonly prefixLength: number;
  readonly packages: number;
}

/** Above so many records, a part for three digits of the hash and not for two: a part stays below some 100 KB. */
const FEW_RECORDS = 10_000;
const DIGITS = '0123456789abcdef';
/** Less than what clients read of a part. */
const PART_LIMIT_BYTES = 30 * 1024 * 1024;

/** Writes a part for every prefix into `folder`, also an empty one. @throws OSV_EXPORT_INVALID, DISK_FULL, FILE_ACCESS */
export async function writeParts(
  buckets: Buckets,
  folder: string,
  { records, label, signal }: { readonly records: number; readonly label: string; readonly signal: AbortSignal },
): Promise<WrittenParts> {
  const prefixLength = records > FEW_RECORDS ? 3 : 2;
  const hash = createHash('sha256');
  let packages = 0;
  for (const bucket of BUCKETS) {
    signal.throwIfAborted();
    const byName = await buckets.read(bucket);
    packages += byName.size;
    for (const [prefix, entries] of split(bucket, byName, prefixLength)) {
      const text = `${JSON.stringify({ schemaVersion: 1, packages: Object.fromEntries(entries) })}\n`;
      if (text.length > PART_LIMIT_BYTES)
        throw new ArError('OSV_EXPORT_INVALID', { source: label, problem: `too much of it is of part ${prefix}` });
      hash.update(`${prefix} ${text}`);
      await write(path.join(folder, `${prefix}.json`), text);
    }
  }
  return { name: hash.digest('hex').slice(0, 16), prefixLength, packages };
}

type Entries = readonly (readonly [string, readonly OsvRecord[]])[];

function split(
  bucket: string,
  byName: ReadonlyMap<string, readonly OsvRecord[]>,
  prefixLength: number,
): readonly (readonly [string, Entries])[] {
  const entries = [...byName];
  if (prefixLength === bucket.length) return [[bucket, entries]];
  const byPrefix = Map.groupBy(entries, ([name]) => prefixOf(name, prefixLength));
  return Array.from(DIGITS, (digit) => [bucket + digit, byPrefix.get(bucket + digit) ?? []] as const);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    throw translateFileError(error, file);
  }
}
