/**
 * Installation as one change: resolve, ask, fetch beside, then switch the project's two files under its lock.
 *
 * What takes time and can fail happens before the lock is taken; the store it fills is content-addressed, so a second
 * installation at the same time does the same work or finds it done.
 */
import { ArError } from '@ar-registry/core/errors';
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
import { changeProject, readProject, type Project } from '@ar-registry/io/project';
import type { Context } from '../context.ts';
import { askForPermissions } from './ask.ts';

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

/** Options of a change to the project, with words for whoever has to wait. */
export function changeOptions(dir: string, command: string, { dataDir, signal, output }: Context) {
  return {
    dir,
    dataDir,
    signal,
    holder: `ar plugin ${command} (pid ${process.pid})`,
    onWait: (holder: string) => output.note(`Waiting for ${holder} …`),
  };
}

async function createPorts(context: Context): Promise<InstallPorts> {
  return {
    client: await context.registry(),
    store: createInstallStore({ dataDir: context.dataDir }),
    projectDir: await context.projectDir(),
    cwd: context.cwd,
    signal: context.signal,
  };
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

function mismatch({ range, path }: WantedPlugin, entry: LockEntry | undefined): string | undefined {
  if (!entry) return 'is wanted but not locked';
  if (entry.source === 'registry') {
    if (range === undefined) return `is wanted from ${path ?? 'nowhere'}, but locked to a registry`;
    return satisfies(entry.version, range) ? undefined : `is wanted as ${range}, but locked to ${entry.version}`;
  }
  return entry.path === path ? undefined : `is wanted from ${path ?? 'a registry'}, but locked to ${entry.path}`;
}

function warnDeprecated(resolved: readonly Resolved[], { output }: Context): void {
  for (const one of resolved)
    if (one.kind === 'registry' && one.deprecated !== undefined)
      output.warn(`${one.manifest.name}@${one.manifest.version} is deprecated: ${one.deprecated}`);
}

async function checkAgentRelay(resolved: readonly Resolved[], projectDir: string): Promise<void> {
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
