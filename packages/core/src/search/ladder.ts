/**
 * The search itself, over what is known of each plugin, wherever that comes from.
 *
 * A plugin answers if it has every word. Where too few do, more is taken for a word (`STEPS`); where none does even
 * then, those answer that have most of the words.
 */
import type { Found } from './order.ts';
import { scoreOf } from './score.ts';
import { STEPS, type Step, type Typed } from './strength.ts';
import { stem, writtenInQuery } from './words.ts';

export interface Candidate {
  readonly id: number;
  readonly standing: number;
}

/** How strongly each word stands for a candidate at a step: one number for each, 0 for not at all. */
export type StrengthsOf<T extends Candidate> = (candidate: T, step: Step) => readonly number[];

export interface Asked {
  readonly words: readonly Typed[];
  readonly rarities: readonly number[];
}

/** A word that stands alone may well be mistyped, though somebody uses it. */
const ENOUGH_FOR_ONE_WORD = 10;

/** @param text of a query; attacker-controlled where it comes from a URL */
export function wantedWords(text = ''): readonly Typed[] {
  const all = writtenInQuery(text);
  return all.map((written, index) => ({ word: stem(written), written, isLast: index === all.length - 1 }));
}

/** How many must be found for a step to be the last one. */
export function enoughFor(words: readonly unknown[]): number {
  return words.length === 1 ? ENOUGH_FOR_ONE_WORD : 1;
}

/** Those that have every word at this step. In no order. */
export function findAll<T extends Candidate>(
  candidates: Iterable<T>,
  { rarities }: Asked,
  strengths: (candidate: T) => readonly number[],
): readonly Found[] {
  const found: Found[] = [];
  for (const candidate of candidates) {
    const all = strengths(candidate);
    if (all.every((strength) => strength > 0))
      found.push({ id: candidate.id, score: scoreOf(all, rarities, candidate.standing) });
  }
  return found;
}

/** All steps over the same candidates, which must be all that pass the filters. In no order. */
export function climb<T extends Candidate>(
  candidates: readonly T[],
  asked: Asked,
  strengthsOf: StrengthsOf<T>,
): readonly Found[] {
  let found: readonly Found[] = [];
  for (const step of STEPS) {
    found = findAll(candidates, asked, (candidate) => strengthsOf(candidate, step));
    if (found.length >= enoughFor(asked.words)) return found;
  }
  return found.length > 0 ? found : findMost(candidates, asked, strengthsOf);
}

/** Those that have most of the words, with all that is forgiven. */
export function findMost<T extends Candidate>(
  candidates: Iterable<T>,
  { rarities }: Asked,
  strengthsOf: StrengthsOf<T>,
): readonly Found[] {
  let most = 1;
  let found: Found[] = [];
  for (const candidate of candidates) {
    const all = strengthsOf(candidate, 'typo');
    const count = all.filter((strength) => strength > 0).length;
    if (count < most) continue;
    if (count > most) found = [];
    most = count;
    found.push({ id: candidate.id, score: scoreOf(all, rarities, candidate.standing) });
  }
  return found;
}
