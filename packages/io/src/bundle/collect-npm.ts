/**
 * The npm packages that locks of plugins name, as files: the user's own npm brings them from where it brings everything.
 *
 * Locks are attacker-controlled. What npm is asked for is a plain name and version, or an address of the form that
 * registries have; what it brings counts by its digest alone.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pinnedPathOf } from '@ar-registry/core/bundle';
import { ArError } from '@ar-registry/core/errors';
import { dependencyLockProblems } from '@ar-registry/core/install';
import { DEPENDENCY_LOCK_FILE } from '@ar-registry/core/layout';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { digestFile } from '../digest/index.ts';
import { makeFolder, translateFileError } from '../files/index.ts';
import { runNpm } from '../npm/run-npm.ts';
import type { ReadyFile } from './write-bundle.ts';

/** A plugin with dependencies. */
export interface DependentPlugin {
  readonly manifest: Pick<NormalizedManifest, 'name' | 'version' | 'dependencies'>;
  /** Text of `ar-deps.lock.json`. */
  readonly lockText: string;
}

interface Wanted {
  /** As the lock has it. */
  readonly pin: string;
  /** What npm is asked for. */
  readonly spec: string;
  readonly label: string;
  /** The plugin whose lock names it. */
  readonly plugin: string;
}

interface CollectPorts {
  /** For what npm brings; absolute. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Specifications in one call: command lines have an end. */
const AT_ONCE = 40;

/**
 * Those for other systems, too: the bundle may be for one.
 *
 * @throws DEPENDENCIES_FAILED, ARCHIVE_INVALID, COMMAND_NOT_FOUND, DISK_FULL, and `signal.reason` when aborted
 */
export async function collectTarballs(
  plugins: readonly DependentPlugin[],
  { folder, signal }: CollectPorts,
): Promise<readonly ReadyFile[]> {
  const wanted = new Map<string, Wanted>();
  for (const plugin of plugins) for (const one of wantedIn(plugin)) if (!wanted.has(one.pin)) wanted.set(one.pin, one);
  const missing = new Map(wanted);
  const found: ReadyFile[] = [];
  const ask = async (some: readonly Wanted[], name: string): Promise<void> => {
    const into = path.join(folder, name);
    await bring(some, into, signal);
    for (const ready of await matching(into, missing)) found.push(ready);
  };
  const all = [...wanted.values()];
  for (let start = 0; start < all.length; start += AT_ONCE)
    await ask(all.slice(start, start + AT_ONCE), `many-${start}`);
  // Two packages may have one name for their files.
  for (const [index, one] of [...missing.values()].entries()) await ask([one], `one-${index}`);
  for (const { plugin, label } of missing.values())
    throw new ArError('DEPENDENCIES_FAILED', { plugin, reason: `What npm has of ${label} is not what the lock pins.` });
  return found;
}

/** @throws ARCHIVE_INVALID */
function wantedIn({ manifest, lockText }: DependentPlugin): readonly Wanted[] {
  const { name: plugin, version, dependencies } = manifest;
  const refused = (problem: string): ArError =>
    new ArError('ARCHIVE_INVALID', { archive: `${plugin}@${version}`, problem: `${DEPENDENCY_LOCK_FILE}: ${problem}` });
  const lock = parseJson(lockText);
  const [problem] = dependencyLockProblems(lock, dependencies);
  if (problem !== undefined) throw refused(problem);
  const { packages } = lock as { readonly packages: Readonly<Record<string, LockedPackage>> };
  return Object.entries(packages).flatMap(([place, entry]) => {
    if (place === '') return [];
    const { name = nameAt(place), version: locked, integrity: pin, resolved } = entry;
    // npm itself refuses names with a hyphen in front, and would not always have.
    if (typeof name !== 'string' || !NAME.test(name)) throw refused(`${place} has a name that no package has`);
    const label = `${name}-${locked}`;
    return [{ pin, spec: specOf(name, locked, resolved), label, plugin }];
  });
}

interface LockedPackage {
  readonly name?: unknown;
  readonly version: string;
  readonly integrity: string;
  readonly resolved?: string;
}

const NAME = /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-zA-Z0-9~][a-zA-Z0-9._~-]*$/;

/** An address of another form could be that of a repository, which npm would clone. */
function specOf(name: string, version: string, resolved: string | undefined): string {
  const url = resolved !== undefined && URL.canParse(resolved) ? new URL(resolved) : undefined;
  return url && /\/-\/[^/]+\.tgz$/.test(url.pathname) ? url.href : `${name}@${version}`;
}

function nameAt(place: string): string {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the check
  }
}

async function bring(some: readonly Wanted[], into: string, signal: AbortSignal): Promise<void> {
  const [first] = some;
  if (!first) return;
  await makeFolder(into);
  const specs = some.map(({ spec }) => spec);
  const flags = ['--pack-destination', into, '--prefer-offline', '--loglevel=error'];
  const reason = await runNpm(['pack', ...flags, '--', ...specs], { folder: into, signal });
  if (reason !== undefined) throw new ArError('DEPENDENCIES_FAILED', { plugin: first.plugin, reason });
}

/** What npm brought and a lock pins; taken out of `missing`. */
async function matching(folder: string, missing: Map<string, Wanted>): Promise<readonly ReadyFile[]> {
  const ready: ReadyFile[] = [];
  const algorithms = new Set([...missing.keys()].map(algorithmOf));
  for (const name of (await readdir(folder)).toSorted()) {
    const from = path.join(folder, name);
    const pins = await Promise.all([...algorithms].map((algorithm) => digestOf(from, algorithm)));
    for (const pin of pins) {
      const wanted = missing.get(pin);
      if (!wanted) continue;
      missing.delete(pin);
      const { size, integrity } = await digestFile(from);
      const digest = createHash('sha256').update(pin).digest('hex');
      ready.push({ from, size, integrity, pin, path: pinnedPathOf('npm', wanted.label, digest) });
    }
  }
  return ready;
}

/** `sha512` of `sha512-…`: `dependencyLockProblems` lets no other form through. */
export function algorithmOf(pin: string): string {
  return pin.slice(0, pin.indexOf('-'));
}

async function digestOf(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  } catch (error) {
    throw translateFileError(error, file);
  }
  return `${algorithm}-${hash.digest('base64')}`;
}
