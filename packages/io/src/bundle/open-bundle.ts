/**
 * Reading a bundle, whoever made it. Attacker-controlled from the first byte to the last.
 *
 * The list of files comes first, and from then on there is only one sequence of bytes that it allows: every header is
 * compared with the one that this program would have written, so that there are no links, no odd names, no second
 * header and nothing between the files to be understood in two ways. Nothing is unpacked by a name of the bundle.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { foldPath, showPath } from '@ar-registry/core/archive';
import { BUNDLE_LIMITS, BUNDLE_MANIFEST, bundlePathProblem, type BundledFile } from '@ar-registry/core/bundle';
import { ArError } from '@ar-registry/core/errors';
import { sameIntegrity } from '@ar-registry/core/integrity';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { BundleManifest } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/bundle';
import { TAR_END, tarHeader, tarPadding } from '../archive/tar-bytes.ts';
import { translateFileError } from '../files/index.ts';

export interface Bundle extends AsyncDisposable {
  /** Path of the bundle, for errors. */
  readonly file: string;
  readonly manifest: BundleManifest;
  /** The content of a file of the list, compared with it once more. @throws BUNDLE_FILE_CHANGED */
  read(entry: BundledFile): Promise<Buffer>;
  /** The same in pieces, for what may be too large for the memory; the last is handed over before it is compared. */
  stream(entry: BundledFile): AsyncIterable<Buffer>;
}

interface Source {
  readonly file: string;
  readonly handle: FileHandle;
  readonly sizeBytes: number;
}

/**
 * Reads all of the bundle once: that it has exactly the files of its list, each as the list says.
 *
 * @throws FILE_NOT_FOUND, FILE_ACCESS, and the codes of BUNDLE_… that speak of its form
 */
export async function openBundle(file: string, signal: AbortSignal): Promise<Bundle> {
  const source = await openSource(file);
  try {
    const { manifest, end } = await readManifest(source);
    const places = await readEntries(source, { manifest, from: end }, signal);
    return toBundle(source, manifest, places);
  } catch (error) {
    await source.handle.close();
    throw translateFileError(error, file);
  }
}

async function openSource(file: string): Promise<Source> {
  try {
    // A pipe must not be waited for.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const info = await handle.stat();
    if (info.isFile()) return { file, handle, sizeBytes: info.size };
    await handle.close();
    throw new ArError('FILE_ACCESS', { path: file, reason: 'it is not a file' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new ArError('FILE_NOT_FOUND', { path: file }, { cause: error });
    throw translateFileError(error, file);
  }
}

const BLOCK_BYTES = 512;
const CHUNK_BYTES = 256 * 1024;

async function readManifest(source: Source): Promise<{ readonly manifest: BundleManifest; readonly end: number }> {
  const { file, sizeBytes } = source;
  const header = await readAt(source, 0, Math.min(BLOCK_BYTES, sizeBytes));
  const size = Number.parseInt(/^ *([0-7]+)[ \0]*$/.exec(header.toString('latin1', 124, 136))?.[1] ?? '', 8);
  if (header.length < BLOCK_BYTES || Number.isNaN(size) || !header.equals(headerOf(BUNDLE_MANIFEST, size)))
    throw new ArError('BUNDLE_INVALID', { file, problem: foreign(header) });
  if (size > BUNDLE_LIMITS.manifestBytes)
    throw tooLarge(file, 'the size of its list in bytes', BUNDLE_LIMITS.manifestBytes);
  const text = await readAt(source, BLOCK_BYTES, size);
  const end = BLOCK_BYTES + size;
  await assertBytes(source, { at: end, expected: tarPadding(size), path: BUNDLE_MANIFEST });
  return { manifest: parseManifest(text, file), end: end + tarPadding(size).length };
}

function foreign(header: Buffer): string {
  return header[0] === 0x1f && header[1] === 0x8b
    ? 'is compressed, and has to be decompressed first'
    : 'does not begin with its list of files';
}

/** @throws BUNDLE_INVALID, BUNDLE_UNSUPPORTED, BUNDLE_PATH_REFUSED, BUNDLE_TOO_LARGE */
function parseManifest(text: Buffer, file: string): BundleManifest {
  const value = parseJson(text);
  const version = (value as { readonly schemaVersion?: unknown } | null | undefined)?.schemaVersion;
  if (typeof version === 'number' && Number.isInteger(version) && version > 1)
    throw new ArError('BUNDLE_UNSUPPORTED', { file, version });
  const result = validator(value);
  if (!result.ok) {
    const [first] = result.errors;
    const where = toSingleLine(truncate(first?.instancePath ?? '', 200)) || 'the list';
    throw new ArError('BUNDLE_INVALID', { file, problem: `has a list of files in which ${where} is wrong` });
  }
  refuseBadPaths(result.value, file);
  const total = result.value.files.reduce((sum, { size }) => sum + size, 0);
  if (total > BUNDLE_LIMITS.totalBytes) throw tooLarge(file, 'its size in bytes', BUNDLE_LIMITS.totalBytes);
  return result.value;
}

function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    return undefined; // refused by the validator
  }
}

