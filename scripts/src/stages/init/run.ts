import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { toTrustSettings } from '@ar-registry/core/trust';
import { parseRegistryRecord } from '@ar-registry/core/record';
import { REGISTRY_FILE } from '@ar-registry/core/layout';
import { makeFolder, translateFileError, writeAtomically } from '@ar-registry/io/files';
import { createTrustCrypto } from '@ar-registry/io/trust';
import { execa } from 'execa';
import { initKeys } from '../keys/index.ts';
import { indexFiles, type NewRegistry } from './files.ts';
import { githubFiles } from './github-files.ts';

export interface InitInput extends NewRegistry {
  /** Of the index; absolute. It must be empty, or not be there. */
  readonly folder: string;
  /** Where the private keys go; absolute. Undefined where it is not signed. */
  readonly keys: string | undefined;
  /** Nobody guards the keys, and the root says so. */
  readonly development: boolean;
  /** With workflows, forms and owners of code. */
  readonly github: boolean;
}

export interface InitOutcome {
  readonly files: readonly string[];
  readonly commit: string;
}

/**
 * Makes an index from nothing, in a git repository with one commit.
 *
 * @throws FOLDER_NOT_EMPTY, KEY_EXISTS, FILE_ACCESS, DISK_FULL, GIT_FAILED
 */
export async function initRegistry(
  input: InitInput,
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<InitOutcome> {
  const { folder, keys, development, github } = input;
  await assertEmpty(folder);
  const files = new Map([...indexFiles(input), ...(github ? await githubFiles() : [])]);
  for (const [file, text] of files) {
    signal.throwIfAborted();
    await makeFolder(path.dirname(path.join(folder, file)));
    await writeAtomically(path.join(folder, file), text);
  }
  await git(['init', '--quiet', '--initial-branch=main', '--template='], folder, signal);
  if (keys !== undefined) await makeKeys({ folder, keys, development, text: files.get(REGISTRY_FILE) ?? '' }, nowMs);
  await git(['add', '--all'], folder, signal);
  await git(['commit', '--quiet', '--message', 'Begin the index'], folder, signal);
  const commit = await git(['rev-parse', 'HEAD'], folder, signal);
  const tracked = await git(['ls-files'], folder, signal);
  return { files: tracked.split('\n'), commit };
}

async function assertEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw translateFileError(error, folder);
  });
  if (entries.length > 0) throw new ArError('FOLDER_NOT_EMPTY', { folder });
}

async function makeKeys(
  { folder, keys, development, text }: { folder: string; keys: string; development: boolean; text: string },
  nowMs: number,
): Promise<void> {
  const parsed = parseRegistryRecord(text, REGISTRY_FILE);
  if (!parsed.ok) throw new ArError('INDEX_UNREADABLE', { index: folder, problem: `its ${REGISTRY_FILE} has errors` });
  const settings = toTrustSettings(parsed.record.trust, parsed.record);
  await initKeys(
    { folder: path.join(folder, 'trust'), keys, settings, development },
    { crypto: createTrustCrypto(), nowMs },
  );
}

/** Whoever has told git no name commits as this program. @throws GIT_FAILED */
async function git(args: readonly string[], cwd: string, cancelSignal: AbortSignal): Promise<string> {
  const name = await execa('git', ['config', 'user.name'], { cwd, reject: false, cancelSignal });
  const as = name.exitCode === 0 ? [] : ['-c', 'user.name=ar-registry', '-c', 'user.email=ar-registry@localhost'];
  const ended = await execa('git', [...as, ...args], { cwd, reject: false, cancelSignal });
  if (ended.exitCode === 0) return ended.stdout;
  cancelSignal.throwIfAborted();
  throw new ArError('GIT_FAILED', {
    doing: `making the index (git ${args[0] ?? ''})`,
    reason: ended.stderr.split('\n')[0] || 'git could not be run',
  });
}
