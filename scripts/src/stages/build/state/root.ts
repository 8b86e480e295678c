/** The root of a state: what it is of, and where its parts lie. */
import { readdirSync, unlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '@ar-registry/core/findings';
import { translateFileError } from '@ar-registry/io/files';
import type { AdvisoryRecord, PluginName } from '@ar-registry/schemas';
import type { TagCount } from '../changed-tags.ts';
import type { ChunkEntry } from './chunks.ts';
import { namesOfParts, type AggregateParts } from './kept-aggregates.ts';
import type { DownloadParts } from './kept-downloads.ts';
import { STATE_FOLDER, StateUnusable, digestOf, isPartName } from './store.ts';
import type { TopList } from './top-list.ts';

export const ROOT_FILE = `${STATE_FOLDER}/root.json`;

export interface StateRoot {
  /** Digest of the program and of all that is given to it besides the index: another one, and nothing here counts. */
  readonly key: string;
  readonly commit: string;
  /** Where the index lies in its tree: empty, or with a slash at the end. */
  readonly prefix: string;
  /** Where archives lie, relative to the index, unless the build is told. */
  readonly storePath?: string | undefined;
  /** How many files were published. */
  readonly files: number;
  readonly chunks: readonly ChunkEntry[];
  readonly aggregates: AggregateParts;
  /** Names of further parts. */
  readonly rest: string;
  readonly tags: string;
  /** Their names, in the order of their numbers. */
  readonly downloads: DownloadParts;
  /** Where each page of the list of all plugins begins, and which places are empty. */
  readonly places: string;
  /** Of an index in shards. */
  readonly search?: string | undefined;
  /** Where they are published. */
  readonly reports?: StateReports | undefined;
}

/** Which reports were published. */
export interface StateReports {
  readonly count: number;
  /** As the folder of reports is listed: the part, its digest, and the name of a part of the state that has the same. */
  readonly parts: readonly (readonly [part: string, digest: string, name: string])[];
}

/** What belongs to no plugin and to no list. */
export interface StateRest {
  /** By path in the index. */
  readonly advisories: ReadonlyMap<string, AdvisoryRecord>;
  readonly findings: readonly Finding[];
  /** Plugins of which something else may be found though no record changes: an archive that was missing may be there. */
  readonly unsettled: ReadonlySet<PluginName>;
}

/** The list of tags, which says all else by itself. */
export interface StateTags {
  /** Of the document. */
  readonly digest: string;
  /** Those that the most plugins have. */
  readonly most: TopList<TagCount>;
}

/** An index in shards, which says all else by itself. */
export interface StateSearch {
  /** Plugins that have another number than their name gives, by name. */
  readonly moved: ReadonlyMap<PluginName, number>;
  /** Of the document that names its files. */
  readonly digest: string;
}

/** @param out the folder that a build writes into @throws StateUnusable */
export async function readRoot(out: string): Promise<StateRoot> {
  const text = await readFile(join(out, ROOT_FILE), 'utf8').catch((error: unknown) => {
    throw new StateUnusable('There is no state.', { cause: error });
  });
  return parseRoot(text);
}

/** One line of JSON, and its digest. */
export function rootText(root: StateRoot): string {
  const body = JSON.stringify({ schemaVersion: 1, ...root });
  return `${body}\n${digestOf(body)}\n`;
}

function parseRoot(text: string): StateRoot {
  const [body = '', digest = ''] = text.split('\n');
  if (digestOf(body) !== digest) throw new StateUnusable('The state is damaged.');
  // What has its digest was written by `rootText`.
  const { schemaVersion, ...root } = JSON.parse(body) as StateRoot & { readonly schemaVersion: unknown };
  if (schemaVersion !== 1) throw new StateUnusable('The state is of another program.');
  return root;
}

/** Names of all parts. */
function partsOf(root: StateRoot): ReadonlySet<string> {
  const { chunks, aggregates, rest, tags, downloads, places, search, reports } = root;
  const own = [rest, tags, places, ...(search === undefined ? [] : [search])];
  const named = [...namesOfParts(aggregates), ...own, ...downloads];
  const listed = reports?.parts.map(([, , name]) => name) ?? [];
  return new Set([...named, ...listed, ...chunks.flatMap((chunk) => [chunk.rows, chunk.details])]);
}

/** Deletes what is no part of the state. @param root what was written @throws FILE_ACCESS */
export function removeOtherParts(out: string, root: StateRoot): void {
  const folder = join(out, STATE_FOLDER);
  const kept = partsOf(root);
  try {
    for (const name of readdirSync(folder)) if (isPartName(name) && !kept.has(name)) unlinkSync(join(folder, name));
  } catch (error) {
    throw translateFileError(error, folder);
  }
}
