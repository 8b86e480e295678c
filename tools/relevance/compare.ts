/** How sure a difference between two engines is, given that other queries might have been drawn. */
import { createRandom } from '../corpus/random.ts';
import { mean } from './evaluate.ts';

export interface Difference {
  readonly mean: number;
  /** In 95 of 100 draws of as many queries the mean is between the two. */
  readonly interval: readonly [number, number];
}

const DRAWS = 2000;

/**
 * The paired bootstrap: the same queries of both are drawn, so that what is hard for either does not count.
 *
 * @param ours,others of the same queries in the same order
 * @source Efron and Tibshirani 1993, "An introduction to the bootstrap": percentile intervals
 */
export function compare(ours: readonly number[], others: readonly number[]): Difference {
  const differences = ours.map((own, at) => own - (others[at] ?? 0));
  const random = createRandom('bootstrap');
  const means = Array.from({ length: DRAWS }, () =>
    mean(differences.map(() => differences[random.below(differences.length)] ?? 0)),
  ).toSorted((a, b) => a - b);
  const at = (share: number): number => means[Math.round(share * (DRAWS - 1))] ?? 0;
  return { mean: mean(differences), interval: [at(0.025), at(0.975)] };
}
