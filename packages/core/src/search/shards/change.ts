/**
 * An index after a few of its plugins changed, from its files to files: those that are not what they were, byte for byte as
 * all plugins anew would give them. What is published says all that is needed, so that nothing else is kept.
 */
import type { Hash } from '../../ports.ts';
import { commonFrom } from '../score.ts';
import { TOKENIZER } from '../tokenizer.ts';
import { changeBeginnings, contentOf, type ChangedBeginnings } from './change-beginnings.ts';
import { changeDocuments, rowsWith } from './change-documents.ts';
import { countsWith, remakeLists, type Lengths, type Remade } from './change-lengths.ts';
import { changeLong, readLong, type ChangedLong } from './change-long.ts';
import { changeRuns, oldShards, type OldShards, type Run } from './change-runs.ts';
import { changeParts } from './change-words.ts';
import { NeedsAll, editsOf, type Edits, type SearchChange } from './edits.ts';
import { naming, type SearchFile } from './file-names.ts';
import { namesIn, type FileName, type SearchRoot } from './format.ts';
import { beginningKey, wordOfTagKey } from './keys.ts';
import { SHARD_LIMITS, type ShardLimits } from './limits.ts';
import { toText } from './list-files.ts';
import { isOffered, mostUsed } from './offered.ts';
import { byKey, closeShard, createValues, isBeginning, type OpenList, type Row, type Values } from './opened.ts';
import { documentBits } from './publish.ts';
import { once, type ReadSearchFile, type ReadSearchText } from './reader.ts';

export interface ChangeIndexOptions {
  readonly hash: Hash;
  readonly limits?: ShardLimits | undefined;
  /** What was published. */
  readonly root: SearchRoot;
  readonly read: ReadSearchFile;
  readonly readText: ReadSearchText;
  /** Plugins that have another number than their name gives, by name. */
  readonly moved: ReadonlyMap<string, number>;
  /** Told of each file as soon as it is made; where all has to be made anew, of some that are of no use. */
  readonly onFile?: ((file: SearchFile) => void) | undefined;
  /** Of licenses and of tags, how many plugins have each now: at least of those that are used most. */
  readonly counts: {
    readonly licenses: ReadonlyMap<string, number>;
    readonly tags: ReadonlyMap<string, number>;
  };
}

export interface ChangedIndex {
  readonly root: SearchRoot;
  /** All that are new; some may be there already. */
  readonly files: readonly SearchFile[];
  /** The names of what is no part of it any more. */
  readonly gone: ReadonlySet<FileName>;
}

interface Ports extends Pick<ChangeIndexOptions, 'root' | 'read' | 'readText' | 'counts'> {
  readonly limits: ShardLimits;
  readonly named: (body: string) => SearchFile;
  readonly edits: Edits;
  readonly values: Values;
  readonly old: OldShards;
  /** A list as it was in its shard. */
  readonly listOf: (key: string) => Promise<OpenList | undefined>;
  /** Plugins as they are now. */
  readonly rowsWith: (ids: readonly number[]) => Promise<ReadonlyMap<number, Row>>;
}

/**
 * @param change as it is: what is removed was there
 * @returns undefined where all has to be made anew
 * @throws what `read` throws
 */
export async function changeIndex(
  change: SearchChange,
  { hash, limits = SHARD_LIMITS, root, read: fetch, readText, moved, counts, onFile }: ChangeIndexOptions,
): Promise<ChangedIndex | undefined> {
  const total = root.total - change.removed.length + change.added.length;
  if (total === 0 || root.total === 0 || !hasSameBounds(root.total, total, limits)) return undefined;
  // Beside words that were made in another way, new ones would not be found, and old ones not removed.
  if (root.tokenizer !== TOKENIZER) return undefined;
  try {
    const edits = editsOf(change, moved);
    const read = once(fetch);
    const old = oldShards(root, read);
    const listOf: Ports['listOf'] = async (key) => (await old.open(await old.locate(key))).lists.get(key);
    const rows = rowsAfter(edits, { root, read });
    const shared = { root, read, readText, limits, counts, old, edits, listOf, rowsWith: rows };
    return await changeFiles(total, { ...shared, named: naming(hash, onFile), values: createValues() });
  } catch (error) {
    if (error instanceof NeedsAll) return undefined;
    throw error;
  }
}

/** Whether what follows from how many there are is the same. */
function hasSameBounds(then: number, now: number, limits: ShardLimits): boolean {
  // With a lower bound other keys are common, and nobody knows which.
  return (
    documentBits(then, limits) === documentBits(now, limits) && commonAbove(now, limits) >= commonAbove(then, limits)
  );
}

/** A list is common that is longer than this. */
function commonAbove(total: number, { wholeList }: ShardLimits): number {
  return Math.floor(Math.min(commonFrom(total), wholeList));
}

function rowsAfter({ added }: Edits, { root, read }: Pick<Ports, 'root' | 'read'>): Ports['rowsWith'] {
  const fresh = new Map(added.map(({ id, row }) => [id, row]));
  return async (ids) => {
    const kept = ids.filter((id) => !fresh.has(id));
    return new Map([...(await rowsWith(kept, root.documents, read)), ...fresh]);
  };
}

