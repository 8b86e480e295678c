/** The search index as documents: one of a small registry, of a large one the files of its shards and one that names them. */
import type { ConfigDocument, SearchIndexDocument } from '@ar-registry/schemas';
import { routes } from '../layout/index.ts';
import type { Hash } from '../ports.ts';
import { buildShardedIndex, type SearchRoot, type ShardedIndex, type ShardLimits } from '../search/index.ts';
import type { ApiDocument } from './build.ts';
import { toSearchFacts } from './registry-documents.ts';

export interface SearchOptions {
  /** Makes the document at `routes.search` that names all files, of what names them. */
  readonly pack: (root: SearchRoot) => string;
  /** How many plugins a registry in shards has, at least. */
  readonly from?: number | undefined;
  readonly limits?: ShardLimits | undefined;
  /** Told of what was made of it, where it is in shards. */
  readonly keep?: ((index: ShardedIndex) => void) | undefined;
}

/** Below it, one file is read as fast as the shards of a query: see docs/decisions/017-search.md. */
export const SHARDED_FROM = 300;

/**
 * The files come first: whoever reads the index finds all that it names.
 *
 * @param options without them, the index is one file whatever its size
 * @returns what `config.json` says of it
 */
export function* searchDocuments(
  index: SearchIndexDocument,
  options: SearchOptions | undefined,
  hash: Hash,
): Generator<ApiDocument, ConfigDocument['search']> {
  const { plugins } = index;
  const isSharded = options !== undefined && plugins.length >= (options.from ?? SHARDED_FROM);
  const body = isSharded ? options.pack(yield* shardDocuments(index, options, hash)) : `${JSON.stringify(index)}\n`;
  yield { kind: 'list', path: routes.search, body };
  const bytes = new TextEncoder().encode(body);
  return { ...toSearchFacts(plugins.length, hash(bytes), bytes.length), format: isSharded ? 'sharded' : 'compact' };
}

function* shardDocuments(
  { plugins }: SearchIndexDocument,
  { limits, keep }: SearchOptions,
  hash: Hash,
): Generator<ApiDocument, SearchRoot> {
  const making = buildShardedIndex(plugins, { hash, ...(limits ? { limits } : {}) });
  for (;;) {
    const step = making.next();
    if (step.done) {
      keep?.(step.value);
      return step.value.root;
    }
    yield { kind: 'search', path: routes.searchFile(step.value.name), body: step.value.body };
  }
}