function refuseBadPaths({ files }: BundleManifest, file: string): void {
  const seen = new Set<string>([BUNDLE_MANIFEST]);
  const [urls, pins] = [new Set<string>(), new Set<string>()];
  for (const { path, url, pin } of files) {
    const problem = bundlePathProblem(path);
    if (problem !== undefined) throw new ArError('BUNDLE_PATH_REFUSED', { file, path: showPath(path), problem });
    // For those who unpack it where two such names are one file.
    const folded = foldPath(path);
    const twice = seen.has(folded) || (url !== undefined && urls.has(url)) || (pin !== undefined && pins.has(pin));
    if (twice) throw new ArError('BUNDLE_PATH_REFUSED', { file, path: showPath(path), problem: 'is there twice' });
    seen.add(folded);
    if (url !== undefined) urls.add(url);
    if (pin !== undefined) pins.add(pin);
  }
}

/** @returns where the content of each file begins, by path */
async function readEntries(
  source: Source,
  { manifest, from }: { readonly manifest: BundleManifest; readonly from: number },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const places = new Map<string, number>();
  let at = from;
  for (const entry of manifest.files) {
    signal.throwIfAborted();
    const header = headerOf(entry.path, entry.size);
    await assertHeader(source, { at, header, entry, manifest });
    at += header.length;
    places.set(entry.path, at);
    await drain(verified(source, entry, at), signal);
    at += entry.size;
    const padding = tarPadding(entry.size);
    await assertBytes(source, { at, expected: padding, path: entry.path });
    at += padding.length;
  }
  await assertEnd(source, at);
  return places;
}

async function drain(chunks: AsyncGenerator<Buffer>, signal: AbortSignal): Promise<void> {
  while ((await chunks.next()).done !== true) signal.throwIfAborted();
}

interface ExpectedHeader {
  readonly at: number;
  readonly header: Buffer;
  readonly entry: BundledFile;
  readonly manifest: BundleManifest;
}

/** @throws BUNDLE_TRUNCATED, BUNDLE_FILE_MISSING, BUNDLE_FILE_UNEXPECTED */
async function assertHeader(source: Source, { at, header, entry, manifest }: ExpectedHeader): Promise<void> {
  const { file } = source;
  const missing = (): ArError => new ArError('BUNDLE_FILE_MISSING', { file, path: showPath(entry.path) });
  const first = await readAt(source, at, BLOCK_BYTES);
  if (first.every((byte) => byte === 0)) throw missing();
  const actual = Buffer.concat([first, await readAt(source, at + BLOCK_BYTES, header.length - BLOCK_BYTES)]);
  if (actual.equals(header)) return;
  const name = nameIn(actual);
  if (manifest.files.some(({ path }) => path !== entry.path && path === name)) throw missing();
  throw new ArError('BUNDLE_FILE_UNEXPECTED', { file, path: showPath(name) });
}

async function assertEnd(source: Source, at: number): Promise<void> {
  const { file, sizeBytes } = source;
  const end = await readAt(source, at, TAR_END.length);
  if (!end.equals(TAR_END)) throw new ArError('BUNDLE_FILE_UNEXPECTED', { file, path: showPath(nameIn(end)) });
  if (sizeBytes > at + TAR_END.length) throw new ArError('BUNDLE_INVALID', { file, problem: 'goes on behind its end' });
}

/** Of a header that is not ours: for a message alone. */
function nameIn(header: Buffer): string {
  const text = (start: number, end: number): string => header.toString('utf8', start, end).replace(/\0.*$/s, '');
  const prefix = text(345, 500);
  return prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
}

async function assertBytes(
  source: Source,
  { at, expected, path }: { readonly at: number; readonly expected: Uint8Array; readonly path: string },
): Promise<void> {
  if ((await readAt(source, at, expected.length)).equals(expected)) return;
  throw new ArError('BUNDLE_FILE_CHANGED', { file: source.file, path: showPath(path) });
}

function headerOf(path: string, sizeBytes: number): Buffer {
  return Buffer.from(tarHeader({ path, sizeBytes, executable: false }));
}

/** @throws BUNDLE_FILE_CHANGED at the end, BUNDLE_TRUNCATED */
async function* verified(source: Source, { path, size, integrity }: BundledFile, from: number): AsyncGenerator<Buffer> {
  const hash = createHash('sha512');
  for (let done = 0; done < size; done += CHUNK_BYTES) {
    const chunk = await readAt(source, from + done, Math.min(CHUNK_BYTES, size - done));
    hash.update(chunk);
    yield chunk;
  }
  if (sameIntegrity(`sha512-${hash.digest('base64')}`, integrity)) return;
  throw new ArError('BUNDLE_FILE_CHANGED', { file: source.file, path: showPath(path) });
}

/** @throws BUNDLE_TRUNCATED */
async function readAt({ file, handle }: Source, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(buffer, done, length - done, at + done);
    if (bytesRead === 0) throw new ArError('BUNDLE_TRUNCATED', { file });
    done += bytesRead;
  }
  return buffer;
}

function tooLarge(file: string, what: string, limit: number): ArError {
  return new ArError('BUNDLE_TOO_LARGE', { file, what, limit });
}

function toBundle(source: Source, manifest: BundleManifest, places: ReadonlyMap<string, number>): Bundle {
  const stream = (entry: BundledFile): AsyncIterable<Buffer> => verified(source, entry, places.get(entry.path) ?? 0);
  return {
    file: source.file,
    manifest,
    stream,
    read: async (entry) => {
      const chunks: Buffer[] = [];
      for await (const chunk of stream(entry)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    [Symbol.asyncDispose]: () => source.handle.close(),
  };
}
