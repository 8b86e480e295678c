/**
 * Updates: which installed plugins move to which version, and what their users must know of it.
 *
 * The change itself is that of an installation: `planInstall`, with the versions that were chosen here.
 */
import type { PluginDocument, PluginName, Version, VersionDocument } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { addedPowers, grantAll, type PermissionLine } from '../permission/index.ts';
import type { VersionEntry } from '../resolve/index.ts';
import { nearest } from '../text/index.ts';
import { compareVersions, isVersion, satisfies } from '../version/index.ts';
import { equal } from './equal.ts';
import type { GitTarget } from './git-update.ts';
import type { LockEntry } from './lockfile.ts';
import { planInstall, type Candidate, type InstallPlan, type ProjectState } from './plan.ts';
import type { WantedPlugin } from './project-file.ts';
import { standingOf, type Installed } from './standing.ts';

/** A plugin that a registry may have a newer version of. */
export interface Updatable extends Installed {
  readonly name: PluginName;
  /** What is locked; absent where it is wanted and not locked yet. */
  readonly lock?: LockEntry | undefined;
}

/** The installed plugins among `names`, all if there are none, by where their updates come from. */
export interface UpdateTargets {
  readonly registry: readonly Updatable[];
  readonly git: readonly GitTarget[];
  /** From a folder or an archive: what is there is what is installed. */
  readonly local: readonly PluginName[];
}

/** @throws NOT_INSTALLED */
export function updateTargets(state: Pick<ProjectState, 'wanted' | 'lock'>, names: readonly string[]): UpdateTargets {
  const known = Object.keys(state.wanted.plugins).toSorted();
  for (const plugin of names)
    if (!known.includes(plugin)) throw new ArError('NOT_INSTALLED', { plugin, suggestions: nearest(plugin, known, 3) });
  const asked = names.length === 0 ? known : known.filter((name) => names.includes(name));
  const lockOf = (name: PluginName): LockEntry | undefined =>
    Object.hasOwn(state.lock.plugins, name) ? state.lock.plugins[name] : undefined;
  const wantedOf = (name: PluginName): Partial<WantedPlugin> => state.wanted.plugins[name] ?? {};
  const local = asked.filter((name) => wantedOf(name).range === undefined && wantedOf(name).git === undefined);
  const git = asked.flatMap((name) => {
    const { range, git: source, permissions } = wantedOf(name);
    const isGit = range === undefined && source !== undefined;
    return isGit ? [{ name, git: source, lock: lockOf(name), permissions: grantAll(permissions ?? {}) }] : [];
  });
  const registry = asked.flatMap((name) => {
    const { range } = wantedOf(name);
    const lock = lockOf(name);
    return range === undefined ? [] : [{ name, range, lock, version: lock?.version }];
  });
  return { registry, git, local };
}

export interface UpdateChoice {
  readonly to: VersionEntry;
  /** What `ar-plugins.yaml` shall ask for from then on. */
  readonly range: string;
}

/**
 * Which version a plugin moves to; undefined if it stays where it is.
 *
 * @param latest leaves the wanted range where that leads higher: what is wanted follows, as exact or open as before
 * @throws INTEGRITY_MISMATCH where the registry has the installed version with another archive than the lock
 */
export function chooseUpdate(
  plugin: PluginDocument,
  target: Updatable,
  { latest }: { readonly latest: boolean },
): UpdateChoice | undefined {
  const standing = standingOf(plugin, target);
  assertSameArchive(target, standing.installed);
  const { range, version } = target;
  const beyond = latest ? standing.latest : undefined;
  if (beyond && isHigher(beyond, standing.wanted))
    return { to: beyond, range: satisfies(beyond.version, range) ? range : rangeLike(range, beyond.version) };
  const { wanted } = standing;
  return wanted && wanted.version !== version ? { to: wanted, range } : undefined;
}

function isHigher(entry: VersionEntry, than: VersionEntry | undefined): boolean {
  return than === undefined || compareVersions(entry.version, than.version) > 0;
}

/** A published version never changes, so one that did is the work of somebody else. */
function assertSameArchive({ name, lock }: Updatable, entry: VersionEntry | undefined): void {
  if (lock?.source !== 'registry' || !entry || entry.integrity === lock.integrity) return;
  const archive = `${name}@${lock.version}`;
  throw new ArError('INTEGRITY_MISMATCH', { archive, expected: lock.integrity, actual: entry.integrity });
}

/** Exact stays exact, a tilde stays a tilde; everything else becomes a caret. */
function rangeLike(range: string, version: Version): string {
  if (range.startsWith('~')) return `~${version}`;
  return isVersion(range) ? version : `^${version}`;
}

interface Moved {
  readonly from: string;
  readonly to: string;
}

