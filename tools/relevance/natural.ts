/** Queries as people write them, each with the plugin that was meant, written by hand: what must stay found. */
import fs from 'node:fs';
import path from 'node:path';
import type { Judged } from './evaluate.ts';

/** The rows of the corpus that they speak of are among its first so many. */
export const NATURAL_ROWS = 10_000;

/** @returns those about official plugins, and those about rows of the corpus */
export function naturalQueries(): { readonly official: readonly Judged[]; readonly corpus: readonly Judged[] } {
  const text = fs.readFileSync(path.join(import.meta.dirname, 'natural.tsv'), 'utf8');
  const queries = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Judged => {
      const [query = '', name = ''] = line.split('\t');
      return { text: query, names: [name] };
    });
  return { official: queries.filter(isOfficial), corpus: queries.filter((query) => !isOfficial(query)) };
}

function isOfficial({ names }: Judged): boolean {
  return names.some((name) => name.startsWith('@ar/'));
}
