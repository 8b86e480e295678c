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

/** Of one page of a list. */
export interface ListData {
  /** Plugins of the list, on all its pages. */
  readonly total: number;
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
  /** By letter. `entries` are absent where they have pages of their own. */
  readonly letters: readonly {
    readonly letter: string;
    readonly count: number;
    readonly entries?: readonly ListEntry[];
  }[];
}

/** Of a page of the lists of a kind that begin with a letter. */
export interface LetterData {
  readonly kind: ListKind;
  readonly letter: string;
  /** All letters that there are. */
  readonly letters: readonly string[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  readonly entries: readonly ListEntry[];
}

export type PageData =
  | { readonly dependents: readonly Dependent[] }
  | { readonly list: ListData }
  | { readonly kind: KindData }
  | { readonly letter: LetterData };