async function changeFiles(total: number, ports: Ports): Promise<ChangedIndex> {
  const { root, edits, limits, named, read } = ports;
  const documents = await changeDocuments(root.documents, edits, ports);
  const lengths = await lengthsOf(ports);
  const longBefore = await read('long', root.long);
  const remade = await remakeLists(lengths, {
    ...ports,
    edits: edits.byKey,
    listOf: ports.listOf,
    numbersOf: (key) => readLong(longBefore.numbers[key], read),
  });
  const counts = countsWith(lengths.now, remade);
  const longEdits = [...counts].flatMap(([key, count]) => {
    const edit = edits.byKey.get(key);
    return edit && count > limits.wholeList && !remade.has(key) ? [[key, { ...edit, count }] as const] : [];
  });
  const long = await changeLong(longBefore, { edits: new Map(longEdits), remade }, ports);
  const longFile = named(toText(long.document));
  const { runs, shards, files } = await changeShards(ports, { long, needed: counts, remade });
  const before = namesIn(root.shards);
  const now = new Set([...shards, longFile.name, ...Object.values(long.document.numbers).flatMap(namesIn)]);
  const made = [...documents.files, ...long.files, longFile, ...files];
  const kept = new Set([...now, ...made.map(({ name }) => name)]);
  const gone = [...before, root.long, ...long.gone].filter((name) => !kept.has(name));
  return {
    files: made,
    gone: new Set([...gone, ...documents.gone]),
    root: {
      schemaVersion: 1,
      format: 'sharded',
      tokenizer: TOKENIZER,
      total,
      borders: runs.map(({ border }) => border),
      shards: shards.join(''),
      common: commonAfter(total, { counts, remade }, ports),
      long: longFile.name,
      wholeList: limits.wholeList,
      documents: documents.documents,
    },
  };
}

/** Of the keys that change, as far as they had a list of their own. */
async function lengthsOf({ edits, listOf, root, limits }: Ports): Promise<Lengths> {
  const [before, now] = [new Map<string, number>(), new Map<string, number>()];
  for (const [key, { removed, added }] of edits.byKey) {
    const word = wordOfTagKey(key);
    const isLong =
      word === undefined || (Object.hasOwn(root.common, word) && (root.common[word] ?? 0) > limits.wholeList);
    if (!isLong) continue;
    const count = (await listOf(key))?.count ?? 0;
    before.set(key, count);
    now.set(key, count - removed.size + added.length);
  }
  return { before, now };
}

/** How many are listed now under the keys that change, and which of their lists were made anew. */
interface Listed {
  readonly counts: ReadonlyMap<string, number>;
  readonly remade: ReadonlyMap<string, Remade>;
}

/** As many as are listed under the keys of many, and those that filters offer. */
function commonAfter(total: number, { counts, remade }: Listed, ports: Ports): SearchRoot['common'] {
  const { root, limits } = ports;
  // A tag that nobody has any more was in the root by what filters offered, though it had no list of its own.
  const isGone = (key: string): boolean => remade.has(key) && !counts.has(key);
  const all = new Map([...Object.entries(root.common).filter(([key]) => !isGone(key)), ...counts]);
  const isLong = (key: string): boolean => (all.get(key) ?? 0) > limits.wholeList;
  // A tag that is found by its word has no list of its own.
  const isListed = (key: string): boolean => {
    const word = wordOfTagKey(key);
    return word === undefined || isLong(word);
  };
  const isCommon = ([key, count]: readonly [string, number]): boolean =>
    count > 0 && ((count > commonAbove(total, limits) && isListed(key)) || isOffered(key));
  const offered = [...offeredOf('license', ports.counts.licenses), ...offeredOf('tag', ports.counts.tags)];
  const common = new Map([...[...all].filter(isCommon), ...offered]);
  return Object.fromEntries([...common].toSorted(byKey));
}

function offeredOf(kind: string, counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return mostUsed(counts).map((value) => [`${kind}:${value}`, counts.get(value) ?? 0]);
}

interface ChangedShards {
  readonly runs: readonly Run[];
  /** Their names, in order. */
  readonly shards: readonly FileName[];
  readonly files: readonly SearchFile[];
}

async function changeShards(
  ports: Ports,
  {
    long,
    needed,
    remade,
  }: {
    readonly long: ChangedLong;
    readonly needed: ReadonlyMap<string, number>;
    readonly remade: ReadonlyMap<string, Remade>;
  },
): Promise<ChangedShards> {
  const { old, edits, named } = ports;
  const parts = await changeParts(edits, { ...ports, after: long.after });
  const neededEdits = new Map([...edits.byKey].filter(([key]) => needed.has(key)));
  const shared = { ...ports, parts, remade, after: long.after };
  const runs = await changeRuns({ ...shared, edits: neededEdits });
  const beginnings = changeBeginnings({ ...shared, runs });
  const shards: FileName[] = [];
  const files: SearchFile[] = [];
  for (const [position, run] of runs.entries()) {
    const lists = await listsOf(position, run, beginnings);
    if (!lists) {
      shards.push(old.names[run.old ?? 0] ?? '');
      continue;
    }
    const content = await contentOf(run, old);
    const keyed = [...content.lists].filter(([key]) => !isBeginning(key));
    const file = named(toText(closeShard({ ...content, lists: new Map([...keyed, ...lists]) })));
    shards.push(file.name);
    files.push(file);
  }
  return { runs, shards, files };
}

/** What words begin, of a shard that is made anew; undefined for one that stays as it was. */
async function listsOf(position: number, run: Run, beginnings: ChangedBeginnings) {
  const isKept = run.old !== undefined;
  if (isKept && !beginnings.isTouched(position, run.old ?? 0)) return undefined;
  const own = beginnings.now.get(position) ?? [];
  const lists = await Promise.all(
    own.map(async (each) => [beginningKey(each), await beginnings.listOf(each)] as const),
  );
  const isSame = isKept && !beginnings.isMoved(position, run.old ?? 0) && lists.every(([, { isNew }]) => !isNew);
  return isSame ? undefined : lists;
}
