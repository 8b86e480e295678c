/**
 * Installing from a bundle: all of it is verified as if the registries had answered, then the ordinary installation goes
 * its way with the bundle in their place. Nobody is asked over a network, npm neither.
 */
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import type { BundledPlugin } from '@ar-registry/core/bundle';
import { parseSpec, type InstallSpec, type LockEntry } from '@ar-registry/core/install';
import { dataPaths } from '@ar-registry/core/layout';
import { createAdvisoryStore } from '@ar-registry/io/advisories';
import { askRegistry, openBundle, readPinnedArchive, type AskedPlugin, type Bundle } from '@ar-registry/io/bundle';
import { inParallel, lockedUrl, resolveSpec, storePinned, type InstallPorts } from '@ar-registry/io/install';
import { readProject, type Project } from '@ar-registry/io/project';
import { createSeenStore } from '@ar-registry/io/transparency';
import type { PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';
import {
  createPorts,
  installPlugins,
  restoreProject,
  withFetched,
  type InstallOptions,
  type InstallOutcome,
} from '../install/index.ts';
import { fromBundle } from './transport.ts';

/**
 * Without specs: what the lock of the project names; in a project that wants nothing, all that the bundle was made for.
 *
 * @param file of the bundle
 * @throws BUNDLE_…, what `askRegistry` throws, and what `installPlugins` and `restoreProject` throw
 */
export async function installFrom(
  file: string,
  { specs, ...options }: InstallOptions & { readonly specs: readonly InstallSpec[] },
  context: Context,
): Promise<InstallOutcome> {
  const { output, signal, cwd } = context;
  refuseOthers(specs);
  await using bundle = await output.during('Reading the bundle', () => openBundle(path.resolve(cwd, file), signal));
  const inside = context.through(fromBundle(bundle, createAdvisoryStore(context.dataDir)));
  const project = await readProject(await inside.projectDir(), inside.dataDir);
  if (specs.length === 0 && Object.keys(project.wanted.plugins).length > 0)
    return await restoreFrom(bundle, { project, options }, inside);
  const wanted = specs.length > 0 ? specs : bundle.manifest.plugins.map(specOf);
  await assertTakenAlong(wanted, bundle, inside);
  const ports = await createPorts(inside);
  const found = await inParallel(wanted, (spec) => resolveSpec(spec, ports));
  const asked = found.map(({ manifest: { name, version } }) => ({ name, version }));
  await output.during('Verifying', () => verifyAll(asked, inside));
  // Not before it is done is the bundle closed.
  return await installPlugins(wanted, options, inside);
}

/** @throws USAGE */
function refuseOthers(specs: readonly InstallSpec[]): void {
  if (specs.every(({ kind }) => kind === 'registry')) return;
  const problem = '--from takes names of plugins: folders, archives and repositories are installed without it.';
  throw new ArError('USAGE', { problem, help: 'ar plugin install --help' });
}

/** @throws BUNDLE_SOURCE_REFUSED for what nothing but the bundle itself would vouch for */
function specOf({ name, version, source, range }: BundledPlugin): InstallSpec {
  if (source === 'registry') return parseSpec(`${name}@${range ?? version}`);
  throw new ArError('BUNDLE_SOURCE_REFUSED', {
    plugin: name,
    problem: 'comes from no registry, and this project has no lock that pins it',
    instead: 'Take ar-plugins.yaml and ar-plugins.lock along, and install from the bundle in their folder.',
  });
}

/** @throws BUNDLE_REGISTRY_MISSING, BUNDLE_REGISTRY_UNSIGNED */
async function assertTakenAlong(
  specs: readonly InstallSpec[],
  { manifest }: Bundle,
  { registryOf }: Pick<Context, 'registryOf'>,
): Promise<void> {
  for (const spec of specs) {
    if (spec.kind !== 'registry') continue;
    const registry = (await registryOf(spec.name)).registryUrl;
    // A folder is believed as it is, and what a bundle says is in one is not in it.
    if (registry.startsWith('file:')) throw new ArError('BUNDLE_REGISTRY_UNSIGNED', { registry });
    if (manifest.registries.includes(registry)) continue;
    throw new ArError('BUNDLE_REGISTRY_MISSING', { registry, plugin: spec.name, has: manifest.registries });
  }
}

/** By registry: its signatures, its revocations, the archives, and its log. */
async function verifyAll(plugins: readonly AskedPlugin[], context: Context): Promise<void> {
  const seen = createSeenStore(path.join(context.dataDir, dataPaths.trust));
  const { signal } = context;
  for (const [client, own] of await byRegistry(plugins, context)) await askRegistry(own, { client, seen, signal });
}

type Client = Awaited<ReturnType<Context['registryOf']>>;

/** In the order of the plugins. */
export async function byRegistry(
  plugins: readonly AskedPlugin[],
  { registryOf }: Pick<Context, 'registryOf'>,
): Promise<ReadonlyMap<Client, readonly AskedPlugin[]>> {
  const groups = new Map<Client, AskedPlugin[]>();
  for (const plugin of plugins) {
    const client = await registryOf(plugin.name);
    groups.set(client, [...(groups.get(client) ?? []), plugin]);
  }
  return groups;
}

interface Locked {
  readonly name: PluginName;
  readonly entry: LockEntry;
}

async function restoreFrom(
  bundle: Bundle,
  { project, options }: { readonly project: Project; readonly options: InstallOptions },
  context: Context,
): Promise<InstallOutcome> {
  const ports = await createPorts(context);
  const locked = Object.entries(project.lock.plugins).map(([name, entry]) => ({ name, entry }));
  const lacking = await inParallel(locked, async (one): Promise<readonly Locked[]> => {
    const { entry } = one;
    return entry.source === 'folder' || (await ports.store.has(entry.integrity)) ? [] : [one];
  });
  const needed = lacking.flat();
  await verifyLocked(needed, { bundle, project }, context);
  const put = options.dryRun ? [] : await inParallel(needed, (one) => putPinned(one, bundle, ports));
  const outcome = await restoreProject(options, context);
  return { ...outcome, plan: withFetched(outcome.plan, needed, put) };
}

/** @throws BUNDLE_SOURCE_REFUSED where the lock means another registry than the one that is asked here */
async function verifyLocked(
  needed: readonly Locked[],
  { bundle, project }: { readonly bundle: Bundle; readonly project: Project },
  context: Context,
): Promise<void> {
  const plugins: AskedPlugin[] = [];
  for (const { name, entry } of needed) {
    if (entry.source !== 'registry') continue;
    const registry = lockedUrl(entry.registry, project.dir);
    const { registryUrl } = await context.registryOf(name);
    if (registry !== registryUrl) throw otherRegistry(name, registry, registryUrl);
    plugins.push({ name, version: entry.version });
  }
  const specs = plugins.map(({ name }) => ({ kind: 'registry', name, wanted: { kind: 'latest' } }) as const);
  await assertTakenAlong(specs, bundle, context);
  await context.output.during('Verifying', () => verifyAll(plugins, context));
}

/** A plugin that is locked to one registry and asked from another. */
export function otherRegistry(plugin: PluginName, locked: string, asked: string): ArError {
  return new ArError('BUNDLE_SOURCE_REFUSED', {
    plugin,
    problem: `is locked to ${locked}, and asked from ${asked} here`,
    instead: `Name the registry of the lock: --registry ${locked}`,
  });
}

/**
 * What comes from no registry. The lock vouches for it, as it does for an archive that git or a folder has.
 *
 * @returns whether it was stored
 */
async function putPinned({ name, entry }: Locked, bundle: Bundle, ports: InstallPorts): Promise<boolean> {
  if (entry.source !== 'git' && entry.source !== 'archive') return false;
  const bytes = await readPinnedArchive(bundle, entry.integrity, `${name}@${entry.version}`);
  return storePinned({ name, lock: entry }, bytes, ports);
}
