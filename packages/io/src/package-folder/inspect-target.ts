import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_ARCHIVE_LIMITS } from '@ar-registry/core/archive';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { finding, type Finding } from '@ar-registry/core/findings';
import type { ParsedManifest } from '@ar-registry/core/manifest';
import { readRegularFile } from '../digest/regular-file.ts';
import { inspectArchive } from './inspect-archive.ts';
import { inspectFolder } from './inspect-folder.ts';
import { readManifest } from './read-manifest.ts';

export interface TargetOptions {
  /** What `target` is relative to; absolute. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

export interface InspectedTarget extends Pick<ParsedManifest, 'manifest'> {
  readonly kind: 'manifest' | 'folder' | 'archive';
  readonly findings: readonly Finding[];
  /** Reads what is packed, or will be; absent for a manifest alone, and where nothing may be looked into. */
  readonly readContents?: () => Promise<ReadonlyMap<string, Uint8Array>>;
}

/**
 * Checks what `target` is: a plugin's folder, an archive, or a manifest alone.
 *
 * Files are named in findings as the user would open them. What makes an archive unreadable is a finding too.
 *
 * @throws FILE_NOT_FOUND, FILE_ACCESS
 */
export async function inspectTarget(target: string, { cwd, signal }: TargetOptions): Promise<InspectedTarget> {
  // The user may name a link; only what others put into a package may be none.
  const real = await realpath(path.resolve(cwd, target)).catch(() => undefined);
  if (real === undefined) throw new ArError('FILE_NOT_FOUND', { path: target });
  if ((await stat(real)).isDirectory()) return inspectFolderTarget(real, target, signal);
  if (/\.ya?ml$/i.test(target)) {
    const { parsed } = await readManifest(real, path.normalize(target));
    return { kind: 'manifest', ...parsed };
  }
  return inspectArchiveFile(real, target, signal);
}

/** Names a file of the package at `target`: `./my-plugin` and `ar-plugin.yaml` → `my-plugin/ar-plugin.yaml`. */
export function nameWithin(target: string): (file: string) => string {
  return (file) => path.join(target, file).split(path.sep).join('/');
}

async function inspectFolderTarget(real: string, target: string, signal: AbortSignal): Promise<InspectedTarget> {
  const inspected = await inspectFolder(real, { nameOf: nameWithin(target), signal });
  const { manifest, findings, packed } = inspected;
  const found = { kind: 'folder', findings, ...(manifest === undefined ? {} : { manifest }) } as const;
  // What packing refuses may be too large to be read.
  if (!packed || findings.some(({ code }) => code === 'PACKAGE_REFUSED')) return found;
  const readContents = async (): Promise<ReadonlyMap<string, Uint8Array>> => {
    const { readPackedFiles } = await import('./read-packed-files.ts');
    return readPackedFiles(real, { ...inspected, packed }, signal);
  };
  return { ...found, readContents };
}

async function inspectArchiveFile(real: string, target: string, signal: AbortSignal): Promise<InspectedTarget> {
  const { bytes } = await readRegularFile(real, DEFAULT_ARCHIVE_LIMITS.archiveBytes + 1, signal);
  // What reads archives takes longer to load than a folder takes to check.
  const { readArchive } = await import('../archive/index.ts');
  try {
    const contents = await readArchive({ bytes, label: target }, DEFAULT_ARCHIVE_LIMITS, signal);
    const files = new Map(Array.from(contents.files, ([name, { bytes: content }]) => [name, content]));
    return {
      kind: 'archive',
      ...inspectArchive(contents, nameWithin(target)),
      readContents: () => Promise.resolve(files),
    };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return { kind: 'archive', findings: [finding('PACKAGE_REFUSED', { file: target }, { problem: `${problem}.` })] };
  }
}

function problemOf(error: unknown): string | undefined {
  if (hasCode(error, 'ARCHIVE_INVALID')) return error.facts.problem;
  if (hasCode(error, 'ARCHIVE_TOO_LARGE')) return `${error.facts.what} exceeds the limit of ${error.facts.limit}`;
  return undefined;
}
