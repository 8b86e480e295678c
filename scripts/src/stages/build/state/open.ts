/** A state that was kept, with its parts as they are asked for, and the next one as it is written. */
import type { ListPlaces } from '@ar-registry/core/api';
import type { PluginName } from '@ar-registry/schemas';
import type { Aggregates } from './aggregates.ts';
import { openAggregates, writeAggregates } from './kept-aggregates.ts';
import { openDownloads, type StateDownloads } from './kept-downloads.ts';
import { openChunks, type Chunks, type PluginState } from './chunks.ts';
import {
  ROOT_FILE,
  readRoot,
  rootText,
  type StateReports,
  type StateRest,
  type StateRoot,
  type StateSearch,
  type StateTags,
} from './root.ts';
import { changedReports, type ChangedReports } from './reports.ts';
import { StateUnusable, openStateStore } from './store.ts';

export interface OpenState {
  readonly root: StateRoot;
  readonly aggregates: Aggregates;
  readonly rest: StateRest;
  /** What was counted. */
  readonly counts: StateDownloads;
  readonly chunks: Chunks;
  /** The list of tags. @throws StateUnusable */
  readTags(): StateTags;
  /** In the list of all plugins. @throws StateUnusable */
  places(): ListPlaces;
  /** Of an index in shards. @throws StateUnusable */
  readSearch(): StateSearch | undefined;
  /** What differs from the reports that were published. @returns undefined where nobody knows @throws StateUnusable */
  changedReports(folder: string): Promise<ChangedReports | undefined>;
  /** Writes what is new of the next state, and says what its root is to be. */
  write(next: NextState): Promise<NextRoot>;
}

export interface NextRoot {
  readonly path: string;
  /** @param files how many more the output has, or fewer */
  readonly text: (files: number) => string;
  /** With as many files as before. */
  readonly root: StateRoot;
}

export interface NextState {
  readonly commit: string;
  readonly aggregates: Aggregates;
  readonly rest: StateRest;
  /** `kept` where it is as it was. */
  readonly search: StateSearch | 'kept' | undefined;
  readonly tags: StateTags | 'kept';
  readonly places: ListPlaces | 'kept';
  /** Names of whom something else is known now, or nothing. */
  readonly gone: ReadonlySet<PluginName>;
  readonly now: readonly PluginState[];
  readonly reports?: StateReports | undefined;
}

/** @param out the folder that a build writes into @throws StateUnusable, also for one of another key */
export async function openState(out: string, key: string): Promise<OpenState> {
  const root = await readRoot(out);
  if (root.key !== key) throw new StateUnusable('The state is of another program, or was told something else.');
  const store = openStateStore(out);
  const chunks = openChunks(root.chunks, store);
  const kept = { parts: root.aggregates, aggregates: openAggregates(root.aggregates, store) };
  // What has the digest that is asked for was written by `saveState`, or below.
  return {
    root,
    chunks,
    aggregates: kept.aggregates,
    rest: store.read(root.rest) as StateRest,
    counts: openDownloads(root.downloads, store),
    readTags: () => store.read(root.tags) as StateTags,
    places: () => store.read(root.places) as ListPlaces,
    readSearch: () => (root.search === undefined ? undefined : (store.read(root.search) as StateSearch)),
    changedReports: (folder) => changedReports(folder, root.reports?.parts ?? [], store),
    write: async ({ commit, aggregates, rest, search, tags, places, gone, now, reports }) => {
      const { search: old, ...same } = root;
      const name = search === 'kept' ? old : search && (await store.write(search));
      const next = {
        ...same,
        commit,
        chunks: await chunks.change(gone, now),
        aggregates: await writeAggregates(aggregates, store, kept),
        rest: await store.write(rest),
        ...(tags === 'kept' ? {} : { tags: await store.write(tags) }),
        ...(places === 'kept' ? {} : { places: await store.write(places) }),
        ...(name === undefined ? {} : { search: name }),
        ...(reports ? { reports } : {}),
      };
      return { path: ROOT_FILE, text: (files) => rootText({ ...next, files: root.files + files }), root: next };
    },
  };
}
