/**
 * Installation as one change: resolve, ask, fetch beside, then switch the project's two files under its lock.
 *
 * What takes time and can fail happens before the lock is taken; the store it fills is content-addressed, so a second
 * installation at the same time does the same work or finds it done.
 */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { dataPaths } from '@ar-registry/core/layout';
import { parseAge } from '@ar-registry/core/resolve';
import { hideCredentials } from '@ar-registry/core/text';
import {
  permissionsToGrant,
  planInstall,
  toPlanned,
  type InstallPlan,
  type Candidate,
  type InstallSpec,
  type LockEntry,
} from '@ar-registry/core/install';
import {
  candidateOf,
  fetchResolved,
  inParallel,
  resolveSpec,
  restoreLocked,
  wantedOf,
  type InstallPorts,
  type Resolved,
} from '@ar-registry/io/install';
import type { GitCheckout } from '@ar-registry/io/install-git';
import { lockedUrl } from '@ar-registry/io/advisories';
import { createInstallStore } from '@ar-registry/io/install-store';
import { changeProject, readProject, rememberProject, type Project } from '@ar-registry/io/project';
import type { PluginName } from '@ar-registry/schemas';
import { type Context, readUserConfig } from '../context.ts';
import { askForPermissions } from './ask.ts';
import { changeOptions } from './change-options.ts';
import { askForBuilds, packCheckouts, restoreGit, withScratch, type BuildOptions } from './git-plugins.ts';
import { advisoryText, knownAgainst, refuseRevoked } from './revoked.ts';
import { mismatchesOf, unboundIn } from './check-lock.ts';

export interface InstallOutcome {
  readonly kind: 'installed' | 'restored' | 'planned';
  readonly plan: InstallPlan;
}

export interface InstallOptions extends BuildOptions {
  readonly dryRun: boolean;
}

/**
 * @throws what `resolveSpec`, `buildGit` and `fetchResolved` throw, PERMISSIONS_NOT_GRANTED, GIT_BUILD_REFUSED,
 * AGENT_RELAY_TOO_OLD, LOCK_HELD
 */
export async function installPlugins(
  specs: readonly InstallSpec[],
  options: InstallOptions,
  context: Context,
): Promise<InstallOutcome> {
  const ports = await createPorts(context);
  return withScratch(ports, () => installWith(ports, { specs, ...options }, context));
}

async function installWith(
  ports: InstallPorts,
  { specs, dryRun, allowBuild }: InstallOptions & { readonly specs: readonly InstallSpec[] },
  context: Context,
): Promise<InstallOutcome> {
  const { output } = context;
  const project = await readProject(ports.projectDir, context.dataDir);
  const found = await output.during('Looking up versions', async () => {
    await ports.client.prepare(
      specs.flatMap((spec) => (spec.kind === 'registry' ? [spec.name] : [])),
      ports.signal,
    );
    return inParallel(specs, (spec) => resolveSpec(spec, ports));
  });
  refuseTwice(found);
  warnDeprecated(found, context);
  await checkAgentRelay(found, ports.projectDir);
  if (dryRun) return { kind: 'planned', plan: await planOnly(found, project, { ports, context }) };
  await askForPermissions(permissionsToGrant(project, found.map(wishOf)), context);
  await askForBuilds(found.filter(isCheckout), { allowBuild }, context);
  await ports.store.sweep(context.now().getTime());
  const resolved = await packCheckouts(found, ports, context);
  const candidates = resolved.map((one) => candidateOf(one, ports));
  const fetched = await output.during('Fetching', () => inParallel(resolved, (one) => fetchResolved(one, ports)));
  const plan = await changeProject(changeOptions(ports.projectDir, 'install', context), async (state) => {
    const decided = planInstall(state, candidates);
    return { change: decided.change, result: decided };
  });
  return { kind: 'installed', plan: withFetched(plan, candidates, fetched) };
}

function isCheckout(found: Resolved | GitCheckout): found is GitCheckout {
  return found.kind === 'checkout';
}

/** What a plugin asks to be allowed, and from where it comes. */
export function wishOf(found: Resolved | GitCheckout): Pick<Candidate, 'name' | 'permissions' | 'observes' | 'wanted'> {
  const { name, permissions, ...more } = found.manifest;
  return { name, permissions, ...('observes' in more ? { observes: more.observes } : {}), wanted: wantedOf(found) };
}

