/** An index in shards as tests hold it: its files by name, changed and read. */
import {
  type ChangedIndex,
  type ReadSearchFile,
  type ReadSearchText,
  type SearchEntry,
  type SearchRoot,
} from '../src/search/index.ts';

/** Makes all files. */
export function drain<T>(making: Generator<{ readonly name: string; readonly body: string }, T>): {
  readonly files: ReadonlyMap<string, string>;
  readonly result: T;
} {
  const files = new Map<string, string>();
  let step = making.next();
  for (; !step.done; step = making.next()) files.set(step.value.name, step.value.body);
  return { files, result: step.value };
}

/** What a file of an index has; of one that is not there, nothing can be asked. */
export function reading(files: ReadonlyMap<string, string>): ReadSearchFile {
  return (async (_kind: string, name: string) => JSON.parse(files.get(name) ?? bug(name)) as unknown) as ReadSearchFile;
}

/** A file of an index as it is written. */
export function readingText(files: ReadonlyMap<string, string>): ReadSearchText {
  return async (name) => files.get(name) ?? bug(name);
}

function bug(name: string): never {
  throw new Error(`no file ${name}`);
}

/** As it is after it was written and read. */
export function asRead(root: SearchRoot): SearchRoot {
  return JSON.parse(JSON.stringify(root)) as SearchRoot;
}

/** The root and the files after a change. */
export function afterChange(files: ReadonlyMap<string, string>, { root, files: made, gone }: ChangedIndex) {
  const left = [...files].filter(([name]) => !gone.has(name));
  return { root, files: new Map([...left, ...made.map(({ name, body }) => [name, body] as const)]) };
}

function countOf(values: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(values, (value) => value)].map(([value, same]) => [value, same.length]));
}

/** What is counted of all plugins beside their index. */
export function countsIn(all: readonly SearchEntry[]) {
  return { licenses: countOf(all.map(({ license }) => license)), tags: countOf(all.flatMap(({ tags }) => tags)) };
}
