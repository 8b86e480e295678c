/**
 * Which words a text has is agreed between the program that builds an index and all those that search it, in years to come
 * as well: the root of an index says which version of that it was built by.
 */
import type { SearchRoot } from './shards/format.ts';

/**
 * Raised with every change by which a plugin stands under other keys: in `tokenize.ts`, `words.ts`, `terms.ts` and
 * `shards/keys.ts`. A build makes an index of another version anew. What searches goes on reading the versions before by
 * what they were; of later ones it says that it cannot.
 */
export const TOKENIZER = 1;

/** False where this program would look for other words than there are, and find nothing where there is something. */
export function isSearchable({ tokenizer }: Pick<SearchRoot, 'tokenizer'>): boolean {
  return tokenizer <= TOKENIZER;
}
