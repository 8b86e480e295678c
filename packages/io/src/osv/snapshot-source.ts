/**
 * A snapshot of the OSV database: `snapshot.json`, and one part for every prefix of the hash of a package's name.
 *
 * A part that is missing is no answer, and no sign of a package without vulnerabilities.
 */
import { createHash } from 'node:crypto';
import { hasCode } from '@ar-registry/core/errors';
import { type AdvisorySource, osvPaths } from '@ar-registry/core/osv';
import type { OsvPart, OsvRecord, OsvSnapshot, Validator } from '@ar-registry/schemas';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import pLimit from 'p-limit';
import { readFromFolder, type SnapshotFiles } from './read-file.ts';

const SNAPSHOT_LIMIT_BYTES = 64 * 1024;
const PART_LIMIT_BYTES = 32 * 1024 * 1024;
const PARTS_AT_ONCE = 8;

export function createSnapshotSource(files: SnapshotFiles): AdvisorySource {
  let read: Promise<OsvSnapshot> | undefined;
  const snapshot = (signal?: AbortSignal): Promise<OsvSnapshot> => {
    read ??= readSnapshot(files, signal).catch((error: unknown) => {
      read = undefined; // asked again, it may be there
      throw error;
    });
    return read;
  };
  return {
    snapshot,
    find: async (names, signal) => {
      const { validator } = await import('@ar-registry/schemas/validators/osv-part');
      const described = await snapshot(signal);
      const byPrefix = Map.groupBy(new Set(names), (name) => prefixOf(name, described.prefixLength));
      const found = await pLimit(PARTS_AT_ONCE).map([...byPrefix], async ([prefix, wanted]) => {
        const part = await readDocument(
          { files, file: osvPaths.part(described, prefix), limitBytes: PART_LIMIT_BYTES, validator },
          signal,
        );
        return wanted.flatMap((name) => recordsOf(part, name));
      });
      return new Map(found.flat());
    },
  };
}

/** What describes the snapshot in `folder`, absolute; undefined where there is none. @throws FILE_INVALID, FILE_ACCESS */
export async function readSnapshotIn(folder: string): Promise<OsvSnapshot | undefined> {
  try {
    return await readSnapshot(readFromFolder(folder), undefined);
  } catch (error) {
    if (hasCode(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Names the part that a package is in. */
export function prefixOf(name: string, length: number): string {
  return createHash('sha256').update(name).digest('hex').slice(0, length);
}

function recordsOf({ packages }: OsvPart, name: string): readonly (readonly [string, readonly OsvRecord[]])[] {
  const records = Object.hasOwn(packages, name) ? packages[name] : undefined;
  return records === undefined ? [] : [[name, records]];
}

async function readSnapshot(files: SnapshotFiles, signal: AbortSignal | undefined): Promise<OsvSnapshot> {
  const { validator } = await import('@ar-registry/schemas/validators/osv-snapshot');
  return readDocument({ files, file: osvPaths.snapshot, limitBytes: SNAPSHOT_LIMIT_BYTES, validator }, signal);
}

interface DocumentAt<T> {
  readonly files: SnapshotFiles;
  readonly file: string;
  readonly limitBytes: number;
  readonly validator: Validator<T>;
}

async function readDocument<T>(
  { files, file, limitBytes, validator }: DocumentAt<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const bytes = await files.read(file, limitBytes, signal);
  const result = validator(parseJson(bytes, (problem) => files.invalid(file, problem)));
  if (result.ok) return result.value;
  const [first] = result.errors;
  const at = toSingleLine(truncate(first?.instancePath ?? '', 200)) || 'the document';
  throw files.invalid(file, `${at} ${first?.message ?? 'is not valid'}`);
}

function parseJson(bytes: Buffer, invalid: (problem: string) => Error): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (error) {
    // Nested too deeply, it is no snapshot either.
    if (error instanceof SyntaxError || error instanceof RangeError) throw invalid('it is not JSON');
    throw error;
  }
}
