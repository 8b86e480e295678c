/**
 * What the bridge has accepted and not delivered yet, in the order in which it came, on the disk: it survives the end of
 * the daemon. The newest is refused when it is full, for what was accepted was promised.
 */
import type { Journal } from './journal.ts';

export interface Entry<Item> {
  readonly key: number;
  readonly item: Item;
}

export interface Spool<Item> {
  /** Undefined if there is no room. */
  add(item: Item): Entry<Item> | undefined;
  /** Puts another item in the place of one that waits. */
  replace(key: number, item: Item): void;
  remove(key: number): void;
  /** The first that `matches` and waits. */
  first(matches?: (item: Item) => boolean): Entry<Item> | undefined;
  readonly length: number;
  /** Why the disk could not be written, if the last attempt failed: then what came since is in memory alone. */
  readonly failure: string | undefined;
  close(): void;
}

export interface SpoolOptions {
  readonly maxLength: number;
  /** Of all items, as JSON. */
  readonly maxChars: number;
}

interface Waiting<Item> extends Entry<Item> {
  readonly chars: number;
}

/** @param parse reads an item of an earlier run; undefined drops it */
export function openSpool<Item>(
  journal: Journal,
  parse: (value: unknown) => Item | undefined,
  { maxLength, maxChars }: SpoolOptions,
): Spool<Item> {
  const shelf = readShelf(journal, parse);
  const { waiting } = shelf;
  const write = createWriter(journal, shelf);
  let lastKey = Math.max(0, ...waiting.keys());
  return {
    add(item) {
      const size = JSON.stringify(item).length;
      if (waiting.size >= maxLength || shelf.chars() + size > maxChars) return undefined;
      const key = (lastKey += 1);
      shelf.put(key, item);
      write.line({ key, item });
      return { key, item };
    },
    replace(key, item) {
      if (!waiting.has(key)) return;
      shelf.put(key, item);
      write.line({ key, item });
    },
    remove(key) {
      if (!waiting.has(key)) return;
      shelf.drop(key);
      write.line({ key });
    },
    first(matches = () => true) {
      for (const entry of waiting.values()) if (matches(entry.item)) return entry;
      return undefined;
    },
    get length() {
      return waiting.size;
    },
    get failure() {
      return write.failure();
    },
    close: () => journal.close(),
  };
}

interface Shelf<Item> {
  readonly waiting: ReadonlyMap<number, Waiting<Item>>;
  readonly chars: () => number;
  readonly put: (key: number, item: Item) => void;
  readonly drop: (key: number) => void;
}

function readShelf<Item>(journal: Journal, parse: (value: unknown) => Item | undefined): Shelf<Item> {
  const waiting = new Map<number, Waiting<Item>>();
  let chars = 0;
  const put = (key: number, item: Item): void => {
    const size = JSON.stringify(item).length;
    chars += size - (waiting.get(key)?.chars ?? 0);
    waiting.set(key, { key, item, chars: size });
  };
  const drop = (key: number): void => {
    chars -= waiting.get(key)?.chars ?? 0;
    waiting.delete(key);
  };
  for (const line of journal.read()) {
    const { key, item } = readLine(line);
    if (key === undefined) continue;
    const parsed = item === undefined ? undefined : parse(item);
    if (parsed === undefined) drop(key);
    else put(key, parsed);
  }
  return { waiting, chars: () => chars, put, drop };
}

interface Writer {
  readonly line: (line: unknown) => void;
  readonly failure: () => string | undefined;
}

/** The file is written anew where most of it is done with, or where something is missing in it. */
function createWriter<Item>(journal: Journal, { waiting }: Shelf<Item>): Writer {
  let failure: string | undefined;
  return {
    line(line) {
      try {
        if (failure !== undefined || journal.length > COMPACT_AT + 3 * waiting.size)
          journal.rewrite([...waiting.values()].map(({ key, item }) => ({ key, item })));
        else journal.append(line);
        failure = undefined;
      } catch (error) {
        failure = codeOf(error);
      }
    },
    failure: () => failure,
  };
}

const COMPACT_AT = 1000;

function readLine(line: unknown): { readonly key?: number; readonly item?: unknown } {
  if (typeof line !== 'object' || line === null || !('key' in line) || !Number.isSafeInteger(line.key)) return {};
  return { key: line.key as number, ...('item' in line && { item: line.item }) };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
