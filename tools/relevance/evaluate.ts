/** How early engines name what was meant. */
import type { OpenIndex } from './engine.ts';

export interface Judged {
  readonly text: string;
  /** Any of them is what was meant. */
  readonly names: readonly string[];
}

export interface Quality {
  /** Mean of 1 ÷ place of the first right answer, 0 where that is not among the first ten. */
  readonly mrr: number;
  /** Share of the queries with a right answer among the first ten. */
  readonly recall: number;
  /** What each query adds to the first, in their order. */
  readonly reciprocals: readonly number[];
}

const LIMIT = 10;

export async function evaluate({ search }: Pick<OpenIndex, 'search'>, queries: readonly Judged[]): Promise<Quality> {
  const reciprocals: number[] = [];
  for (const { text, names } of queries) {
    const found = await search(text, LIMIT);
    const place = found.findIndex((name) => names.includes(name));
    reciprocals.push(place === -1 ? 0 : 1 / (place + 1));
  }
  return {
    mrr: mean(reciprocals),
    recall: mean(reciprocals.map((reciprocal) => (reciprocal > 0 ? 1 : 0))),
    reciprocals,
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
