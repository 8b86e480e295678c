import type { Rating, ReviewRecord } from '@ar-registry/schemas';

/** What a plugin is taken for before anybody has said anything, and how many opinions that counts for. */
const PRIOR_MEAN = 3.5;
const PRIOR_COUNT = 5;

/**
 * How a plugin is rated: the plain mean, and the Bayesian one, which lists sort by. One with two times five stars does
 * not stand before one with two hundred times four and a half.
 *
 * The prior is the same for all and for ever, so that a plugin's rating changes only when somebody rates it.
 *
 * @param reviews of one plugin, removed ones among them
 * @returns undefined where none counts
 */
export function ratingOf(reviews: readonly Pick<ReviewRecord, 'stars' | 'removed'>[]): Rating | undefined {
  const counted = reviews.filter(({ removed }) => removed === undefined);
  const count = counted.length;
  if (count === 0) return undefined;
  const sum = counted.reduce((total, { stars }) => total + stars, 0);
  return {
    count,
    mean: rounded(sum / count),
    bayesian: rounded((PRIOR_MEAN * PRIOR_COUNT + sum) / (PRIOR_COUNT + count)),
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
