import type { PluginName, Version } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { nameProblem } from '../name/index.ts';
import { describeWanted, parseWanted, type Wanted } from '../resolve/index.ts';
import { compareVersions, descending, inRange } from '../version/index.ts';
import { ownEntry, type OwnedPlugin } from './change.ts';

/** Which versions of a plugin its owner speaks of: those that are there, and not what could be installed. */
export type Selection = { readonly kind: 'all' } | Wanted;

export interface SelectionSpec {
  readonly name: PluginName;
  readonly selection: Selection;
}

/**
 * Reads `@scope/name`, which means all versions, or `@scope/name@<version, range or tag>`.
 *
 * @throws SPEC_INVALID
 */
export function parseSelection(text: string): SelectionSpec {
  const at = text.indexOf('@', 1);
  const name = at === -1 ? text : text.slice(0, at);
  const problem = nameProblem(name);
  if (problem !== undefined) throw new ArError('SPEC_INVALID', { spec: text, problem });
  if (at === -1) return { name, selection: { kind: 'all' } };
  const asked = text.slice(at + 1);
  const selection = asked === '' ? undefined : parseWanted(asked);
  if (selection) return { name, selection };
  throw new ArError('SPEC_INVALID', { spec: text, problem: `“${asked}” is no version, range or tag` });
}

/** Reads `@scope/name`. @throws SPEC_INVALID */
export function parsePlugin(text: string): PluginName {
  const { name, selection } = parseSelection(text);
  if (selection.kind === 'all') return name;
  throw new ArError('SPEC_INVALID', { spec: text, problem: `this is about all of ${name}, not about a version` });
}

/** Reads `@scope/name@<version>`. @throws SPEC_INVALID */
export function parseExact(text: string): { readonly name: PluginName; readonly version: Version } {
  const { name, selection } = parseSelection(text);
  if (selection.kind === 'exact') return { name, version: selection.version };
  throw new ArError('SPEC_INVALID', { spec: text, problem: `it must name one version, as in ${name}@1.0.0` });
}

/**
 * The published versions that are meant, lowest first, prereleases and yanked ones among them.
 *
 * @throws VERSION_NOT_FOUND where there is none
 */
export function selectVersions({ record, status, versions }: OwnedPlugin, selection: Selection): readonly Version[] {
  const chosen = versions.filter((version) => isMeant(version, selection, status.distTags));
  if (chosen.length > 0) return chosen.toSorted(compareVersions);
  throw new ArError('VERSION_NOT_FOUND', {
    plugin: record.name,
    wanted: selection.kind === 'all' ? '*' : describeWanted(selection),
    available: versions.toSorted(descending).slice(0, 10),
  });
}

/** @throws VERSION_NOT_FOUND */
export function assertPublished(plugin: OwnedPlugin, version: Version): void {
  selectVersions(plugin, { kind: 'exact', version });
}

function isMeant(version: Version, selection: Selection, tags: OwnedPlugin['status']['distTags']): boolean {
  switch (selection.kind) {
    case 'all':
      return true;
    case 'exact':
      return version === selection.version;
    case 'range':
      return inRange(version, selection.range);
    case 'latest':
      return version === ownEntry(tags, 'latest');
    case 'tag':
      return version === ownEntry(tags, selection.tag);
  }
}
