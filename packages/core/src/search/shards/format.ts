/** The files of an index in shards; schemas/v1/api/search-*.schema.json say the same. */

/** Hash of a file, 120 bits in base64url: what the file is called. */
export type FileName = string;

/** The one file that is signed. Everything else is named in it, or in what it names. */
export interface SearchRoot {
  readonly schemaVersion: 1;
  readonly format: 'sharded';
  /** Which version of `tokenize` and of what is made of its words the keys come from. */
  readonly tokenizer: number;
  /** How many plugins there are. */
  readonly total: number;
  /** Where each shard of keys begins, in order; the first one with everything before. */
  readonly borders: readonly string[];
  /** The names of these shards, one after the other. */
  readonly shards: string;
  /** Of the keys that many plugins are listed under, and of those that filters offer, how many. */
  readonly common: Readonly<Record<string, number>>;
  /** Of a list that is no longer than this, all plugins stand in its shard; the others are long. */
  readonly wholeList: number;
  /** Where the numbers of long lists are. */
  readonly long: FileName;
  readonly documents: {
    /** The first so many bits of a plugin’s number say which document shard it is in. */
    readonly bits: number;
    /** The names of the directories, one after the other. */
    readonly directories: string;
  };
}

/** Plugins, field by field: what is alike stands together. */
export interface PluginTable {
  readonly names: readonly string[];
  readonly versions: readonly string[];
  readonly types: readonly string[];
  readonly descriptions: readonly string[];
  /** Empty for none. */
  readonly categories: readonly string[];
  /** Separated by commas. */
  readonly tags: readonly string[];
  readonly trust: readonly string[];
  readonly licenses: readonly string[];
  /** Empty for the scope of the plugin. */
  readonly authors: readonly string[];
  /** Whole seconds since 1970, or the instant as text where that would not give the same. */
  readonly publishedAt: readonly (number | string)[];
  readonly updatedAt: readonly (number | string)[];
  readonly downloads: readonly number[];
  /** Position → why it is deprecated. */
  readonly deprecated?: Readonly<Record<string, string>>;
  /** Position → earlier names. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  /** Position → the plugin’s number, where another plugin has the one that its name gives. */
  readonly moved?: Readonly<Record<string, number>>;
}

/** All that is listed under a range of keys. */
export interface SearchShard {
  readonly schemaVersion: 1;
  readonly plugins: PluginTable;
  readonly lists: Readonly<Record<string, SearchList>>;
  /** Part of a name → names that have it: for typos. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
}

export interface SearchList {
  readonly count: number;
  /** Positions of plugins in the table, best first: all of them, or the first few. */
  readonly at: readonly number[];
  /** The same, last updated first; where `at` is not all of them and is not of a word. */
  readonly updated?: readonly number[];
}

/** Key of each long list → the files of its numbers, their names one after the other: as many as a power of two. */
export interface SearchLong {
  readonly schemaVersion: 1;
  readonly numbers: Readonly<Record<string, string>>;
}

/** Plugins of a long list, by their numbers: all of them, or those of one of equal parts of all numbers. */
export interface SearchNumbers {
  readonly schemaVersion: 1;
  /** Of which list, and which part of it: no two files are the same. */
  readonly of: string;
  /** Rising: packed distances. */
  readonly ids: string;
  /** A byte each. */
  readonly strengths: string;
  readonly standings: string;
  /** The file of what they are ordered by. */
  readonly columns: FileName;
}

/** What these plugins are ordered by, in the order of their numbers. */
export interface SearchColumns {
  readonly schemaVersion: 1;
  readonly of: string;
  readonly downloads: readonly number[];
  /** Whole seconds since 1970. */
  readonly updated: readonly number[];
}

/** A part of all plugins, in the order of their numbers: one is found by halving. */
export interface SearchDocuments {
  readonly schemaVersion: 1;
  readonly plugins: PluginTable;
}

/** The names of some document shards, one after the other. */
export interface SearchDirectory {
  readonly schemaVersion: 1;
  readonly documents: string;
}

/** Characters of a name. */
export const NAME_LENGTH = 20;
/** How many document shards a directory names, at most. */
export const DIRECTORY_BITS = 6;

/** One of several names that stand one after the other. */
export function nameAt(names: string, position: number): FileName {
  return names.slice(position * NAME_LENGTH, (position + 1) * NAME_LENGTH);
}

/** All names that stand one after the other. */
export function namesIn(names: string): readonly FileName[] {
  return Array.from({ length: Math.floor(names.length / NAME_LENGTH) }, (_, position) => nameAt(names, position));
}
