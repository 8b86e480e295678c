/**
 * How well a plugin answers a query: for each word, how strongly it stands for the plugin times how rare it is; trust and
 * downloads then weigh in by a bounded factor. They order answers that are about as good, and never lift a poor one over
 * a good one.
 */
import type { SearchEntry } from './query.ts';

const TRUST_RANK = { community: 0, verified: 1, official: 2 } as const;

/** Trust and downloads of a plugin in one number from 0 to 150: an index keeps it as a byte. */
export function standingOf({ trust, downloads }: Pick<SearchEntry, 'trust' | 'downloads'>): number {
  return 30 * TRUST_RANK[trust] + Math.min(90, Math.floor(10 * Math.log10(1 + downloads)));
}

const STANDING_SHARE = 1 / 600;

/**
 * @param strengths one for each word, 0 where it is not found
 * @param rarities of the same words
 */
export function scoreOf(strengths: readonly number[], rarities: readonly number[], standing: number): number {
  let text = 0;
  for (let index = 0; index < strengths.length; index += 1) text += (strengths[index] ?? 0) * (rarities[index] ?? 0);
  return text * (1 + standing * STANDING_SHARE);
}

/** Words that fewer plugins have count as if so many had them. */
export function commonFrom(total: number): number {
  return total / 250;
}

/**
 * How much a word says. All words that hardly any plugin has say the same.
 *
 * @param count of the plugins that have it; anything up to `commonFrom(total)` where it is not known
 */
export function rarityOf(total: number, count: number): number {
  return Math.log(1 + total / Math.max(count, commonFrom(total), 1));
}
