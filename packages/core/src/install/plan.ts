/**
 * Plans: what an installation or a removal would change, decided without touching anything.
 *
 * `--dry-run`, `--json`, the question to the user and the change itself all come from the same plan.
 */
import type { GrantedPermissions, Integrity, Lockfile, PluginName, ProjectFile, Version } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { addedPowers, compactPermissions, grantAll, type PermissionLine, type PowersOf } from '../permission/index.ts';
import { nearest } from '../text/index.ts';
import { equal } from './equal.ts';
import { formatLockfile, type LockEntry } from './lockfile.ts';
import { editProjectFile, type WantedPlugin } from './project-file.ts';

/** The project as a plan needs it. */
export interface ProjectState {
  readonly wanted: ProjectFile;
  readonly lock: Lockfile;
  readonly text: string;
}

/** A plugin that was resolved and may be installed. */
export interface Candidate {
  readonly name: PluginName;
  readonly lock: LockEntry;
  /** What `ar-plugins.yaml` shall ask for: a range, a path, or a git repository. */
  readonly wanted: { readonly range: string } | { readonly path: string } | { readonly git: string };
  readonly permissions: GrantedPermissions;
  /** What it is told besides, of which a user knows who installed it before. */
  readonly observes?: PowersOf['observes'];
}

export interface PlannedPlugin {
  readonly name: PluginName;
  readonly version: Version;
  readonly integrity?: Integrity;
  /** Registry URL, path of the folder or archive, or git repository with the commit. */
  readonly from: string;
}

export interface InstallPlan {
  readonly installed: readonly PlannedPlugin[];
  readonly unchanged: readonly PlannedPlugin[];
  readonly removed: readonly PlannedPlugin[];
  readonly change: { readonly projectText: string; readonly lockText: string } | undefined;
}

/** What each candidate may do that was not granted to it before. What was granted to another origin is not granted to it. */
export function permissionsToGrant(
  state: ProjectState,
  candidates: readonly Pick<Candidate, 'name' | 'permissions' | 'observes' | 'wanted'>[],
): readonly { readonly name: PluginName; readonly added: readonly PermissionLine[] }[] {
  return candidates
    .map(({ name, wanted, ...powers }) => {
      const before = state.wanted.plugins[name];
      const isKnown = before !== undefined && isSameOrigin(before, wanted);
      const held = { ...(isKnown ? powers : {}), permissions: grantAll((isKnown && before.permissions) || {}) };
      return { name, added: addedPowers(held, powers) };
    })
    .filter(({ added }) => added.length > 0);
}

/** A registry may move, and a branch; another repository, folder or archive is the work of somebody else. */
function isSameOrigin(before: WantedPlugin, wanted: Candidate['wanted']): boolean {
  if ('range' in wanted) return before.range !== undefined;
  if ('path' in wanted) return before.path === wanted.path;
  return before.git?.split('#', 1)[0] === wanted.git.split('#', 1)[0];
}

/** @throws INTEGRITY_MISMATCH where a registry has another archive of a version than the one that is locked */
export function planInstall(state: ProjectState, candidates: readonly Candidate[]): InstallPlan {
  for (const candidate of candidates) refuseReplaced(candidate, state.lock.plugins[candidate.name]);
  const changes = new Map<PluginName, WantedPlugin>();
  const lock: Record<PluginName, LockEntry> = { ...state.lock.plugins };
  for (const candidate of candidates) {
    changes.set(candidate.name, wantedOf(candidate, state.wanted.plugins[candidate.name]));
    lock[candidate.name] = candidate.lock;
  }
  const same = (name: PluginName): boolean => equal(state.lock.plugins[name], lock[name]);
  const planned = candidates.map(({ name, lock: entry }) => toPlanned(name, entry));
  const edits = new Map([...changes].filter(([name, wanted]) => !equal(state.wanted.plugins[name], wanted)));
  const next = {
    projectText: edits.size > 0 ? editProjectFile(state.text, edits) : state.text,
    lockText: formatLockfile({ schemaVersion: 1, plugins: lock }),
  };
  const changed = edits.size > 0 || candidates.some(({ name }) => !same(name));
  return {
    installed: planned.filter(({ name }) => !same(name)),
    unchanged: planned.filter(({ name }) => same(name)),
    removed: [],
    change: changed ? next : undefined,
  };
}

/** A published version never changes: one that did is the work of somebody else. */
function refuseReplaced({ name, lock }: Candidate, before: LockEntry | undefined): void {
  if (lock.source !== 'registry' || before?.source !== 'registry') return;
  const isSame = before.registry === lock.registry && before.version === lock.version;
  if (!isSame || before.integrity === lock.integrity) return;
  const archive = `${name}@${lock.version}`;
  throw new ArError('INTEGRITY_MISMATCH', { archive, expected: before.integrity, actual: lock.integrity });
}

/** @throws NOT_INSTALLED */
export function planRemove(state: ProjectState, names: readonly PluginName[]): InstallPlan {
  const known = new Set([...Object.keys(state.wanted.plugins), ...Object.keys(state.lock.plugins)]);
  for (const plugin of names)
    if (!known.has(plugin)) throw new ArError('NOT_INSTALLED', { plugin, suggestions: nearest(plugin, known, 3) });
  const gone = new Set(names);
  const kept = Object.entries(state.lock.plugins).filter(([name]) => !gone.has(name));
  return {
    installed: [],
    unchanged: [],
    removed: [...gone].toSorted().map((name) => {
      const entry = state.lock.plugins[name];
      return entry ? toPlanned(name, entry) : { name, version: '0.0.0', from: 'ar-plugins.yaml' };
    }),
    change: {
      projectText: editProjectFile(state.text, new Map([...gone].map((name) => [name, undefined]))),
      lockText: formatLockfile({ schemaVersion: 1, plugins: Object.fromEntries(kept) }),
    },
  };
}

/** Keeps what the user decided before: whether it is enabled, and its configuration. */
function wantedOf({ wanted, permissions }: Candidate, before: WantedPlugin | undefined): WantedPlugin {
  const granted = compactPermissions(permissions);
  return {
    ...wanted,
    enabled: before?.enabled ?? true,
    ...(before?.config === undefined ? {} : { config: before.config }),
    ...(Object.keys(granted).length === 0 ? {} : { permissions: granted }),
  };
}

export function toPlanned(name: PluginName, entry: LockEntry): PlannedPlugin {
  return {
    name,
    version: entry.version,
    from: originOf(entry),
    ...(entry.source === 'folder' ? {} : { integrity: entry.integrity }),
  };
}

function originOf(entry: LockEntry): string {
  switch (entry.source) {
    case 'registry':
      return entry.registry;
    case 'git':
      return `${entry.git} (commit ${entry.commit.slice(0, 12)})`;
    case 'archive':
    case 'folder':
      return entry.path;
  }
}
