/** What a bundle is made for: what was named, or what the lock of the project names. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BundledPlugin } from '@ar-registry/core/bundle';
import { ArError } from '@ar-registry/core/errors';
import { parseSpec, type LockEntry } from '@ar-registry/core/install';
import { repack } from '@ar-registry/io/bundle';
import { inParallel, lockedUrl, resolveSpec, type InstallPorts } from '@ar-registry/io/install';
import { readProject, type Project } from '@ar-registry/io/project';
import type { Integrity, PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';
import { mismatchesOf } from '../install/check-lock.ts';
import { createPorts } from '../install/index.ts';
import { knownAgainst, refuseRevoked } from '../install/revoked.ts';
import { otherRegistry } from './install-from.ts';

export interface Chosen {
  readonly plugin: BundledPlugin;
  /** Of one that comes from no registry. */
  readonly archive?: { readonly integrity: Integrity; readonly bytes: Uint8Array };
}

/** @param texts as typed. @throws BUNDLE_SOURCE_REFUSED, VERSION_REVOKED, and what `resolveSpec` throws */
export async function chooseNamed(texts: readonly string[], context: Context): Promise<readonly Chosen[]> {
  const ports = await createPorts(context);
  const specs = texts.map(parseSpec);
  const names = specs.map((spec, index) => (spec.kind === 'registry' ? spec.name : (texts[index] ?? '')));
  for (const [index, spec] of specs.entries()) {
    const plugin = names[index] ?? '';
    if (names.indexOf(plugin) < index)
      throw new ArError('SPEC_INVALID', { spec: plugin, problem: 'it is named twice' });
    if (spec.kind !== 'registry') throw notNamed(plugin);
  }
  const found = await inParallel(specs, (spec) => resolveSpec(spec, ports));
  const chosen = found.flatMap((one): readonly Chosen[] => {
    if (one.kind !== 'registry') return [];
    const { name, version } = one.manifest;
    const registry = ports.client.registryOf(name);
    return [{ plugin: { name, version, source: 'registry', range: one.range, registry } }];
  });
  return chosen.toSorted((a, b) => (a.plugin.name < b.plugin.name ? -1 : 1));
}

function notNamed(plugin: string): ArError {
  return refused(plugin, 'is no name of a plugin in a registry', 'Install it first: what a lock pins can be bundled.');
}

function refused(plugin: string, problem: string, instead: string): ArError {
  return new ArError('BUNDLE_SOURCE_REFUSED', { plugin, problem, instead });
}

/** @throws BUNDLE_EMPTY, BUNDLE_SOURCE_REFUSED, LOCK_MISMATCH, VERSION_REVOKED, and what asking for advisories throws */
export async function chooseLocked(context: Context): Promise<readonly Chosen[]> {
  const ports = await createPorts(context);
  const project = await readProject(ports.projectDir, context.dataDir);
  const [problem] = mismatchesOf(project);
  if (problem !== undefined) throw new ArError('LOCK_MISMATCH', { problem });
  const locked = Object.entries(project.lock.plugins)
    .map(([name, entry]) => ({ name, entry }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (locked.length === 0) throw new ArError('BUNDLE_EMPTY', { project: ports.projectDir });
  const chosen: Chosen[] = [];
  for (const one of locked) chosen.push(await chooseOne(one, project, ports));
  refuseRevoked(await knownAgainst(locked, ports.projectDir, context));
  return chosen;
}

interface Locked {
  readonly name: PluginName;
  readonly entry: LockEntry;
}

async function chooseOne({ name, entry }: Locked, project: Project, ports: InstallPorts): Promise<Chosen> {
  const { version } = entry;
  switch (entry.source) {
    case 'folder':
      throw refused(
        name,
        `is linked to ${entry.path}, of which nothing is locked`,
        'Take the folder along and link it there; here, name the plugins to bundle, or take it out of the project.',
      );
    case 'registry': {
      const registry = lockedUrl(entry.registry, project.dir);
      const asked = ports.client.registryOf(name);
      if (registry !== asked) throw otherRegistry(name, registry, asked);
      // So that what was revoked is known, and what the registry is trusted by.
      await ports.client.advisories(name, ports.signal);
      const range = project.wanted.plugins[name]?.range ?? version;
      return { plugin: { name, version, source: 'registry', range, registry } };
    }
    case 'git':
    case 'archive': {
      const bytes = await bytesOf(name, entry, { project, ports });
      return { plugin: { name, version, source: entry.source }, archive: { integrity: entry.integrity, bytes } };
    }
  }
}

/** From the store, which has its files. @throws BUNDLE_SOURCE_REFUSED */
async function bytesOf(
  name: PluginName,
  lock: Extract<LockEntry, { source: 'git' | 'archive' }>,
  { project, ports }: { readonly project: Project; readonly ports: InstallPorts },
): Promise<Uint8Array> {
  const kept =
    lock.source === 'archive' ? await readFile(path.resolve(project.dir, lock.path)).catch(() => undefined) : undefined;
  const bytes = kept ?? (await repack(name, lock, ports.store));
  if (bytes) return bytes;
  throw refused(name, 'is not here whole, as its lock pins it', 'Restore it first: ar plugin install');
}
