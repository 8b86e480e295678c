/**
 * A search of one registry: over its compact index, or in the shards of a large one.
 *
 * Only `search/index.json` is asked for as a document is. The files that it names are named by their content: they are
 * checked against that, kept for good, and never asked for twice.
 */
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import {
  fileNameOf,
  isSearchable,
  searchPlugins,
  searchShards,
  type FileName,
  type SearchDocumentKinds,
  type SearchEntry,
  type SearchQuery,
  type SearchResult,
  type SearchRoot,
} from '@ar-registry/core/search';
import type { SearchIndexDocument, SearchShardedDocument, Validator } from '@ar-registry/schemas';
import { integrityOf } from '../digest/index.ts';
import type { Ask } from './ask.ts';
import { SEARCH_INDEX } from './kinds.ts';
import { found, parseDocument, parseJson, statusError } from './parse.ts';
import { shown } from './report.ts';
import { unpackSearchFile } from './search-codec.ts';

/** A file of an index is 50 KB; that of a list of all plugins grows with them. */
const FILE_LIMIT_BYTES = 16 * 1024 * 1024;

/** @throws what `ask` throws, REGISTRY_RESPONSE_INVALID, INTEGRITY_MISMATCH */
export async function searchRegistry(ask: Ask, query: SearchQuery, signal: AbortSignal): Promise<SearchResult> {
  const index = await readIndex(ask, signal);
  if ('plugins' in index) return searchPlugins(index.plugins, query);
  return searchShards(index, query, (kind, name) => readFile(ask, { kind, name, signal }));
}

/**
 * Plugins among which those may be that somebody meant who wrote `name`: all of a small registry, and of a large one
 * those that a search for it finds.
 */
export async function pluginsNear(ask: Ask, name: string, signal: AbortSignal): Promise<readonly SearchEntry[]> {
  const index = await readIndex(ask, signal);
  if ('plugins' in index) return index.plugins;
  const read = <Kind extends keyof SearchDocumentKinds>(kind: Kind, file: FileName) =>
    readFile(ask, { kind, name: file, signal });
  return (await searchShards(index, { text: name, limit: NEAR }, read)).plugins;
}

const NEAR = 100;

type Index = SearchIndexDocument | SearchRoot;

async function readIndex(ask: Ask, signal: AbortSignal): Promise<Index> {
  const { load, ...question } = SEARCH_INDEX;
  const answer = await ask({ ...question, isAlone: true }, signal);
  const { response } = answer;
  const url = shown(response.url);
  if (answer.made) return parseJson(answer.made, url) as SearchRoot;
  if (answer.checked) {
    const kept = parseJson(response.body, url) as SearchIndexDocument | SearchShardedDocument;
    return 'root' in kept ? checkedRoot(unpackRoot(kept, url), url) : kept;
  }
  const value = parseJson(
    found(response, () => statusError(response)),
    url,
  );
  const isSharded = typeof value === 'object' && value !== null && 'format' in value && value.format === 'sharded';
  const validator = isSharded
    ? (await import('@ar-registry/schemas/validators/api/search-sharded')).validator
    : await load();
  const document = parseDocument<SearchIndexDocument | SearchShardedDocument>(response, validator);
  if (!('root' in document)) {
    await answer.keep();
    return document;
  }
  const json = unpackRoot(document, url);
  const root = await checkedRoot(json, url);
  // As it is looked at: to load zlib, and the streams that come with it, would be a fifth of the next search.
  await answer.keep(worthKeeping(json));
  return root;
}

async function checkedRoot(json: Buffer, url: string): Promise<SearchRoot> {
  const root = parseJson(json, url) as SearchRoot;
  const { validator } = await import('@ar-registry/schemas/validators/api/search-root');
  assertValid(validator(root), url);
  if (isSearchable(root)) return root;
  const needs = `a client that knows how its search index cuts texts into words (version ${root.tokenizer})`;
  throw new ArError('REGISTRY_UNSUPPORTED', { url, needs });
}

/** @throws REGISTRY_RESPONSE_INVALID */
function unpackRoot({ root }: SearchShardedDocument, url: string): Buffer {
  const json = unpackSearchFile(Buffer.from(root, 'base64'));
  if (json) return json;
  throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem: 'the root of its search index is damaged' });
}

/** Not what takes more on the user's disk than the server could have sent: what is packed may be a thousand times as long. */
function worthKeeping(json: Buffer): Buffer | undefined {
  return json.length <= FILE_LIMIT_BYTES ? json : undefined;
}

function assertValid(result: ReturnType<Validator<unknown>>, url: string): void {
  if (result.ok) return;
  const problem = `the search index is not valid: ${result.errors[0]?.message ?? ''}`;
  throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem });
}

interface FileQuestion<Kind> {
  readonly kind: Kind;
  readonly name: FileName;
  readonly signal: AbortSignal;
}

async function readFile<Kind extends keyof SearchDocumentKinds>(
  ask: Ask,
  { kind, name, signal }: FileQuestion<Kind>,
): Promise<SearchDocumentKinds[Kind]> {
  // As it will be compared with what is kept; the name is all that is known of the hash.
  const pinned = `sha512-${name}`;
  const question = {
    route: routes.searchFile(name),
    limitBytes: FILE_LIMIT_BYTES,
    what: SEARCH_INDEX.what,
    pinned,
    isAlone: true,
  };
  const answer = await ask(question, signal);
  const { response } = answer;
  const url = shown(response.url);
  if (answer.made) return parseJson(answer.made, url) as SearchDocumentKinds[Kind];
  const json = unpackSearchFile(found(response, () => statusError(response)));
  if (!json) throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem: 'its compression is damaged' });
  const actual = fileNameOf(json, integrityOf);
  if (actual !== name)
    throw new ArError('INTEGRITY_MISMATCH', { archive: url, expected: pinned, actual: `sha512-${actual}` });
  const value = parseJson(json, url);
  const validator = await VALIDATORS[kind]();
  assertValid(validator(value), url);
  await answer.keep(worthKeeping(json));
  return value as SearchDocumentKinds[Kind];
}

const VALIDATORS: Readonly<Record<keyof SearchDocumentKinds, () => Promise<Validator<unknown>>>> = {
  shard: async () => (await import('@ar-registry/schemas/validators/api/search-shard')).validator,
  long: async () => (await import('@ar-registry/schemas/validators/api/search-long')).validator,
  numbers: async () => (await import('@ar-registry/schemas/validators/api/search-numbers')).validator,
  columns: async () => (await import('@ar-registry/schemas/validators/api/search-columns')).validator,
  directory: async () => (await import('@ar-registry/schemas/validators/api/search-directory')).validator,
  documents: async () => (await import('@ar-registry/schemas/validators/api/search-documents')).validator,
};
