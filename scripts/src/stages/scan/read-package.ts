/** The files that a package ships, from an archive or from an author's folder. Nothing of it is run or written. */
import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArError, isArError } from '@ar-registry/core/errors';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { readTextIfExists, translateFileError } from '@ar-registry/io/files';
import { listPackageFiles, readArchive, type PackSelection } from '@ar-registry/io/archive';
import type { NormalizedManifest } from '@ar-registry/schemas';

export type ReadPackage =
  | {
      readonly kind: 'read';
      readonly files: ReadonlyMap<string, Uint8Array>;
      /** Undefined where it is missing, or is none: then nothing counts as declared. */
      readonly manifest: NormalizedManifest | undefined;
    }
  | { readonly kind: 'refused'; readonly problem: string };

/** @throws FILE_NOT_FOUND; `signal.reason` when aborted */
export async function readPackage(target: string, signal: AbortSignal): Promise<ReadPackage> {
  const real = await realpath(target).catch(() => undefined);
  if (real === undefined) throw new ArError('FILE_NOT_FOUND', { path: target });
  try {
    return (await stat(real)).isDirectory() ? await readFolder(real, signal) : await readArchiveFile(real, signal);
  } catch (error) {
    if (!isArError(error)) throw error;
    return { kind: 'refused', problem: error.message };
  }
}

async function readArchiveFile(file: string, signal: AbortSignal): Promise<ReadPackage> {
  const contents = await readArchive(
    { bytes: await readFile(file, { signal }), label: path.basename(file) },
    undefined,
    signal,
  );
  const files = new Map(Array.from(contents.files, ([name, { bytes }]) => [name, bytes]));
  return { kind: 'read', files, manifest: parseManifest(contents.manifestText, MANIFEST_FILE).manifest };
}

/** What packing would take; all there is, where packing would refuse the folder. */
async function readFolder(dir: string, signal: AbortSignal): Promise<ReadPackage> {
  const text = await readTextIfExists(path.join(dir, MANIFEST_FILE));
  const parsed = text === undefined ? undefined : parseManifest(text, MANIFEST_FILE);
  const { manifest, authored } = parsed ?? {};
  const packageJson = await readJson(path.join(dir, 'package.json'));
  const selection = manifest && { manifest, files: authored?.files, packageJson, signal };
  const names = selection ? await packedFiles(dir, selection) : await allFiles(dir);
  const files = new Map<string, Uint8Array>();
  for (const name of names.toSorted()) {
    signal.throwIfAborted();
    const bytes = await readIfThere(path.join(dir, name));
    if (bytes) files.set(name, bytes);
  }
  return { kind: 'read', files, manifest };
}

/** Undefined for one that is not there. @throws FILE_ACCESS: what cannot be read was not scanned, and is no pass */
async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw translateFileError(error, file);
  }
}

/** What is no object in JSON counts as nothing; the scan looks at the text itself. */
async function readJson(file: string): Promise<PackSelection['packageJson']> {
  const text = (await readTextIfExists(file)) ?? '';
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as NonNullable<PackSelection['packageJson']>)
      : undefined;
  } catch {
    return undefined;
  }
}

async function packedFiles(dir: string, selection: PackSelection): Promise<readonly string[]> {
  try {
    return [...new Set([...(await listPackageFiles(dir, selection)), 'package.json'])];
  } catch (error) {
    if (!isArError(error)) throw error;
    return allFiles(dir);
  }
}

/** Links are left out: what they lead to is not the package’s. */
async function allFiles(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((name) => !/(?:^|\/)(?:node_modules|\.git)\//.test(name));
}
