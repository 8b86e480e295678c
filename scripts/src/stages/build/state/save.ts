/** Keeping a state after a build of everything. */
import { toTags, type ListPlaces } from '@ar-registry/core/api';
import type { Finding } from '@ar-registry/core/findings';
import { indexPaths } from '@ar-registry/core/layout';
import type { ShardedIndex } from '@ar-registry/core/search';
import type { SnapshotHead } from '@ar-registry/core/snapshot';
import { toShardedIndex } from '@ar-registry/io/api-client';
import { writeAtomically } from '@ar-registry/io/files';
import { join } from 'node:path';
import type { PluginName } from '@ar-registry/schemas';
import type { LeafEntry } from '../leaf-cache.ts';
import { NO_AGGREGATES, changeAggregates, differencesOf } from './aggregates.ts';
import { writeChunks, type PluginState } from './chunks.ts';
import { mostTags, tagsOf } from '../publish-tags.ts';
import type { PluginFacts } from './facts.ts';
import { writeAggregates } from './kept-aggregates.ts';
import { writeDownloads, type CountedPlugins } from './kept-downloads.ts';
import { ROOT_FILE, rootText, type StateRest, type StateRoot, type StateSearch, type StateTags } from './root.ts';
import { changedReports } from './reports.ts';
import { digestOf, openStateStore } from './store.ts';

export interface Built {
  readonly key: string;
  readonly commit: string;
  readonly prefix: string;
  readonly storePath?: string | undefined;
  readonly head: Pick<SnapshotHead, 'advisories' | 'downloads' | 'stats'>;
  /** Of all that the index speaks of, by name. */
  readonly facts: readonly PluginFacts[];
  /** Of the output. */
  readonly paths: ReadonlySet<string>;
  readonly leaves: ReadonlyMap<PluginName, LeafEntry>;
  readonly findings: readonly Finding[];
  readonly unsettled: ReadonlySet<PluginName>;
  /** In the list of all plugins. */
  readonly places: ListPlaces;
  readonly search?: ShardedIndex | undefined;
  /** The folder that they were published from, absolute, and how many were. */
  readonly reports?: { readonly folder: string; readonly count: number } | undefined;
}

/** Keeps none where nobody can tell later which reports have changed. @param out what was built @throws FILE_ACCESS, DISK_FULL */
export async function saveState(out: string, built: Built): Promise<void> {
  const { key, commit, prefix, storePath, head, facts, paths, findings, unsettled, places, search, reports } = built;
  const store = openStateStore(out);
  const listed = reports && (await changedReports(reports.folder, [], store));
  if (reports && !listed) return;
  const aggregates = changeAggregates(NO_AGGREGATES, [], facts);
  if (!aggregates) throw new Error('All plugins were looked at, and not all can be said of them.');
  const plugins = toPluginStates(facts, built);
  const rest: StateRest = {
    advisories: new Map(head.advisories.map((record) => [indexPaths.advisory(record.id), record])),
    findings,
    unsettled,
  };
  const root: StateRoot = {
    key,
    commit,
    prefix,
    ...(storePath === undefined ? {} : { storePath }),
    files: paths.size,
    chunks: await writeChunks(plugins, store),
    aggregates: await writeAggregates(aggregates, store),
    rest: await store.write(rest),
    tags: await store.write(toStateTags(facts)),
    downloads: await writeDownloads(countedIn(head), store),
    places: await store.write(places),
    ...(search ? { search: await store.write(toStateSearch(search)) } : {}),
    ...(reports && listed ? { reports: { count: reports.count, parts: listed.parts } } : {}),
  };
  await writeAtomically(join(out, ROOT_FILE), rootText(root));
}

/** What is kept of the list of tags. */
function toStateTags(facts: readonly PluginFacts[]): StateTags {
  const document = toTags(differencesOf([], tagsOf(facts)));
  return { digest: digestOf(`${JSON.stringify(document)}\n`), most: mostTags(document.tags) };
}

/** What is kept of an index in shards. */
function toStateSearch({ root, moved }: ShardedIndex): StateSearch {
  return { moved, digest: digestOf(toShardedIndex(root)) };
}

function countedIn({ downloads, stats }: Pick<SnapshotHead, 'downloads' | 'stats'>): CountedPlugins {
  const counted = new Set([...stats.plugins.keys(), ...stats.github.keys(), ...stats.recent.flatMap(namesIn)]);
  return { downloads, counted };
}

/** Of a day: whoever is counted in any way. */
function namesIn({ downloads, ciDownloads, events }: SnapshotHead['stats']['recent'][number]): readonly PluginName[] {
  return [downloads, ciDownloads, ...Object.values(events)].flatMap((counts) => Object.keys(counts ?? {}));
}

/** What is known of plugins, with what was published of them. */
export function toPluginStates(
  facts: readonly PluginFacts[],
  { paths, leaves }: Pick<Built, 'paths' | 'leaves'>,
): readonly PluginState[] {
  const files = filesByPlugin(paths);
  return facts.map((each) => ({ facts: each, files: files.get(each.name) ?? [], leaf: leaves.get(each.name) }));
}

/** The files that are a plugin’s own; those of its statistics are not among them. */
function filesByPlugin(paths: Iterable<string>): ReadonlyMap<PluginName, readonly string[]> {
  const files = new Map<PluginName, string[]>();
  for (const path of paths) {
    const [, name] = OWN_FILE.exec(path) ?? [];
    if (name === undefined) continue;
    const own = files.get(name);
    if (own) own.push(path);
    else files.set(name, [path]);
  }
  return files;
}

const OWN_FILE =
  /^(?:api\/v1\/plugins|api\/v1\/stats\/reviews|npm|npm\/-|badge|feeds\/plugins)\/(@[a-z0-9-]+\/[a-z0-9-]+)(?:[./]|$)/;
