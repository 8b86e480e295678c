/**
 * What a build leaves for the next one, in the output: `.ar-site.json`, and in `.ar-site/` parts by plugin, page and list, so
 * that a build of a change reads and writes those that it is about. Parts are named by their digests: until the root names new
 * ones, those of before are there. Whoever serves the folder need not serve it.
 */
import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LogEnd } from './api-log.ts';
import type { Members } from './members.ts';
import type { ListingPage } from './listing.ts';
import type { SavedPicks } from './picks.ts';
import type { PageKeys } from './plan-lists.ts';
import type { PlannedPlugins } from './plan-plugins.ts';

export interface State {
  /** Of all that every page depends on: the site's own sources, the address, the names of categories. */
  readonly template: string;
  /** How far the log of the API had come, where there is one. */
  readonly log?: LogEnd;
  readonly picks: SavedPicks;
  /** Of what the search index was made of. */
  readonly search: string;
  /** Files that are ours and neither a plugin's nor a list's, relative to the output. */
  readonly files: readonly string[];
  /** In how many parts plugins, pages and lists are. */
  readonly spread: number;
  /** Files that a build was about to replace or take away, which did not come to its end: all, or these. */
  readonly open?: true | readonly string[];
}

/** What parts hold, by kind. */
export interface PartKinds {
  readonly plugins: PlannedPlugins;
  /** Of the list, `PAGES_A_PART` of them. */
  readonly listing: readonly ListingPage[];
  /** Keys of pages of lists. */
  readonly lists: PageKeys;
  /** By key of list. */
  readonly members: Readonly<Record<string, Members>>;
}

export type PartKind = keyof PartKinds;

/** `plugins/12` → its content. */
export type Parts = Iterable<readonly [string, unknown]>;

export interface KeptState extends State {
  /** @throws DamagedState */
  readonly part: <Kind extends PartKind>(kind: Kind, number: number) => PartKinds[Kind];
  /** Of all parts that there are, the name of each file. */
  readonly parts: Readonly<Record<string, string>>;
}

export class DamagedState extends Error {}

const FILE = '.ar-site.json';
const FOLDER = '.ar-site';
const VERSION = 4;
export const PAGES_A_PART = 8;

/** @returns `undefined` where there is none, or one that is damaged or of another time: everything is built then */
export function readState(out: string): KeptState | undefined {
  const value = parse(readIfThere(path.join(out, FILE)) ?? '');
  if (!isState(value)) return undefined;
  const { parts } = value;
  return {
    ...value,
    part: <Kind extends PartKind>(kind: Kind, number: number): PartKinds[Kind] => {
      const name = parts[`${kind}/${number}`] ?? '';
      const text = /^[\w-]{20,}$/.test(name) ? readIfThere(path.join(out, FOLDER, name)) : undefined;
      if (text === undefined || digestOf(text) !== name) throw new DamagedState(`${kind}/${number}`);
      return JSON.parse(text) as PartKinds[Kind];
    },
  };
}

/** Says what is about to change in the output: whoever comes after a build that was stopped then makes that again. */
export function openState(out: string, state: KeptState, files: true | readonly string[]): void {
  const { part: _, ...root } = state;
  replace(path.join(out, FILE), JSON.stringify({ ...root, open: files }));
}

export interface StateChange {
  readonly parts: Parts;
  /** The state before, all of whose parts that were read are whole. */
  readonly kept?: Pick<KeptState, 'parts'> | undefined;
  /** Whether there are no other parts than these. */
  readonly isWhole: boolean;
}

export function writeState(out: string, state: State, { parts, kept, isWhole }: StateChange): void {
  const folder = path.join(out, FOLDER);
  mkdirSync(folder, { recursive: true });
  const known = new Set(Object.values(kept?.parts ?? {}));
  const names: Record<string, string> = isWhole ? {} : { ...kept?.parts };
  for (const [key, content] of parts) {
    const text = JSON.stringify(content);
    const name = digestOf(text);
    if (!known.has(name)) replace(path.join(folder, name), text);
    names[key] = name;
  }
  replace(path.join(out, FILE), JSON.stringify({ version: VERSION, ...state, parts: names }));
  const used = new Set(Object.values(names));
  for (const name of readdirSync(folder)) if (!used.has(name)) rmSync(path.join(folder, name), { force: true });
}

/** So many to a part that one is read and written in a few milliseconds. */
const PLUGINS_A_PART = 400;

export function spreadOf(plugins: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(plugins / PLUGINS_A_PART)));
}

/** Which part has it: FNV-1a. @param key a name, or a key of a list */
export function partOf(key: string, spread: number): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) sum = Math.imul(sum ^ key.charCodeAt(index), 0x01000193);
  return (sum >>> 0) % spread;
}

interface Root extends State {
  readonly parts: Readonly<Record<string, string>>;
}

/** Only builds write it: what has its parts is whole. */
function isState(value: unknown): value is Root {
  const { version, files, parts, picks, spread } = (value ?? {}) as Partial<Root> & { readonly version?: unknown };
  return (
    version === VERSION &&
    Array.isArray(files) &&
    Number.isSafeInteger(spread) &&
    [parts, picks].every((part) => typeof part === 'object' && part !== null)
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

function digestOf(text: string): string {
  return hash('sha256', text, 'base64url');
}
