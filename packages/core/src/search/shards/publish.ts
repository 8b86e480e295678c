/** From a state to files: all of them, or those that the index before does not have yet. */
import { ID_COUNT } from '../ids.ts';
import type { SearchEntry } from '../query.ts';
import { commonFrom } from '../score.ts';
import { sharedBeginnings, headsOfBeginning } from './beginnings.ts';
import type { SearchFile, ShardedIndex } from './build.ts';
import { borderBetween, cut, shardAt } from './cut.ts';
import { DIRECTORY_BITS, type FileName } from './format.ts';
import { headsOf } from './heads.ts';
import { countAt, isPart, listAt, lowerBound, namesByPart, pluginAt } from './keyed.ts';
import { beginningKey } from './keys.ts';
import type { ShardLimits } from './limits.ts';
import { toColumns, toNumbers, toShard, toText } from './list-files.ts';
import type { IndexedPlugin } from './lists.ts';
import type { PublishedShard, PublishedShards, SearchState } from './state.ts';
import { toTable } from './table.ts';

export interface PublishOptions {
  readonly limits: ShardLimits;
  /** A plugin by its name. */
  readonly entryOf: (name: string) => SearchEntry;
  readonly named: (body: string) => SearchFile;
  /** What was published last, the keys whose lists changed since, in order, and the numbers of the plugins that did. */
  readonly before?: PublishedShards & { readonly touched: readonly string[]; readonly ids: readonly number[] };
}

interface Context extends PublishOptions {
  readonly state: SearchState;
  readonly pluginOf: (id: number) => IndexedPlugin;
}

/** @returns the root, which is to be published last */
export function* publishShards(state: SearchState, options: PublishOptions): Generator<SearchFile, ShardedIndex> {
  const { plugins } = state;
  const pluginOf = (id: number): IndexedPlugin => {
    const at = pluginAt(plugins, id);
    const entry = options.entryOf(plugins.names[at] ?? '');
    return { id, entry, standing: plugins.standings[at] ?? 0, updated: plugins.updated[at] ?? 0 };
  };
  const context: Context = { ...options, state, pluginOf };
  const shards = yield* keyShards(context);
  const common = yield* commonFiles(context);
  const documents = yield* documentFiles(context);
  const published = { shards, ...common.published, ...documents };
  return {
    state,
    published,
    root: {
      schemaVersion: 1,
      format: 'sharded',
      total: plugins.ids.length,
      borders: shards.map(({ border }) => border),
      shards: shards.map(({ name }) => name).join(''),
      common: common.counts,
      long: published.longName,
      wholeList: options.limits.wholeList,
      documents: { bits: documents.bits, directories: documents.directories.join('') },
    },
  };
}

/** Where a shard lies among the needed keys, and what it begins with. */
interface Span extends Omit<PublishedShard, 'name'> {
  /** Positions of its keys. */
  readonly at: readonly number[];
}

function* keyShards(context: Context): Generator<SearchFile, readonly PublishedShard[]> {
  const { before } = context;
  const spans = spansOf(context);
  const borders = spans.map(({ border }) => border);
  const beginnings = Map.groupBy(beginningsOf(spans), (beginning) => shardAt(borders, beginningKey(beginning)));
  const changed = changedBeginnings(spans, context);
  const old = new Map(before?.shards.map((shard, index) => [shard.first, { shard, next: before.shards[index + 1] }]));
  const kept = spans.map((span, index) => {
    const next = spans[index + 1];
    const known = old.get(span.first);
    const isKept =
      known !== undefined &&
      isSame(known.shard, span) &&
      isSame(known.next, next) &&
      !isTouched(context, span.first, next?.first) &&
      !changed.has(index);
    return isKept ? known.shard.name : undefined;
  });
  const parts = partsOf(
    context,
    spans.filter((_, index) => kept[index] === undefined),
  );
  const shards: PublishedShard[] = [];
  for (const [index, span] of spans.entries()) {
    const content = { span, beginnings: beginnings.get(index) ?? [], parts };
    const name = kept[index] ?? (yield* shardFile(context, content));
    shards.push({ border: span.border, first: span.first, last: span.last, name });
  }
  return shards;
}

/** Names by all parts that stand in these shards. */
function partsOf({ state: { keys, words } }: Context, spans: readonly Span[]): ReadonlyMap<string, readonly string[]> {
  const wanted = spans.flatMap(({ at }) => at.map((position) => keys.keys[position] ?? '').filter(isPart));
  return namesByPart(words, new Set(wanted));
}

function isSame(
  one: Omit<PublishedShard, 'name'> | undefined,
  other: Omit<PublishedShard, 'name'> | undefined,
): boolean {
  return one?.border === other?.border && one?.first === other?.first;
}

/** Whether a list between these keys changed. */
function isTouched({ before }: Context, from: string, to: string | undefined): boolean {
  const touched = before?.touched ?? [];
  const first = touched[lowerBound(touched, from)];
  return first !== undefined && (to === undefined || first < to);
}

function spansOf({ state: { keys }, limits }: Context): readonly Span[] {
  const needed = keys.keys.flatMap((key, at) =>
    keys.needed[at] === 1 ? [{ key, at, weight: keys.weights[at] ?? 0 }] : [],
  );
  const starts = cut(needed, limits);
  return starts.map((start, index) => {
    const own = needed.slice(start, starts[index + 1]);
    const first = own[0]?.key ?? '';
    const border = start === 0 ? '' : borderBetween(needed[start - 1]?.key ?? '', first);
    return { border, first, last: own.at(-1)?.key ?? '', at: own.map(({ at }) => at) };
  });
}

function beginningsOf(spans: readonly Omit<PublishedShard, 'name'>[]): ReadonlySet<string> {
  return new Set(spans.slice(1).flatMap(({ first }, index) => sharedBeginnings(spans[index]?.last ?? '', first)));
}

