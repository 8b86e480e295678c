/** A state that was kept, with its parts as they are asked for, and the next one as it is written. */
import type { ListPlace } from '@ar-registry/core/api';
import type { PluginName } from '@ar-registry/schemas';
import type { Aggregates } from './aggregates.ts';
import { openAggregates, writeAggregates } from './kept-aggregates.ts';
import { openChunks, type Chunks, type PluginState } from './chunks.ts';
import {
  ROOT_FILE,
  readRoot,
  rootText,
  type StateDownloads,
  type StateReports,
  type StateRest,
  type StateRoot,
  type StateSearch,
} from './root.ts';
import { changedReports, type ChangedReports } from './reports.ts';
import { StateUnusable, openStateStore } from './store.ts';

export interface OpenState {
  readonly root: StateRoot;
  readonly aggregates: Aggregates;
  readonly rest: StateRest;
  /** What was counted: of all plugins, and so read only where it is asked for. @throws StateUnusable */
  counts(): StateDownloads;
  readonly chunks: Chunks;
  /** With which plugin each page of the list begins. @throws StateUnusable */
  pageStarts(): readonly ListPlace[];
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
  readonly pageStarts: readonly ListPlace[] | 'kept';
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
  let counts: StateDownloads | undefined;
  // What has the digest that is asked for was written by `saveState`, or below.
  return {
    root,
    chunks,
    aggregates: kept.aggregates,
    rest: store.read(root.rest) as StateRest,
    counts: () => (counts ??= store.read(root.downloads) as StateDownloads),
    pageStarts: () => store.read(root.pageStarts) as readonly ListPlace[],
    readSearch: () => (root.search === undefined ? undefined : (store.read(root.search) as StateSearch)),
    changedReports: (folder) => changedReports(folder, root.reports?.parts ?? [], store),
    write: async ({ commit, aggregates, rest, search, pageStarts, gone, now, reports }) => {
      const { search: old, ...same } = root;
      const name = search === 'kept' ? old : search && (await store.write(search));
      const next = {
        ...same,
        commit,
        chunks: await chunks.change(gone, now),
        aggregates: await writeAggregates(aggregates, store, kept),
        rest: await store.write(rest),
        ...(pageStarts === 'kept' ? {} : { pageStarts: await store.write(pageStarts) }),
        ...(name === undefined ? {} : { search: name }),
        ...(reports ? { reports } : {}),
      };
      return { path: ROOT_FILE, text: (files) => rootText({ ...next, files: root.files + files }), root: next };
    },
  };
}
