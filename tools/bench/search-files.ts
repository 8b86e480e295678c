/** The files of a search index: written in shards, whatever its size, and searched without a client. */
import { buildShards, searchPlugins, searchShards } from '@ar-registry/core/search';
import type { ReadSearchFile, SearchEntry, SearchQuery, SearchResult, SearchRoot } from '@ar-registry/core/search';
import { packSearchFile, toShardedIndex, unpackSearchFile } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';

/** What the index itself is called here; all other files are called by their hashes. */
export const ROOT = 'index.json';

/** @param write is given each file once, the index last */
export async function writeSearchFiles(
  entries: readonly SearchEntry[],
  write: (name: string, bytes: Uint8Array) => void,
): Promise<void> {
  const making = buildShards(entries, { hash: integrityOf });
  let step = making.next();
  for (; !step.done; step = making.next()) write(step.value.name, await packSearchFile(step.value.body));
  write(ROOT, Buffer.from(toShardedIndex(step.value)));
}

/** @param read is asked for every file that a client without a cache asks for, the index first */
export async function searchFiles(read: (name: string) => Uint8Array, query: SearchQuery): Promise<SearchResult> {
  const index = JSON.parse(Buffer.from(read(ROOT)).toString('utf8')) as Index;
  if ('plugins' in index) return searchPlugins(index.plugins, query);
  const readFile = (async (_kind, name) => parse(read(name))) as ReadSearchFile;
  return searchShards(parse(Buffer.from(index.root, 'base64')) as SearchRoot, query, readFile);
}

/** Of a small registry it has all plugins, of a large one it leads to shards. */
type Index = { readonly plugins: readonly SearchEntry[] } | { readonly root: string };

function parse(bytes: Uint8Array): unknown {
  const json = unpackSearchFile(bytes);
  if (!json) throw new Error('A file of the index is damaged.');
  return JSON.parse(json.toString('utf8'));
}
