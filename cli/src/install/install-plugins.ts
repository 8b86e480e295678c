/**
 * Installation as one change: resolve, ask, fetch beside, then switch the project's two files under its lock.
 *
 * What takes time and can fail happens before the lock is taken; the store it fills is content-addressed, so a second
 * installation at the same time does the same work or finds it done.
 */
import { ArError, hasCode } from '@ar-registry/core/errors';
import { parseAge } from '@ar-registry/core/resolve';
import { satisfies } from '@ar-registry/core/version';
import {
  permissionsToGrant,
  planInstall,
  toPlanned,
  type InstallPlan,
  type InstallSpec,
  type LockEntry,
  type WantedPlugin,
} from '@ar-registry/core/install';
import {
  candidateOf,
  fetchResolved,
  inParallel,
  resolveSpec,
  restoreLocked,
  type InstallPorts,
  type Resolved,
} from '@ar-registry/io/install';
import { createInstallStore } from '@ar-registry/io/install-store';
import { changeProject, readProject, rememberProject, type Project } from '@ar-registry/io/project';
import { type Context, readUserConfig } from '../context.ts';
import { askForPermissions } from './ask.ts';
import { changeOptions } from './change-options.ts';

export interface InstallOutcome {
  readonly kind: 'installed' | 'restored' | 'planned';
  readonly plan: InstallPlan;
}

/** @throws what `resolveSpec` and `fetchResolved` throw, PERMISSIONS_NOT_GRANTED, AGENT_RELAY_TOO_OLD, LOCK_HELD */
export async function installPlugins(
  specs: readonly InstallSpec[],
  { dryRun }: { readonly dryRun: boolean },
  context: Context,
): Promise<InstallOutcome> {
  const { output } = context;
  const ports = await createPorts(context);
  const project = await readProject(ports.projectDir, context.dataDir);
  const resolved = await output.during('Looking up versions', () =>
    inParallel(specs, (spec) => resolveSpec(spec, ports)),
  );
  refuseTwice(resolved);
  warnDeprecated(resolved, context);
  await checkAgentRelay(resolved, ports.projectDir);
  const candidates = resolved.map((one) => candidateOf(one, ports));
  if (dryRun) return { kind: 'planned', plan: planInstall(project, candidates) };
  await askForPermissions(permissionsToGrant(project, candidates), context);
  await ports.store.sweep(context.now().getTime());
  await output.during('Fetching', () => inParallel(resolved, (one) => fetchResolved(one, ports)));
  const plan = await changeProject(changeOptions(ports.projectDir, 'install', context), async (state) => {
    const decided = planInstall(state, candidates);
    return { change: decided.change, result: decided };
  });
  return { kind: 'installed', plan };
}

/**
 * Brings the store to what the lock names, and changes nothing else.
 *
 * @throws LOCK_MISMATCH when what is wanted is not what is locked, and what `restoreLocked` throws
 */
export async function restoreProject(context: Context): Promise<InstallOutcome> {
  const ports = await createPorts(context);
  const { wanted, lock } = await readProject(ports.projectDir, context.dataDir);
  refuseUnlocked({ wanted, lock });
  await refuseUnbound(lock, context);
  await rememberProject(ports.projectDir, context.dataDir).catch(ignoreReadOnly);
  const names = Object.keys(wanted.plugins).toSorted();
  const entries = names.flatMap((name) => {
    const entry = lock.plugins[name];
    return entry ? [{ name, entry }] : [];
  });
  const missing = new Set<string>();
  for (const { name, entry } of entries)
    if (entry.source !== 'folder' && !(await ports.store.readEntry(entry.integrity))) missing.add(name);
  await context.output.during('Fetching', () =>
    inParallel(entries, ({ name, entry }) => restoreLocked(name, entry, ports)),
  );
  const planned = entries.map(({ name, entry }) => toPlanned(name, entry));
  return {
    kind: 'restored',
    plan: {
      installed: planned.filter(({ name }) => missing.has(name)),
      unchanged: planned.filter(({ name }) => !missing.has(name)),
      removed: [],
      change: undefined,
    },
  };
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
    publishedBefore: await cooldown(context),
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

function refuseTwice(resolved: readonly Resolved[]): void {
  const seen = new Set<string>();
  for (const { manifest } of resolved) {
    if (seen.has(manifest.name))
      throw new ArError('SPEC_INVALID', { spec: manifest.name, problem: 'it is named twice' });
    seen.add(manifest.name);
  }
}

function refuseUnlocked({ wanted, lock }: Pick<Project, 'wanted' | 'lock'>): void {
  for (const [name, want] of Object.entries(wanted.plugins)) {
    const problem = mismatch(want, lock.plugins[name]);
    if (problem !== undefined) throw new ArError('LOCK_MISMATCH', { problem: `${name} ${problem}` });
  }
}

/** What a lock names from elsewhere is not the plugin of a scope that is bound to a registry. @throws LOCK_MISMATCH */
async function refuseUnbound({ plugins }: Project['lock'], { boundTo }: Context): Promise<void> {
  for (const [name, entry] of Object.entries(plugins)) {
    const bound = entry.source === 'registry' ? await boundTo(name) : undefined;
    if (bound === undefined || entry.source !== 'registry' || entry.registry === bound) continue;
    const problem = `${name} is bound to ${bound}, but locked to ${entry.registry}`;
    throw new ArError('LOCK_MISMATCH', { problem });
  }
}

function mismatch({ range, path }: WantedPlugin, entry: LockEntry | undefined): string | undefined {
  if (!entry) return 'is wanted but not locked';
  if (entry.source === 'registry') {
    if (range === undefined) return `is wanted from ${path ?? 'nowhere'}, but locked to a registry`;
    return satisfies(entry.version, range) ? undefined : `is wanted as ${range}, but locked to ${entry.version}`;
  }
  return entry.path === path ? undefined : `is wanted from ${path ?? 'a registry'}, but locked to ${entry.path}`;
}

/** Deprecated versions are installed, and said to be. */
export function warnDeprecated(resolved: readonly Resolved[], { output }: Context): void {
  for (const one of resolved)
    if (one.kind === 'registry' && one.deprecated !== undefined)
      output.warn(`${one.manifest.name}@${one.manifest.version} is deprecated: ${one.deprecated}`);
}

/** @throws AGENT_RELAY_TOO_OLD */
export async function checkAgentRelay(resolved: readonly Resolved[], projectDir: string): Promise<void> {
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
