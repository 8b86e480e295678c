import { compareVersions } from '../version/index.ts';
import { listVersions, ownEntry, unchanged, type OwnedPlugin, type PlannedChange } from './change.ts';
import { cleanReason, withReasons } from './reason.ts';
import { selectVersions, type Selection } from './select-versions.ts';

/**
 * Advises against versions: they still resolve, and warn.
 *
 * @throws VERSION_NOT_FOUND, REASON_INVALID
 */
export function planDeprecate(plugin: OwnedPlugin, selection: Selection, text: string): PlannedChange {
  const { record, status } = plugin;
  const message = cleanReason(text, 'message');
  const selected = selectVersions(plugin, selection);
  const versions = selected.filter((version) => ownEntry(status.deprecated, version) !== message);
  if (versions.length === 0) return unchanged(`${listVersions(selected)} ${is(selected)} deprecated so already.`);
  const deprecated = sorted({ ...status.deprecated, ...Object.fromEntries(versions.map((one) => [one, message])) });
  return {
    state: 'changed',
    kind: 'deprecate',
    title: `Deprecate ${titleOf(record.name, versions)}`,
    effects: [`${listVersions(versions)} ${is(versions)} deprecated: ${message}`],
    status: withReasons(status, 'deprecated', deprecated),
  };
}

/** Takes the advice back. @throws VERSION_NOT_FOUND */
export function planUndeprecate(plugin: OwnedPlugin, selection: Selection): PlannedChange {
  const { record, status } = plugin;
  const selected = selectVersions(plugin, selection);
  const versions = selected.filter((version) => ownEntry(status.deprecated, version) !== undefined);
  if (versions.length === 0) return unchanged(`${listVersions(selected)} ${is(selected)} not deprecated.`);
  const left = Object.entries(status.deprecated ?? {}).filter(([version]) => !versions.includes(version));
  return {
    state: 'changed',
    kind: 'undeprecate',
    title: `Undeprecate ${titleOf(record.name, versions)}`,
    effects: [`${listVersions(versions)} ${is(versions)} deprecated no more`],
    status: withReasons(status, 'deprecated', Object.fromEntries(left)),
  };
}

function is(versions: readonly string[]): 'is' | 'are' {
  return versions.length === 1 ? 'is' : 'are';
}

function titleOf(name: string, versions: readonly string[]): string {
  return versions.length === 1 ? `${name} ${versions[0]}` : `${versions.length} versions of ${name}`;
}

function sorted(reasons: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(reasons).toSorted(([a], [b]) => compareVersions(a, b)));
}
