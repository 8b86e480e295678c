/** From a state to files: all of them. A change of a few plugins goes from file to file (`change.ts`). */
import type { SearchEntry } from '../query.ts';
import { commonFrom } from '../score.ts';
import { TOKENIZER } from '../tokenizer.ts';
import { sharedBeginnings, headsOfBeginning } from './beginnings.ts';
import { borderBetween, cut, shardAt } from './cut.ts';
import { DIRECTORY_BITS, type FileName, type SearchRoot } from './format.ts';
import { headsOf } from './heads.ts';
import { countAt, isPart, listAt, namesByPart, pluginAt } from './keyed.ts';
import { beginningKey } from './keys.ts';
import type { SearchFile } from './file-names.ts';
import type { ShardLimits } from './limits.ts';
import { toShard, toText } from './list-files.ts';
import type { IndexedPlugin } from './lists.ts';
import { offeredKeys } from './offered.ts';
import { blockBits, inBlocks, labelOf, numberedOf, partOf, toColumns, toNumbers, type Numbered } from './numbered.ts';
import type { SearchState } from './state.ts';
import { toTable } from './table.ts';

export interface PublishOptions {
  readonly limits: ShardLimits;
  /** A plugin by its name. */
  readonly entryOf: (name: string) => SearchEntry;
  readonly named: (body: string) => SearchFile;
}

interface Context extends PublishOptions {
  readonly state: SearchState;
  readonly pluginOf: (id: number) => IndexedPlugin;
}

/** @returns the root, which is to be published last */
export function* publishShards(state: SearchState, options: PublishOptions): Generator<SearchFile, SearchRoot> {
  const { plugins } = state;
  const pluginOf = (id: number): IndexedPlugin => {
    const at = pluginAt(plugins, id);
    const entry = options.entryOf(plugins.names[at] ?? '');
    return { id, entry, standing: plugins.standings[at] ?? 0, updated: plugins.updated[at] ?? 0 };
  };
  const context: Context = { ...options, state, pluginOf };
  const spans = spansOf(context);
  const shards = yield* keyShards(context, spans);
  const common = yield* commonFiles(context);
  const documents = yield* documentFiles(context);
  return {
    schemaVersion: 1,
    format: 'sharded',
    tokenizer: TOKENIZER,
    total: plugins.ids.length,
    borders: spans.map(({ border }) => border),
    shards: shards.join(''),
    common: common.counts,
    long: common.long,
    wholeList: options.limits.wholeList,
    documents,
  };
}

/** Where a shard lies among the needed keys. */
interface Span {
  readonly border: string;
  /** Positions of its keys. */
  readonly at: readonly number[];
}

function* keyShards(context: Context, spans: readonly Span[]): Generator<SearchFile, readonly FileName[]> {
  const borders = spans.map(({ border }) => border);
  const shared = new Set(borders.flatMap(sharedBeginnings));
  const beginnings = Map.groupBy(shared, (beginning) => shardAt(borders, beginningKey(beginning)));
  const { keys, words } = context.state;
  const parts = namesByPart(words, new Set(keys.keys.filter(isPart)));
  const shards: FileName[] = [];
  for (const [index, span] of spans.entries())
    shards.push(yield* shardFile(context, { span, beginnings: beginnings.get(index) ?? [], parts }));
  return shards;
}

function spansOf({ state: { keys }, limits }: Context): readonly Span[] {
  const needed = keys.keys.flatMap((key, at) =>
    keys.needed[at] === 1 ? [{ key, at, weight: keys.weights[at] ?? 0 }] : [],
  );
  const starts = cut(needed, limits);
  return starts.map((start, index) => {
    const own = needed.slice(start, starts[index + 1]);
    const border = start === 0 ? '' : borderBetween(needed[start - 1]?.key ?? '', own[0]?.key ?? '');
    return { border, at: own.map(({ at }) => at) };
  });
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

interface Common {
  readonly counts: Readonly<Record<string, number>>;
  /** What names the files of the long lists. */
  readonly long: FileName;
}

/** How many are listed under the keys of many and those that filters offer, and the files of the long lists among them. */
function* commonFiles({ state, limits, named }: Context): Generator<SearchFile, Common> {
  const { keys, plugins } = state;
  const atLeast = Math.min(commonFrom(plugins.ids.length), limits.wholeList);
  const common = [...keys.keys.keys()].filter((at) => keys.needed[at] === 1 && countAt(keys, at) > atLeast);
  const long: (readonly [string, string])[] = [];
  for (const at of common) {
    const count = countAt(keys, at);
    if (count <= limits.wholeList) continue;
    const key = keys.keys[at] ?? '';
    const blocks = inBlocks(numberedOf(listAt(keys, at), plugins), 2 ** blockBits(count, limits));
    const names: FileName[] = [];
    for (const [block, list] of blocks.entries()) names.push(yield* numbersFile(list, labelOf(key, block), named));
    long.push([key, names.join('')]);
  }
  const file = named(toText({ schemaVersion: 1, numbers: Object.fromEntries(long) }));
  yield file;
  const counted = [...new Set([...common, ...offeredKeys(keys)])].toSorted((a, b) => a - b);
  return { long: file.name, counts: Object.fromEntries(counted.map((at) => [keys.keys[at] ?? '', countAt(keys, at)])) };
}

/** One block, after its columns. @param of which list and which block of it */
export function* numbersFile(
  list: Numbered,
  of: string,
  named: PublishOptions['named'],
): Generator<SearchFile, FileName> {
  const columns = named(toText(toColumns(list, of)));
  yield columns;
  const numbers = named(toText(toNumbers(list, { of, columns: columns.name })));
  yield numbers;
  return numbers.name;
}

/** So many first bits of a number say in which document shard a plugin is. */
export function documentBits(total: number, { documentsInShard }: ShardLimits): number {
  return Math.min(16, Math.max(0, Math.ceil(Math.log2(total / documentsInShard))));
}

function* documentFiles({
  state: { plugins },
  limits,
  pluginOf,
  named,
}: Context): Generator<SearchFile, SearchRoot['documents']> {
  const bits = documentBits(plugins.ids.length, limits);
  const documents: FileName[] = [];
  let from = 0;
  for (let shard = 0; shard < 2 ** bits; shard += 1) {
    const start = from;
    while (from < plugins.ids.length && partOf(plugins.ids[from] ?? 0, 2 ** bits) === shard) from += 1;
    const own = [...plugins.ids.subarray(start, from)].map(pluginOf);
    const file = named(toText({ schemaVersion: 1, plugins: toTable(own) }));
    yield file;
    documents.push(file.name);
  }
  const directories: FileName[] = [];
  for (let first = 0; first < documents.length; first += 2 ** DIRECTORY_BITS) {
    const names = documents.slice(first, first + 2 ** DIRECTORY_BITS).join('');
    const file = named(toText({ schemaVersion: 1, documents: names }));
    yield file;
    directories.push(file.name);
  }
  return { bits, directories: directories.join('') };
}
