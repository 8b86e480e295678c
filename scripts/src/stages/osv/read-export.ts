/**
 * OSV's export of one ecosystem: a zip, or a folder, with a JSON file for each record.
 *
 * It comes over the network and is not trusted: sizes are limited entry by entry and in all, and no name of an entry
 * becomes a path.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArError, isArError } from '@ar-registry/core/errors';
import { translateFileError } from '@ar-registry/io/files';
import yauzl, { type Entry, type ZipFile } from 'yauzl';

export interface ExportLimits {
  readonly entries: number;
  readonly entryBytes: number;
  readonly totalBytes: number;
}

const MEBIBYTE = 1024 * 1024;
export const EXPORT_LIMITS: ExportLimits = {
  entries: 2_000_000,
  entryBytes: 16 * MEBIBYTE,
  totalBytes: 16 * 1024 * MEBIBYTE,
};

export interface ReadOptions {
  /** How the export is called in errors. */
  readonly label: string;
  readonly limits: ExportLimits;
  readonly signal: AbortSignal;
}

/**
 * The content of each record's file, one after another.
 *
 * @param file absolute path of a zip or a folder
 * @throws OSV_EXPORT_INVALID, FILE_NOT_FOUND, FILE_ACCESS; `signal.reason` when aborted
 */
export async function* readExport(file: string, options: ReadOptions): AsyncGenerator<Buffer> {
  const count = createCount(options);
  const isFolder = await stat(file).then(
    (info) => info.isDirectory(),
    (error: unknown) => {
      throw hasSystemCode(error, 'ENOENT')
        ? new ArError('FILE_NOT_FOUND', { path: options.label }, { cause: error })
        : translateFileError(error, options.label);
    },
  );
  for await (const bytes of isFolder ? readFolder(file, options, count) : readZip(file, options, count)) yield bytes;
}

/** Says of each entry, before it is read, that it may be. */
type Count = (sizeBytes: number) => void;

function createCount({ label, limits, signal }: ReadOptions): Count {
  let [entries, totalBytes] = [0, 0];
  return (sizeBytes) => {
    signal.throwIfAborted();
    entries += 1;
    totalBytes += sizeBytes;
    if (entries > limits.entries) throw invalid(label, `it has more than ${limits.entries} files`);
    if (sizeBytes > limits.entryBytes) throw invalid(label, `a file of it has more than ${limits.entryBytes} bytes`);
    if (totalBytes > limits.totalBytes) throw invalid(label, `its files have more than ${limits.totalBytes} bytes`);
  };
}

async function* readFolder(folder: string, { label, limits }: ReadOptions, count: Count): AsyncGenerator<Buffer> {
  const { readRecordFile } = await import('./read-record-file.ts');
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.json')).map(({ name }) => name);
  for (const name of names.toSorted()) {
    const bytes = await readRecordFile(path.join(folder, name), limits.entryBytes + 1);
    count(bytes.length);
    yield bytes;
  }
  if (names.length === 0) throw invalid(label, 'it holds no record');
}

async function* readZip(file: string, { label, signal }: ReadOptions, count: Count): AsyncGenerator<Buffer> {
  const zip = await openZip(file, label);
  let found = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('.json')) continue;
      count(entry.uncompressedSize);
      found += 1;
      yield await readEntry(zip, entry, label);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw translate(error, label);
  } finally {
    zip.close();
  }
  if (found === 0) throw invalid(label, 'it holds no record');
}

async function openZip(file: string, label: string): Promise<ZipFile> {
  try {
    // Entries are as large as they say, or reading them fails.
    return await yauzl.openPromise(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  } catch (error) {
    throw translate(error, label);
  }
}

async function readEntry(zip: ZipFile, entry: Entry, label: string): Promise<Buffer> {
  if (entry.isEncrypted()) throw invalid(label, 'it is encrypted');
  const stream = await zip.openReadStreamPromise(entry);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** yauzl throws plain errors for what a zip holds; those of the file system have a code. */
function translate(error: unknown, label: string): unknown {
  const translated = translateFileError(error, label);
  if (translated !== error || !(error instanceof Error) || isArError(error)) return translated;
  return new ArError('OSV_EXPORT_INVALID', { source: label, problem: 'it is no whole zip file' }, { cause: error });
}

function invalid(source: string, problem: string): ArError {
  return new ArError('OSV_EXPORT_INVALID', { source, problem });
}

function hasSystemCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