/** What changes for the user of one plugin. Everything in it was written by others. */
export interface UpdateChange {
  readonly name: PluginName;
  /** Absent where nothing was installed. */
  readonly from?: Version;
  readonly to: Version;
  readonly range?: Moved;
  /** Where to read what is new: the changelog, else the repository. */
  readonly changelog: string;
  readonly repository: string;
  readonly permissions: { readonly added: readonly PermissionLine[]; readonly removed: readonly PermissionLine[] };
  /** Who published the two versions, where it was not the same account. */
  readonly publishedBy?: Moved;
  /** The workflow that provenance names, where the installed version had one and this is another, or nobody. */
  readonly signedBy?: Moved;
  /** The owners now, where the publisher of the installed version is none of them any more. */
  readonly owners?: readonly string[];
  readonly repositoryMoved?: Moved;
  readonly registry?: Moved;
  readonly trust?: Moved;
  readonly deprecated?: string;
  /** For a git repository: commits, short. */
  readonly commit?: Moved;
}

export interface UpdateFacts {
  readonly target: Updatable;
  readonly choice: UpdateChoice;
  readonly plugin: PluginDocument;
  /** Of the installed version; absent where the registry does not have it. */
  readonly before: VersionDocument | undefined;
  readonly after: VersionDocument;
  /** What the lock will say. */
  readonly lock: LockEntry;
}

/** Compares the installed version with the one that takes its place. */
export function describeUpdate(facts: UpdateFacts): UpdateChange {
  const { target, choice, plugin, before, after } = facts;
  return {
    name: target.name,
    ...(target.version === undefined ? {} : { from: target.version }),
    to: after.version,
    ...moved('range', target.range, choice.range),
    changelog: changelogOf(after, plugin),
    repository: after.manifest.repository.url,
    permissions: permissionChange(before, after),
    ...(before ? peopleChange(before, after, plugin) : {}),
    ...moved('signedBy', signerOf(standingEntry(facts)), signerOf(choice.to) ?? NOBODY),
    ...moved('repositoryMoved', before?.manifest.repository.url, after.manifest.repository.url),
    ...lockChange(facts),
    ...(choice.to.deprecated === undefined ? {} : { deprecated: choice.to.deprecated }),
  };
}

/** What stands where provenance would name a workflow. */
const NOBODY = 'nobody';

function standingEntry({ plugin, target }: UpdateFacts): VersionEntry | undefined {
  return plugin.versions.find(({ version }) => version === target.version);
}

/** The workflow file without the tag or branch that it ran for, which is another one each time. */
function signerOf(entry: VersionEntry | undefined): string | undefined {
  return entry?.provenance?.workflow.replace(/@[^@]*$/, '');
}

/** A changelog may also be a file of the package, which has no address. */
function changelogOf({ manifest }: VersionDocument, { repository }: PluginDocument): string {
  const { changelog } = manifest;
  return changelog !== undefined && /^https?:\/\//.test(changelog) ? changelog : repository.url;
}

type PeopleChange = Pick<UpdateChange, 'publishedBy' | 'owners'>;

/** By id: a login can be given up and taken by somebody else. */
function peopleChange(before: VersionDocument, after: VersionDocument, { owners }: PluginDocument): PeopleChange {
  const [was, is] = [before.publishedBy, after.publishedBy];
  const left = !owners.some(({ id }) => id === was.id);
  return {
    ...(was.id === is.id ? {} : { publishedBy: { from: was.login, to: is.login } }),
    ...(left ? { owners: owners.map(({ login }) => login) } : {}),
  };
}

function lockChange({ target, plugin, lock }: UpdateFacts): Pick<UpdateChange, 'registry' | 'trust'> {
  if (target.lock?.source !== 'registry' || lock.source !== 'registry') return {};
  return {
    ...moved('registry', target.lock.registry, lock.registry),
    ...moved('trust', target.lock.trust, plugin.trust),
  };
}

function moved<Key extends string>(key: Key, from: string | undefined, to: string): { readonly [K in Key]?: Moved } {
  // A computed key widens to text; it is exactly this one.
  return from === undefined || from === to ? {} : ({ [key]: { from, to } } as { [K in Key]: Moved });
}

function permissionChange(before: VersionDocument | undefined, after: VersionDocument): UpdateChange['permissions'] {
  const held = before?.manifest ?? { permissions: grantAll({}) };
  const asked = after.manifest;
  return { added: addedPowers(held, asked), removed: addedPowers(asked, held) };
}

/**
 * The plan of an update that was decided on `before`, for a project that may have changed since.
 *
 * A plugin that somebody else removed, moved or wants otherwise by now is left as it is.
 */
export function planUpdate(before: ProjectState, now: ProjectState, candidates: readonly Candidate[]): InstallPlan {
  const untouched = candidates.filter(({ name }) => {
    const [then, current] = [before.wanted.plugins[name], now.wanted.plugins[name]];
    const isSame = then?.range === current?.range && then?.git === current?.git;
    return isSame && equal(before.lock.plugins[name] ?? null, now.lock.plugins[name] ?? null);
  });
  return planInstall(now, untouched);
}
