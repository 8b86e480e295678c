/** Whose documents may be others after a change of an index. */
import { CATEGORIES_FILE, PROVENANCE_ROOT_FILE, REGISTRY_FILE, indexPaths } from '@ar-registry/core/layout';
import { splitName } from '@ar-registry/core/name';
import { parseAdvisoryRecord } from '@ar-registry/core/record';
import type { QuickRepository } from '@ar-registry/io/git';
import { readIndexPart } from '@ar-registry/io/index-store';
import type { AdvisoryRecord, PluginName, ScopeName } from '@ar-registry/schemas';
import { ownerOf, type IndexChange } from './plan-change.ts';
import type { OpenState } from './state/open.ts';

export interface Affected {
  /** Of plugins, and of what only advisories speak of. */
  readonly names: ReadonlySet<PluginName>;
  readonly scopes: ReadonlySet<ScopeName>;
  /** Paths in the index of those that changed. */
  readonly advisories: ReadonlySet<string>;
}

/** More than these, or than this part of all, and it is better to build everything, which threads do. */
const MOST_AFFECTED = 2000;
const MOST_OF_ALL = 1 / 20;

/** @returns undefined where they are too many, or nobody knows */
export async function affectedBy(
  change: IndexChange,
  {
    state,
    repository,
    folder,
    commit,
    reports,
  }: {
    readonly state: OpenState;
    readonly repository: QuickRepository;
    readonly folder: string;
    readonly commit: string;
    /** Plugins with other reports than were published. */
    readonly reports: ReadonlySet<PluginName>;
  },
): Promise<Affected | undefined> {
  const { findings, advisories, unsettled } = state.rest;
  const troubled = findings.map(({ at }) => ({ file: at.file, owner: ownerOf(at.file) }));
  if (troubled.some(({ file, owner }) => owner === undefined && /^(?:plugins|reviews|verifications)\//.test(file)))
    return undefined;
  const { prefix } = state.root;
  const paths = [...change.advisories];
  const read = paths.length === 0 ? undefined : await readIndexPart({ repository, folder, commit, prefix, paths });
  // What records say of a plugin follows from its own, and from these.
  const isOfAll = change.scopes.size > 0 || change.paths.includes(CATEGORIES_FILE);
  const names = new Set<PluginName>([
    ...change.plugins,
    ...reports,
    ...(isOfAll ? troubled.flatMap(({ owner }) => owner ?? []) : []),
    // An archive that was missing may be there by now.
    ...unsettled,
    ...paths.flatMap((path) => namesIn(advisories.get(path))),
    ...paths.flatMap((path) => namesOf(read?.files.get(path), path)),
  ]);
  for (const scope of change.scopes)
    for (const { facts } of state.chunks.readPrefix(`@${scope}/`)) names.add(facts.name);
  if (names.size > Math.max(MOST_AFFECTED, state.aggregates.plugins * MOST_OF_ALL)) return undefined;
  const scopes = new Set([...change.scopes, ...[...names].map((name) => splitName(name).scope)]);
  return { names, scopes, advisories: change.advisories };
}

/** All records that say something of them, in the index. */
export function pathsToRead({ names, scopes, advisories }: Affected): readonly string[] {
  return [
    REGISTRY_FILE,
    CATEGORIES_FILE,
    PROVENANCE_ROOT_FILE,
    ...[...scopes].map(indexPaths.scope),
    ...advisories,
    ...[...names].flatMap((name) => [indexPaths.folder(name), indexPaths.reviews(name), `verifications/${name}`]),
  ];
}

function namesOf(text: string | undefined, path: string): readonly PluginName[] {
  if (text === undefined) return [];
  const parsed = parseAdvisoryRecord(text, path);
  return parsed.ok ? namesIn(parsed.record) : [];
}

function namesIn(record: AdvisoryRecord | undefined): readonly PluginName[] {
  return record?.affected.map(({ package: { name } }) => name) ?? [];
}
