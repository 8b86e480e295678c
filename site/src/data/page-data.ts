/**
 * What a page is given with its path: facts that no document of its own says, found out once by whoever plans a build. A
 * thread that renders so knows nothing of the other plugins, however many there are.
 */
import type { PluginName } from '@ar-registry/schemas';
import type { Card } from './cards.ts';
import type { ListKind } from './lists.ts';

/** A plugin that needs another one. */
export interface Dependent {
  readonly name: PluginName;
  readonly range: string;
  readonly peer: boolean;
}

/** Of the page of a list. */
export interface ListData {
  /** Plugins of the list, those too that are on pages by name alone. */
  readonly total: number;
  /** The most downloaded. */
  readonly cards: readonly Card[];
  /** What names begin with that have pages of their own; absent where there are no pages by name. */
  readonly beginnings?: readonly string[];
}

/** Where a page of what begins alike lies among the others. */
export interface BeginningData {
  /** Empty on the page of all. */
  readonly beginning: string;
  /** Those of the pages above it, from the page of all down. */
  readonly above: readonly string[];
  /** Those of the pages below it. */
  readonly below: readonly string[];
}

/** Of a page of a list's plugins by name: those that are on no page below it. */
export interface ByNameData extends BeginningData {
  readonly cards: readonly Card[];
}

/** A list, as others name it. */
export interface ListEntry {
  readonly id: string;
  /** Plugins in it. */
  readonly count: number;
}

/** Of the page of all lists of a kind. */
export interface KindData {
  readonly total: number;
  /** Those with the most plugins; none where all are shown. */
  readonly most: readonly ListEntry[];
  /** By letter, where they are few. */
  readonly letters: readonly { readonly letter: string; readonly entries: readonly ListEntry[] }[];
  /** Else what they begin with that has a page of its own, with how many do, */
  readonly beginnings: readonly { readonly beginning: string; readonly count: number }[];
  /** and those that are on none. */
  readonly others: readonly ListEntry[];
}

/** Of a page of the lists of a kind that begin alike: those that are on no page below it. */
export interface LetterData extends BeginningData {
  readonly kind: ListKind;
  readonly entries: readonly ListEntry[];
}

export type PageData =
  | { readonly dependents: readonly Dependent[] }
  | { readonly list: ListData }
  | { readonly byName: ByNameData }
  | { readonly kind: KindData }
  | { readonly letter: LetterData };