/** What would be installed. What must be built is not, so nobody knows yet what its archive will be. */
async function planOnly(
  found: readonly (Resolved | GitCheckout)[],
  project: Project,
  { ports, context }: { readonly ports: InstallPorts; readonly context: Context },
): Promise<InstallPlan> {
  const unbuilt = found.filter(isCheckout).filter(({ build }) => build !== undefined);
  const known = found.filter((one) => one.kind !== 'checkout' || one.build === undefined);
  const resolved = await packCheckouts(known, ports, context);
  const plan = planInstall(
    project,
    resolved.map((one) => candidateOf(one, ports)),
  );
  const planned = unbuilt.map(({ manifest: { name, version }, source, commit }) => ({
    name,
    version,
    from: `${source.text} (commit ${commit.slice(0, 12)}), after its build`,
  }));
  return { ...plan, installed: [...plan.installed, ...planned] };
}

/** What the store did not have whole was installed, whether the lock named it before or not. */
export function withFetched(
  plan: InstallPlan,
  named: readonly { readonly name: PluginName }[],
  fetched: readonly boolean[],
): InstallPlan {
  const anew = new Set(named.filter((_one, index) => fetched[index]).map(({ name }) => name));
  return {
    ...plan,
    installed: [...plan.installed, ...plan.unchanged.filter(({ name }) => anew.has(name))],
    unchanged: plan.unchanged.filter(({ name }) => !anew.has(name)),
  };
}

/**
 * Brings the store to what the lock names, and changes nothing else.
 *
 * @throws LOCK_MISMATCH when what is wanted is not what is locked, and what `restoreLocked` throws
 */
export async function restoreProject(options: InstallOptions, context: Context): Promise<InstallOutcome> {
  const ports = await createPorts(context);
  return withScratch(ports, () => restoreWith(ports, options, context));
}

async function restoreWith(ports: InstallPorts, options: InstallOptions, context: Context): Promise<InstallOutcome> {
  const project = await readProject(ports.projectDir, context.dataDir);
  const { wanted, lock } = project;
  await refuseMismatch(project, context);
  if (!options.dryRun) await rememberProject(ports.projectDir, context.dataDir).catch(ignoreReadOnly);
  const names = Object.keys(wanted.plugins).toSorted();
  const entries = names.flatMap((name) => {
    const entry = lock.plugins[name];
    return entry ? [{ name, entry }] : [];
  });
  const planned = await planRestore(entries, ports);
  await refuseRevokedIn(entries, planned, { ports, context });
  if (options.dryRun) return { kind: 'planned', plan: planned };
  const built = await restoreGit(entries, { ...options, ports, context });
  const fetched = await context.output.during('Fetching', () =>
    inParallel(entries, async ({ name, entry }) =>
      entry.source === 'git' ? built.has(name) : restoreLocked(name, entry, ports),
    ),
  );
  const unchanged = entries.map(({ name, entry }) => toPlanned(name, entry));
  const plan = { installed: [], unchanged, removed: [], change: undefined };
  return { kind: 'restored', plan: withFetched(plan, entries, fetched) };
}

/**
 * What is fetched anew is asked for first, whether the lock names it or not; for what is there already, nobody is asked.
 *
 * @throws VERSION_REVOKED
 */
async function refuseRevokedIn(
  entries: readonly Locked[],
  { installed }: InstallPlan,
  { ports, context }: { readonly ports: InstallPorts; readonly context: Context },
): Promise<void> {
  const fetched = new Set(installed.map(({ name }) => name));
  const { client, projectDir } = ports;
  const isAsked = ({ name, entry }: Locked): boolean =>
    entry.source === 'registry' && client.registryOf(name) === lockedUrl(entry.registry, projectDir);
  const anew = entries.filter(({ name }) => fetched.has(name));
  await inParallel(anew.filter(isAsked), ({ name }) => client.advisories(name, ports.signal));
  for (const one of anew) if (!isAsked(one)) warnUnasked(one, context);
  const against = await knownAgainst(entries, projectDir, context);
  refuseRevoked(against);
  for (const { name, entry, advisories } of against)
    context.output.warn(`${name}@${entry.version}: ${advisories.map(advisoryText).join(' ')}`);
}

