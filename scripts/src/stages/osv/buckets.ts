/**
 * Records on their way from the order of the export to that of the parts: each is appended to one of 256 files by the
 * hash of its package's name, and each file is sorted for itself. So no more than one of them is in memory at a time.
 */
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { translateFileError } from '@ar-registry/io/files';
import { prefixOf } from '@ar-registry/io/osv';
import type { OsvRecord } from '@ar-registry/schemas';

export interface Buckets {
  readonly add: (name: string, record: OsvRecord) => Promise<void>;
  /** Package → its records, of one bucket; names and ids sorted, each id once. All that was added is written before. */
  readonly read: (bucket: string) => Promise<ReadonlyMap<string, readonly OsvRecord[]>>;
}

/** `00` to `ff`. */
export const BUCKETS: readonly string[] = Array.from({ length: 256 }, (_, index) =>
  index.toString(16).padStart(2, '0'),
);

/** UTF-16 code units of one bucket that wait to be written. */
const BUFFER_LENGTH = 8 * 1024;

/** Of one bucket, in UTF-16 code units: it is read as a whole. Ten times what all records for npm would need. */
const BUCKET_LIMIT = 128 * 1024 * 1024;

/**
 * @param folder absolute; is there and empty
 * @param label how the export is called in errors
 */
export function createBuckets(folder: string, label: string): Buckets {
  const lengths = new Map<string, number>();
  const waiting = new Map<string, string>();
  const fileOf = (bucket: string): string => path.join(folder, bucket);
  const flush = async (bucket: string): Promise<void> => {
    const text = waiting.get(bucket);
    waiting.delete(bucket);
    if (text !== undefined) await onDisk(fileOf(bucket), (file) => appendFile(file, text));
  };
  return {
    add: async (name, record) => {
      const bucket = prefixOf(name, 2);
      const line = `${JSON.stringify([name, record])}\n`;
      const length = (lengths.get(bucket) ?? 0) + line.length;
      if (length > BUCKET_LIMIT)
        throw new ArError('OSV_EXPORT_INVALID', { source: label, problem: `too much of it is of part ${bucket}` });
      lengths.set(bucket, length);
      const text = (waiting.get(bucket) ?? '') + line;
      waiting.set(bucket, text);
      if (text.length > BUFFER_LENGTH) await flush(bucket);
    },
    read: async (bucket) => {
      await flush(bucket);
      const text = await onDisk(fileOf(bucket), (file) => readFile(file, 'utf8').catch(emptyIfMissing));
      return byName(text.split('\n').slice(0, -1));
    },
  };
}

async function onDisk<T>(file: string, work: (file: string) => Promise<T>): Promise<T> {
  try {
    return await work(file);
  } catch (error) {
    throw translateFileError(error, file);
  }
}

function emptyIfMissing(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
  throw error;
}

function byName(lines: readonly string[]): ReadonlyMap<string, readonly OsvRecord[]> {
  const entries = lines.map((line) => JSON.parse(line) as readonly [string, OsvRecord]);
  const grouped = Map.groupBy(entries, ([name]) => name);
  return new Map(
    [...grouped]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, own]) => [name, newest(own.map(([, record]) => record))]),
  );
}

/** By id; of several of one id the one that was changed last. */
function newest(records: readonly OsvRecord[]): readonly OsvRecord[] {
  const byId = new Map<string, OsvRecord>();
  for (const record of records) {
    const known = byId.get(record.id);
    if (!known || known.modified < record.modified) byId.set(record.id, record);
  }
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
