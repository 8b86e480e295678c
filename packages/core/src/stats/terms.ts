/**
 * What people look for. Of all that is counted only this is text that strangers wrote, so of a day no more is kept than what
 * enough different clients looked for, in the spelling of `core/telemetry`, and as many terms as somebody would read.
 */
import { MOST_TERMS } from './counted.ts';
import { roundToMultiple } from './rounding.ts';

/** One line of the aggregation. */
export interface TermRow {
  readonly day: string;
  /** With results, or without. */
  readonly kind: 'search' | 'missed';
  readonly terms: string;
  /** How many different clients looked for it; exact: nothing of it is written anywhere. */
  readonly count: number;
}

/** By the terms. */
export type TermCounts = Readonly<Record<string, number>>;

/** The terms of a day. */
export interface TermCells {
  readonly search: Map<string, number>;
  readonly missed: Map<string, number>;
}

/** Adds the terms of days to their cells, each count rounded to a multiple of 5. */
export function addTerms(rows: Iterable<TermRow>, cellsOf: (day: string) => TermCells, random: () => number): void {
  for (const { day, kind, terms, count } of rows) {
    const counts = cellsOf(day)[kind];
    const rounded = roundToMultiple(count, random);
    if (rounded > 0) counts.set(terms, (counts.get(terms) ?? 0) + rounded);
  }
}

/** Adds what a document says. */
export function sumTerms(sums: Map<string, number>, counts: TermCounts | undefined): void {
  for (const [terms, count] of Object.entries(counts ?? {})) sums.set(terms, (sums.get(terms) ?? 0) + count);
}

/** Those that most looked for, the most first. */
export function mostTerms(counts: ReadonlyMap<string, number>, most = MOST_TERMS): ReadonlyMap<string, number> {
  const ranked = [...counts].toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  return new Map(ranked.slice(0, most));
}

/** In code-unit order. */
export function toTermCounts(counts: ReadonlyMap<string, number>): TermCounts {
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
