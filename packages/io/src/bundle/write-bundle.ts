/** Writing a bundle: from files that lie ready, one after the other, into a file that is there as a whole or not at all. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import {
  BUNDLE_LIMITS,
  BUNDLE_MANIFEST,
  formatBundleManifest,
  inBundleOrder,
  type BundledFile,
} from '@ar-registry/core/bundle';
import { ArError } from '@ar-registry/core/errors';
import type { BundleManifest, Integrity } from '@ar-registry/schemas';
import { TAR_END, tarHeader, tarPadding } from '../archive/tar-bytes.ts';
import { makeFolder, translateFileError, writableTarget } from '../files/index.ts';

/** A file for a bundle, and where it lies until then. */
export interface ReadyFile extends BundledFile {
  /** Absolute. */
  readonly from: string;
}

export interface WrittenBundle {
  readonly size: number;
  readonly integrity: Integrity;
  /** Without the list. */
  readonly fileCount: number;
}

export interface BundleContent extends Pick<BundleManifest, 'plugins' | 'registries'> {
  readonly files: readonly ReadyFile[];
}

/**
 * The same content gives the same bytes.
 *
 * @param target absolute; replaced if it is there
 * @throws DISK_FULL, FILE_ACCESS, BUNDLE_TOO_LARGE, and `signal.reason` when aborted; `target` is as it was then
 */
export async function writeBundle(target: string, content: BundleContent, signal: AbortSignal): Promise<WrittenBundle> {
  const files = content.files.toSorted(inBundleOrder);
  const list = Buffer.from(formatBundleManifest(toManifest(content, files)));
  refuseTooLarge(target, list, files);
  const replaced = writableTarget(target);
  const beside = `${replaced}.${randomUUID()}.tmp`;
  try {
    await makeFolder(path.dirname(replaced));
    const handle = await open(beside, 'wx');
    let written: Omit<WrittenBundle, 'fileCount'>;
    try {
      written = await writeAll(handle, chunksOf(list, files), signal);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, replaced);
    return { ...written, fileCount: files.length };
  } catch (error) {
    await rm(beside, { force: true });
    throw translateFileError(error, target);
  }
}

function toManifest({ plugins, registries }: BundleContent, files: readonly ReadyFile[]): BundleManifest {
  const listed = files.map(({ path: name, size, integrity, url, pin }) => ({
    path: name,
    size,
    integrity,
    ...(url === undefined ? {} : { url }),
    ...(pin === undefined ? {} : { pin }),
  }));
  return { schemaVersion: 1, format: 'ar-plugins-bundle', plugins, registries, files: listed };
}

/** What nobody could read is not written. */
function refuseTooLarge(file: string, list: Buffer, files: readonly ReadyFile[]): void {
  const limits = [
    ['the size of its list in bytes', list.length, BUNDLE_LIMITS.manifestBytes],
    ['the size of a file in it in bytes', Math.max(0, ...files.map(({ size }) => size)), BUNDLE_LIMITS.fileBytes],
    ['its size in bytes', files.reduce((sum, { size }) => sum + size, 0), BUNDLE_LIMITS.totalBytes],
  ] as const;
  for (const [what, actual, limit] of limits)
    if (actual > limit) throw new ArError('BUNDLE_TOO_LARGE', { file, what, limit });
}

async function* chunksOf(list: Buffer, files: readonly ReadyFile[]): AsyncGenerator<Uint8Array> {
  yield tarHeader({ path: BUNDLE_MANIFEST, sizeBytes: list.length, executable: false });
  yield list;
  yield tarPadding(list.length);
  for (const { path: name, size, from } of files) {
    yield tarHeader({ path: name, sizeBytes: size, executable: false });
    yield* createReadStream(from) as AsyncIterable<Buffer>;
    yield tarPadding(size);
  }
  yield TAR_END;
}

async function writeAll(
  handle: FileHandle,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<{ readonly size: number; readonly integrity: Integrity }> {
  const hash = createHash('sha512');
  let size = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    await handle.writeFile(chunk);
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, integrity: `sha512-${hash.digest('base64')}` };
}
