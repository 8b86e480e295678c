/** Queries as nobody chose them: one to three words that stand in the name or the description of one plugin. */
import type { SearchEntry } from '@ar-registry/core/search';
import { createRandom } from '../corpus/random.ts';

/** The same ones of the same plugins, every time. */
export function randomQueries(entries: readonly SearchEntry[], count: number): readonly string[] {
  const random = createRandom('search');
  return Array.from({ length: count }, () => {
    const entry = entries[random.below(entries.length)];
    const words = entry ? `${entry.name} ${entry.description}`.toLowerCase().match(/[a-z]{3,}/g) : undefined;
    return Array.from({ length: 1 + random.below(3) }, () => words?.[random.below(words.length)]).join(' ');
  });
}
