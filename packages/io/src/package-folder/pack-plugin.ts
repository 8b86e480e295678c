/**
 * Packs a plugin's folder after checking it, with the lock of its npm dependencies inside.
 *
 * What makes archives and what starts npm is loaded only then: `validate` shares this folder's index and needs neither.
 */
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { isError } from '@ar-registry/core/findings';
import { dependencyLockProblems } from '@ar-registry/core/install';
import { DEPENDENCY_LOCK_FILE } from '@ar-registry/core/layout';
import type { NormalizedManifest } from '@ar-registry/schemas';
import type { PackedArchive } from '../archive/index.ts';
import { readTextIfExists, writeAtomically } from '../files/index.ts';
import { inspectFolder, type InspectOptions } from './inspect-folder.ts';
import type { InspectedPackage } from './inspected-package.ts';

export interface PackedPlugin {
  readonly manifest: NormalizedManifest;
  readonly archive: PackedArchive;
  /** Warnings alone; an error stops packing. */
  readonly findings: InspectedPackage['findings'];
  /** Where the lock of the dependencies comes from: written just now into the folder, or found there. */
  readonly lock: 'none' | 'kept' | 'written';
}

/**
 * A lock in the folder that still fits the manifest is kept, so that packing again gives the same bytes, also offline;
 * else one is made and written there. Nothing else of the folder is touched.
 *
 * @throws FINDINGS with all of them, DEPENDENCY_LOCK_FAILED, and what `packFolder` throws
 */
export async function packPlugin(dir: string, options: InspectOptions): Promise<PackedPlugin> {
  const { signal } = options;
  const inspected = await inspectFolder(dir, { ...options, purpose: 'pack' });
  const { manifest, authored, manifestText, packageJson, findings } = inspected;
  const errors = findings.filter(isError).length;
  if (errors > 0 || !manifest) throw new ArError('FINDINGS', { subject: subjectOf(inspected), errors, findings });
  const { text, state } = await dependencyLock(dir, manifest, signal);
  const extraFiles = new Map(text === undefined ? [] : [[DEPENDENCY_LOCK_FILE, Buffer.from(text)]]);
  const { packFolder } = await import('../archive/index.ts');
  const archive = await packFolder(dir, {
    manifest,
    manifestText,
    files: authored?.files,
    packageJson,
    extraFiles,
    signal,
  });
  return { manifest, archive, findings, lock: state };
}

function subjectOf({ manifest }: InspectedPackage): string {
  return manifest ? `${manifest.name}@${manifest.version}` : 'The plugin';
}

interface DependencyLock {
  readonly text: string | undefined;
  readonly state: PackedPlugin['lock'];
}

async function dependencyLock(dir: string, manifest: NormalizedManifest, signal: AbortSignal): Promise<DependencyLock> {
  if (Object.keys(manifest.dependencies).length === 0) return { text: undefined, state: 'none' };
  const file = path.join(dir, DEPENDENCY_LOCK_FILE);
  const found = await readTextIfExists(file);
  if (found !== undefined && fits(found, manifest)) return { text: found, state: 'kept' };
  const { lockDependencies } = await import('../npm/index.ts');
  const text = await lockDependencies({ manifest, signal });
  await writeAtomically(file, text);
  return { text, state: 'written' };
}

function fits(text: string, { dependencies }: NormalizedManifest): boolean {
  try {
    return dependencyLockProblems(JSON.parse(text), dependencies).length === 0;
  } catch (error) {
    if (error instanceof SyntaxError) return false; // it is made anew
    throw error;
  }
}
