/**
 * From a git repository to the folder of a plugin at one commit. Nothing of the repository runs here.
 *
 * All of it is attacker-controlled, and where a lock names it, so are the address and the commit.
 */
import { mkdtemp, realpath } from 'node:fs/promises';
import path from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import type { GitSource } from '@ar-registry/core/install';
import { DEPENDENCY_LOCK_FILE, MANIFEST_FILE } from '@ar-registry/core/layout';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { readRegularFile } from '../digest/regular-file.ts';
import { makeFolder, translateFileError } from '../files/index.ts';
import { checkoutCommit, openRepository, remoteCommit, type Checkout, type GitProtocol } from '../git/index.ts';
import { readManifest } from '../package-folder/read-manifest.ts';
import { checkedManifest } from '../install/check-manifest.ts';
import type { InstallPorts } from '../install/ports.ts';

/** A plugin whose repository was fetched, and that is not packed yet. */
export interface GitCheckout {
  readonly kind: 'checkout';
  readonly source: GitSource;
  readonly commit: string;
  readonly manifest: NormalizedManifest;
  /** Absolute path of the plugin's folder, in `InstallPorts.scratchDir`. */
  readonly dir: string;
  /** What it takes to make the plugin's main file; absent where the repository holds it. */
  readonly build?: BuildPlan;
}

export interface BuildPlan {
  /** The plugin's own build script: what would run. One line, cut to what a person reads. */
  readonly script: string;
  /** Where `npm ci` finds a lock: absolute. Absent where nothing is to be installed. */
  readonly installDir?: string;
}

const LIMITS = { bytes: 200 * 1024 * 1024, files: 20_000, timeoutMs: 3 * 60_000 };
const REF_TIMEOUT_MS = 60_000;
/** Where git may end up: by settings of the user, or by a redirection. From https that is never http. */
function protocolsFor({ url }: GitSource): readonly GitProtocol[] {
  return url.startsWith('http:') ? ['https', 'http', 'ssh', 'file'] : ['https', 'ssh', 'file'];
}

/** The commit that a source leads to now. @throws REVISION_UNKNOWN, GIT_FAILED */
export function newestCommit(source: GitSource, { signal }: Pick<InstallPorts, 'signal'>): Promise<string> {
  const { url, ref } = source;
  return remoteCommit({ url, ref, protocols: protocolsFor(source), timeoutMs: REF_TIMEOUT_MS }, signal);
}

/**
 * @param commit which one; else that which the source leads to now
 * @throws REVISION_UNKNOWN, GIT_FAILED, GIT_SOURCE_INVALID, SPEC_INVALID for its manifest, DISK_FULL
 */
export async function checkoutGit(
  source: GitSource,
  { scratchDir, signal }: Pick<InstallPorts, 'scratchDir' | 'signal'>,
  commit?: string,
): Promise<GitCheckout> {
  const chosen = commit ?? (await newestCommit(source, { signal }));
  const clone = path.join(await newFolder(scratchDir), 'source');
  const pinned = { url: source.url, commit: chosen, dir: clone, protocols: protocolsFor(source), limits: LIMITS };
  const checkout = await checkoutCommit({ ...pinned, account: 'user' }, signal);
  if (checkout.kind !== 'checked-out') throw checkoutError(checkout, source, chosen);
  await refuseForeign(clone, source, { commit: chosen, signal });
  const dir = await pluginDir(clone, source);
  const manifest = await manifestIn(dir, source);
  const build = (await hasFile(dir, manifest.main)) ? undefined : await planBuild({ clone, dir }, source, manifest);
  if (Object.keys(manifest.dependencies).length > 0 && !(await hasFile(dir, DEPENDENCY_LOCK_FILE)))
    throw invalid(source, `it has npm dependencies, and no ${DEPENDENCY_LOCK_FILE} that pins them`);
  return { kind: 'checkout', source, commit: chosen, manifest, dir, ...(build ? { build } : {}) };
}

async function newFolder(scratchDir: string): Promise<string> {
  try {
    await makeFolder(scratchDir);
    return await realpath(await mkdtemp(path.join(scratchDir, 'git-')));
  } catch (error) {
    throw translateFileError(error, scratchDir);
  }
}