/** Positions of the shards in which a beginning lies that found something else before, or nothing, or was not there. */
function changedBeginnings(spans: readonly Span[], { before }: Context): ReadonlySet<number> {
  if (!before) return new Set();
  const [now, then] = [beginningsOf(spans), beginningsOf(before.shards)];
  const { touched } = before;
  const isChanged = (beginning: string): boolean =>
    !now.has(beginning) ||
    !then.has(beginning) ||
    touched[lowerBound(touched, beginning)]?.startsWith(beginning) === true;
  const borders = spans.map(({ border }) => border);
  const changed = [...new Set([...now, ...then])].filter(isChanged);
  return new Set(changed.map((beginning) => shardAt(borders, beginningKey(beginning))));
}

function* shardFile(
  { state, limits, pluginOf, named }: Context,
  {
    span: { at },
    beginnings,
    parts,
  }: {
    readonly span: Span;
    readonly beginnings: readonly string[];
    readonly parts: ReadonlyMap<string, readonly string[]>;
  },
): Generator<SearchFile, FileName> {
  const { keys } = state.keys;
  const lists = at.filter((position) => countAt(state.keys, position) > 0);
  const inParts = at.flatMap((position) => {
    const names = parts.get(keys[position] ?? '');
    return names ? [[keys[position] ?? '', names] as const] : [];
  });
  const content = {
    lists: [
      ...lists.map((position) => [keys[position] ?? '', headsOf(state, position, limits)] as const),
      ...beginnings.map((each) => [beginningKey(each), headsOfBeginning(state, each, limits)] as const),
    ].toSorted(byKey),
    parts: inParts,
  };
  const file = named(toText(toShard(content, pluginOf)));
  yield file;
  return file.name;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** How many are listed under the keys of many, and the files of the long lists among them. */
function* commonFiles({
  state,
  limits,
  named,
  before,
}: Context): Generator<
  SearchFile,
  { readonly published: Pick<PublishedShards, 'long' | 'longName'>; readonly counts: Record<string, number> }
> {
  const { keys, plugins } = state;
  const atLeast = Math.min(commonFrom(plugins.ids.length), limits.wholeList);
  const common = [...keys.keys.keys()].filter((at) => keys.needed[at] === 1 && countAt(keys, at) > atLeast);
  const known = new Map(before?.long.map((each) => [each[0], each]));
  const touched = new Set(before?.touched);
  const long: (readonly [string, FileName, FileName])[] = [];
  for (const at of common) {
    if (countAt(keys, at) <= limits.wholeList) continue;
    const key = keys.keys[at] ?? '';
    const kept = touched.has(key) ? undefined : known.get(key);
    if (kept) long.push(kept);
    else {
      const list = listAt(keys, at);
      const columns = named(toText(toColumns(list, plugins)));
      yield columns;
      const numbers = named(toText(toNumbers(list, plugins, columns.name)));
      yield numbers;
      long.push([key, numbers.name, columns.name]);
    }
  }
  const file = named(toText({ schemaVersion: 1, numbers: Object.fromEntries(long) }));
  yield file;
  const counts = Object.fromEntries(common.map((at) => [keys.keys[at] ?? '', countAt(keys, at)]));
  return { published: { long, longName: file.name }, counts };
}

function* documentFiles({
  state: { plugins },
  limits,
  pluginOf,
  named,
  before,
}: Context): Generator<SearchFile, Pick<PublishedShards, 'bits' | 'documents' | 'directories'>> {
  const total = plugins.ids.length;
  const bits = Math.min(16, Math.max(0, Math.ceil(Math.log2(total / limits.documentsInShard))));
  const known = before?.bits === bits ? before : undefined;
  const changed = new Set(known ? known.ids.map((id) => documentShardOf(id, bits)) : []);
  const documents: FileName[] = [];
  let from = 0;
  for (let shard = 0; shard < 2 ** bits; shard += 1) {
    const to = firstAfter(plugins.ids, { shard, bits, from });
    const kept = changed.has(shard) ? undefined : known?.documents[shard];
    if (kept === undefined) {
      const file = named(
        toText({ schemaVersion: 1, plugins: toTable([...plugins.ids.subarray(from, to)].map(pluginOf)) }),
      );
      yield file;
      documents.push(file.name);
    } else documents.push(kept);
    from = to;
  }
  return { bits, documents, directories: yield* directoryFiles(documents, { named, known }) };
}

/** The position of the first plugin that is in a later document shard. */
function firstAfter(
  ids: Uint32Array,
  { shard, bits, from }: { readonly shard: number; readonly bits: number; readonly from: number },
): number {
  let to = from;
  while (to < ids.length && documentShardOf(ids[to] ?? 0, bits) === shard) to += 1;
  return to;
}

function* directoryFiles(
  documents: readonly FileName[],
  { named, known }: Pick<Context, 'named'> & { readonly known: PublishedShards | undefined },
): Generator<SearchFile, readonly FileName[]> {
  const directories: FileName[] = [];
  for (let first = 0; first < documents.length; first += 2 ** DIRECTORY_BITS) {
    const names = documents.slice(first, first + 2 ** DIRECTORY_BITS);
    const kept = known?.directories[first / 2 ** DIRECTORY_BITS];
    if (kept !== undefined && names.every((name, at) => known?.documents[first + at] === name)) {
      directories.push(kept);
      continue;
    }
    const file = named(toText({ schemaVersion: 1, documents: names.join('') }));
    yield file;
    directories.push(file.name);
  }
  return directories;
}

/** The position of the document shard that has this plugin. */
function documentShardOf(id: number, bits: number): number {
  return Math.floor(id / (ID_COUNT / 2 ** bits));
}
