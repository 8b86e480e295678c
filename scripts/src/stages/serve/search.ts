import { routes } from '@ar-registry/core/layout';
import { createSearch as createEngine, type Search as SearchEngine } from '@ar-registry/core/search';
import type { PluginListDocument } from '@ar-registry/schemas';
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

/** Searches the built index; reads it again only when its entity tag has changed. */
export function createSearch(files: StaticFiles): Search {
  let current: { readonly etag: string; readonly engine: SearchEngine } | undefined;
  return async (query) => {
    const file = await files.read(routes.search);
    if (!file) return undefined;
    if (current?.etag !== file.etag) current = { etag: file.etag, engine: load(file.bytes) };
    const key = encodeURIComponent(JSON.stringify(query));
    return { body: answer(current.engine, query), etag: `W/"${file.etag.replaceAll('"', '')}.${key}"` };
  };
}

function load(bytes: Uint8Array): SearchEngine {
  const result = validator(JSON.parse(new TextDecoder().decode(bytes)));
  if (!result.ok) throw new Error('The search index is not valid.');
  return createEngine(result.value.plugins);
}

function answer(engine: SearchEngine, query: ParsedQuery): string {
  const { total, plugins } = engine.find(query);
  const list: PluginListDocument = {
    schemaVersion: 1,
    total,
    page: Math.floor(query.offset / query.limit) + 1,
    pages: Math.max(1, Math.ceil(total / query.limit)),
    plugins: [...plugins],
  };
  return `${JSON.stringify(list)}\n`;
}
