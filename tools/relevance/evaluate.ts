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
}

const LIMIT = 10;

export async function evaluate({ search }: Pick<OpenIndex, 'search'>, queries: readonly Judged[]): Promise<Quality> {
  let reciprocal = 0;
  let hits = 0;
  for (const { text, names } of queries) {
    const found = await search(text, LIMIT);
    const place = found.findIndex((name) => names.includes(name));
    if (place === -1) continue;
    hits += 1;
    reciprocal += 1 / (place + 1);
  }
  return { mrr: reciprocal / queries.length, recall: hits / queries.length };
}
