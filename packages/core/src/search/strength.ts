/** How strongly a word of a query stands for a plugin, and how much is forgiven in looking for it. */
import type { Words } from './terms.ts';
import { isOneEdit } from './typo.ts';

/**
 * What counts as found. A search goes on to the next step only where the one before found too little.
 *
 * `word`: the word itself. `beginning`: also a word that the last one of the query begins. `typo`: also a word of a name
 * that is one edit away.
 */
export const STEPS = ['word', 'beginning', 'typo'] as const;

export type Step = (typeof STEPS)[number];

const BEGINNING_FACTOR = 0.9;
const TYPO_FACTOR = 0.4;
/** Of a name. Below it, everything is one edit away from everything. */
export const MIN_TYPO_LENGTH = 4;
/** Of a word of a query: a letter may be missing. */
export const MIN_MISTYPED_LENGTH = 3;
/** A single letter begins too much. */
export const MIN_BEGINNING_LENGTH = 2;

export interface Wanted {
  readonly word: string;
  /** Whether it is the last one of the query: it may be the beginning of a word. */
  readonly isLast: boolean;
}

/** One of a query. */
export interface Typed extends Wanted {
  /** With its ending, as it stands in the query. */
  readonly written: string;
}

/** 0 where it is not found. What is found as it is written does not count as anything else besides. */
export function strengthOf({ strengths, names }: Words, { word, isLast }: Wanted, step: Step): number {
  const exact = strengths.get(word);
  if (exact !== undefined) return exact;
  let best = 0;
  if (step !== 'word' && isLast)
    for (const [term, strength] of strengths) best = Math.max(best, strength * beginningFactor(word, term));
  if (step === 'typo')
    for (const name of names) best = Math.max(best, (strengths.get(name) ?? 0) * typoFactor(word, name));
  return best;
}

/** The more of the word is typed, the better: `sla` is nearer to `slack` than to `slackware`. 0 for no beginning. */
export function beginningFactor(beginning: string, term: string): number {
  if (beginning.length < MIN_BEGINNING_LENGTH || !term.startsWith(beginning)) return 0;
  return BEGINNING_FACTOR * Math.sqrt(beginning.length / term.length);
}

/** 0 for what is no typo. */
export function typoFactor(word: string, name: string): number {
  const isLong = word.length >= MIN_MISTYPED_LENGTH && name.length >= MIN_TYPO_LENGTH;
  return isLong && isOneEdit(word, name) ? TYPO_FACTOR : 0;
}
