import { routes } from '@ar-registry/core/layout';
import {
  createSearch as createEngine,
  isSearchable,
  searchShards,
  type ReadSearchFile,
  type SearchQuery,
  type SearchResult,
  type SearchRoot,
} from '@ar-registry/core/search';
import type { PluginListDocument, SearchShardedDocument } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/api/search-index';
import type { StaticFiles } from './app.ts';
import type { ParsedQuery } from './query.ts';

export interface SearchAnswer {
  readonly body: string;
  /** Weak: of the index and the query, not of the bytes. */
  readonly etag: string;
}

/** `undefined` while there is no search index. */
export type Search = (query: ParsedQuery) => Promise<SearchAnswer | undefined>;

type Engine = (query: SearchQuery) => Promise<SearchResult>;

/**
 * Searches the built index; reads it again only when its entity tag has changed. Of a large registry it holds what names
 * the files, and reads those that a query needs.
 */
export function createSearch(files: StaticFiles): Search {
  let current: { readonly etag: string; readonly engine: Engine } | undefined;
  return async (query) => {
    const file = await files.read(routes.search);
    if (!file) return undefined;
    if (current?.etag !== file.etag) current = { etag: file.etag, engine: load(file.bytes, files) };
    const key = encodeURIComponent(JSON.stringify(query));
    return { body: answer(await current.engine(query), query), etag: `W/"${file.etag.replaceAll('"', '')}.${key}"` };
  };
}

function load(bytes: Uint8Array, files: StaticFiles): Engine {
  const document = parse(bytes) as SearchShardedDocument | { readonly format?: undefined };
  if (document.format === 'sharded') {
    const packed = Uint8Array.from(atob(document.root), (character) => character.charCodeAt(0));
    const root = parse(files.unpack?.(packed)) as SearchRoot;
    if (!isSearchable(root)) throw new Error('The search index was built by a later version of this program.');
    const read = (async (_kind, name) => parse(files.unpack?.(await bytesOf(name, files)))) as ReadSearchFile;
    return (query) => searchShards(root, query, read);
  }
  const result = validator(document);
  if (!result.ok) throw new Error('The search index is not valid.');
  const engine = createEngine(result.value.plugins);
  return async (query) => engine.find(query);
}

function parse(bytes: Uint8Array | undefined): unknown {
  if (!bytes) throw new Error('A file of the search index is damaged.');
  return JSON.parse(new TextDecoder().decode(bytes));
}

async function bytesOf(name: string, files: StaticFiles): Promise<Uint8Array> {
  const file = await files.read(routes.searchFile(name));
  if (!file) throw new Error('A file of the search index is missing.');
  return file.bytes;
}

function answer({ total, plugins }: SearchResult, query: ParsedQuery): string {
  const list: PluginListDocument = {
    schemaVersion: 1,
    total,
    page: Math.floor(query.offset / query.limit) + 1,
    pages: Math.max(1, Math.ceil(total / query.limit)),
    plugins: [...plugins],
  };
  return `${JSON.stringify(list)}\n`;
}