/** A lock comes with a project: where it leads past the registries of this machine, the user is to know. */
function warnUnasked({ name, entry }: Locked, { output }: Pick<Context, 'output'>): void {
  if (entry.source !== 'registry' || !/^https?:/.test(entry.registry)) return;
  output.warn(
    `${name} is fetched from ${hideCredentials(entry.registry)}, which is not asked for it here: ar-plugins.lock alone says so, and what that registry signs and revokes is not known.`,
  );
}

interface Locked {
  readonly name: PluginName;
  readonly entry: LockEntry;
}

/** What the store lacks of a lock. What it has is not verified. */
async function planRestore(entries: readonly Locked[], { store }: InstallPorts): Promise<InstallPlan> {
  const stored = await inParallel(
    entries,
    async ({ entry }) => entry.source === 'folder' || (await store.has(entry.integrity)),
  );
  const unchanged = entries.map(({ name, entry }) => toPlanned(name, entry));
  const lacking = stored.map((isStored) => !isStored);
  return withFetched({ installed: [], unchanged, removed: [], change: undefined }, entries, lacking);
}

/** From a data folder that cannot be written to, nobody prunes what this project uses. */
function ignoreReadOnly(error: unknown): void {
  if (!hasCode(error, 'FILE_ACCESS')) throw error;
}

/** What installing needs of the world. */
export async function createPorts(context: Context): Promise<InstallPorts> {
  return {
    client: await context.registry(),
    store: createInstallStore({ dataDir: context.dataDir }),
    projectDir: await context.projectDir(),
    cwd: context.cwd,
    signal: context.signal,
    relativeRegistries: await context.relativeRegistries(),
    env: context.env,
    // Where the store sweeps what an interrupted command leaves.
    scratchDir: path.join(context.dataDir, dataPaths.staging, `${process.pid}-${randomUUID()}`),
    publishedBefore: await cooldown(context),
    tarballs: context.transport?.tarballs,
  };
}

/** From when on versions are too young to be chosen, as the user's own settings say. */
async function cooldown({ configDir, now, output }: Context): Promise<string | undefined> {
  const age = (await readUserConfig(configDir))?.minimumReleaseAge;
  if (age === undefined) return undefined;
  const before = `${new Date(now().getTime() - parseAge(age)).toISOString().slice(0, 19)}Z`;
  output.detail(`Versions published after ${before} are not chosen (minimumReleaseAge: ${age})`);
  return before;
}

function refuseTwice(resolved: readonly Pick<Resolved, 'manifest'>[]): void {
  const seen = new Set<string>();
  for (const { manifest } of resolved) {
    if (seen.has(manifest.name))
      throw new ArError('SPEC_INVALID', { spec: manifest.name, problem: 'it is named twice' });
    seen.add(manifest.name);
  }
}

/** @throws LOCK_MISMATCH */
async function refuseMismatch(files: Project, context: Context): Promise<void> {
  const [problem] = [...mismatchesOf(files), ...(await unboundIn(files, context))];
  if (problem !== undefined) throw new ArError('LOCK_MISMATCH', { problem });
}

/** Deprecated versions, and those with an advisory that only warns, are installed, and said to be. */
export function warnDeprecated(resolved: readonly (Resolved | GitCheckout)[], { output }: Context): void {
  for (const one of resolved) {
    if (one.kind !== 'registry') continue;
    const subject = `${one.manifest.name}@${one.manifest.version}`;
    if (one.deprecated !== undefined) output.warn(`${subject} is deprecated: ${one.deprecated}`);
    for (const advisory of one.advisories) output.warn(`${subject}: ${advisoryText(advisory)}`);
  }
}

/** @throws AGENT_RELAY_TOO_OLD */
export async function checkAgentRelay(
  resolved: readonly Pick<Resolved, 'manifest'>[],
  projectDir: string,
): Promise<void> {
  const { agentRelayVersion } = await import('./agent-relay.ts');
  const found = await agentRelayVersion(projectDir);
  if (found === undefined) return;
  const { compareVersions } = await import('@ar-registry/core/version');
  for (const { manifest } of resolved) {
    const needs = manifest.minVersion;
    if (needs !== undefined && compareVersions(found, needs) < 0)
      throw new ArError('AGENT_RELAY_TOO_OLD', { plugin: manifest.name, needs, found });
  }
}