function checkoutError(
  checkout: Exclude<Checkout, { kind: 'checked-out' }>,
  source: GitSource,
  commit: string,
): ArError {
  switch (checkout.kind) {
    case 'too-large':
      return invalid(source, checkout.what);
    case 'commit-missing':
      return new ArError('REVISION_UNKNOWN', { repository: source.url, revision: commit });
    case 'unreachable':
      return new ArError('GIT_FAILED', { doing: `fetching ${source.text}`, reason: checkout.reason });
  }
}

/** For what is read while packing: a link could lead to any file of this machine, or to one that never ends. */
const NEVER_A_LINK =
  /(?:^|\/)(?:ar-plugin\.yaml|package\.json|package-lock\.json|npm-shrinkwrap\.json|ar-deps\.lock\.json|\.npmignore|\.gitignore)$/;

/** @throws GIT_SOURCE_INVALID for what cannot be had, or not safely */
async function refuseForeign(
  clone: string,
  source: GitSource,
  { commit, signal }: { readonly commit: string; readonly signal: AbortSignal },
): Promise<void> {
  const repository = await openRepository(clone, { signal });
  const below = source.folder === undefined ? '' : `${source.folder}/`;
  for (const { path: name, kind } of await repository.listTree(commit)) {
    if (kind === 'submodule' && name.startsWith(below))
      throw invalid(source, `${name} is a submodule, which is not fetched`);
    if (kind === 'symlink' && NEVER_A_LINK.test(name)) throw invalid(source, `${name} is a link`);
  }
}

/** @throws GIT_SOURCE_INVALID where the folder is missing or leads out of the clone */
async function pluginDir(clone: string, source: GitSource): Promise<string> {
  const dir = path.join(clone, ...(source.folder ?? '').split('/'));
  if ((await realpath(dir).catch(() => undefined)) === dir) return dir;
  throw invalid(source, `it has no folder ${source.folder ?? '.'}`);
}

async function manifestIn(dir: string, source: GitSource): Promise<NormalizedManifest> {
  try {
    const { text } = await readManifest(path.join(dir, MANIFEST_FILE), MANIFEST_FILE);
    return checkedManifest(text, source.text);
  } catch (error) {
    if (hasCode(error, 'FILE_NOT_FOUND')) throw invalid(source, `there is no ${MANIFEST_FILE} in it`);
    throw error;
  }
}

async function planBuild(
  { clone, dir }: { readonly clone: string; readonly dir: string },
  source: GitSource,
  manifest: NormalizedManifest,
): Promise<BuildPlan> {
  const packageJson = await readJson(path.join(dir, 'package.json'));
  const script = asObject(packageJson['scripts'])['build'];
  if (typeof script !== 'string' || script.trim() === '')
    throw invalid(source, `it has neither ${manifest.main} nor a build script that could make it`);
  const installDir = await nearestLock(clone, dir);
  const needed = ['dependencies', 'devDependencies', 'optionalDependencies'].some(
    (key) => Object.keys(asObject(packageJson[key])).length > 0,
  );
  if (needed && installDir === undefined)
    throw invalid(source, 'it has to be built, and has no package-lock.json that pins what it is built with');
  return { script: truncate(toSingleLine(script), 200), ...(installDir === undefined ? {} : { installDir }) };
}

const JSON_LIMIT_BYTES = 1024 * 1024;

/** Empty where it is missing, or cannot be read. */
async function readJson(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { bytes } = await readRegularFile(file, JSON_LIMIT_BYTES);
    return asObject(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'FILE_NOT_FOUND')) return {};
    throw error;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** npm takes the first of them that is there. */
const LOCK_FILES = ['npm-shrinkwrap.json', 'package-lock.json'];

/** The lock of a workspace lies above the plugin. */
async function nearestLock(clone: string, dir: string): Promise<string | undefined> {
  for (let current = dir; ; current = path.dirname(current)) {
    for (const name of LOCK_FILES) if (await hasFile(current, name)) return current;
    if (current === clone || current === path.dirname(current)) return undefined;
  }
}

/** Whether there is such a regular file, not behind a link. */
export async function hasFile(dir: string, name: string): Promise<boolean> {
  const file = path.join(dir, name);
  if ((await realpath(file).catch(() => undefined)) !== file) return false;
  const found = await readRegularFile(file, 0).catch((error: unknown) => {
    if (hasCode(error, 'FILE_ACCESS') || hasCode(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  });
  return found !== undefined;
}

export function invalid(source: GitSource, problem: string): ArError {
  return new ArError('GIT_SOURCE_INVALID', { source: source.text, problem: truncate(toSingleLine(problem), 300) });
}
