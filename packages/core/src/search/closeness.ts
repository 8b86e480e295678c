/**
 * How a plugin has the words of a query, besides having them: close together, in the order in which they were typed, at the
 * beginning of the name, and as they are written.
 */
import { splitName } from '../name/index.ts';
import { beginningFactor, typoFactor, type Typed, type Wanted } from './strength.ts';
import type { Described } from './terms.ts';
import { tokenize } from './tokenize.ts';
import { stem, writtenInSentence } from './words.ts';

/** Tuned like all weights: docs/decisions/017-search.md. */
const CLOSE = 3;
/** Whoever types words in another order than the text has loses half of that. */
const OTHER_ORDER = 0.5;
const BEGINS_NAME = 0.4;
const AS_WRITTEN = 5;

/** By how much a score is multiplied, at least 1. @param words two or more */
export function closenessFactor(words: readonly Typed[], described: Described): number {
  const inName = placesIn(writtenInSentence(splitName(described.name).base), words, isMeant);
  const inSentence = placesIn(writtenInSentence(described.description), words, isBegun);
  const close = CLOSE * Math.max(closeness(inName), closeness(inSentence));
  return (1 + close + beginning(inName)) * (1 + (hasAsWritten(words, described) ? AS_WRITTEN : 0));
}

/** Whether every word stands with the ending that was typed in the description, or in what is short: name, tags and the like. */
function hasAsWritten(words: readonly Typed[], { name, description, type, category = '', tags }: Described): boolean {
  const texts = [tokenize(description), tokenize([name, type, category, ...tags].join(' '))];
  return texts.some((text) => words.every(({ written }) => text.includes(written)));
}

/** Whether what stands in a text is taken for a word that stands nowhere in it. */
type Takes = (wanted: Wanted, term: string) => boolean;

function isBegun({ word, isLast }: Wanted, term: string): boolean {
  return isLast && beginningFactor(word, term) > 0;
}

function isMeant(wanted: Wanted, term: string): boolean {
  return isBegun(wanted, term) || typoFactor(wanted.word, term) > 0;
}

/** Where each word stands. */
type Places = readonly (readonly number[])[];

function placesIn(text: readonly string[], words: readonly Wanted[], takes: Takes): Places {
  const terms = text.map(stem);
  return words.map((wanted) => {
    const itself = placesOf(terms, (term) => term === wanted.word);
    return itself.length > 0 ? itself : placesOf(terms, (term) => takes(wanted, term));
  });
}

function placesOf(terms: readonly string[], isIt: (term: string) => boolean): readonly number[] {
  return terms.flatMap((term, at) => (isIt(term) ? [at] : []));
}

/** 1 where every word stands right behind the one before it, half where far behind, 0 where not in the same text. */
function closeness(places: Places): number {
  const pairs = places.slice(1).map((here, index) => nearness(places[index] ?? [], here));
  return pairs.reduce((sum, near) => sum + near, 0) / pairs.length;
}

/** Of the two places that are nearest to each other. Both rise, and are walked along once: texts are of any length. */
function nearness(before: readonly number[], here: readonly number[]): number {
  let best = 0;
  let next = 0;
  for (const at of here) {
    while ((before[next] ?? Infinity) < at) next += 1;
    const behind = before[next] === at ? next + 1 : next;
    best = Math.max(best, nearnessAt(at - (before[next - 1] ?? -Infinity)));
    best = Math.max(best, OTHER_ORDER * nearnessAt((before[behind] ?? Infinity) - at));
  }
  return best;
}

/** @param distance in words; endless where there is none */
function nearnessAt(distance: number): number {
  return distance === Infinity ? 0 : (1 + 1 / distance) / 2;
}

/** For a name that begins with the first word and has the second. */
function beginning([first = [], second = []]: Places): number {
  return first.includes(0) && second.length > 0 ? BEGINS_NAME : 0;
}
