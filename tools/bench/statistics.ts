/** The arithmetic of the benchmarks. Ratios are taken within a round, so that a machine that is slow for a while is slow for both. */

export interface Summary {
  readonly median: number;
  /** A quarter of the values lie below. */
  readonly lower: number;
  /** A quarter of the values lie above. */
  readonly upper: number;
}

/** @throws RangeError for no values */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which a share of all values lies, between two of them where it must.
 *
 * @param share 0 to 1
 * @throws RangeError for no values
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError('there is no quantile of no values');
  return below + (above - below) * (at - Math.floor(at));
}

/** @throws RangeError for no values */
export function summarize(values: readonly number[]): Summary {
  return { median: median(values), lower: quantile(values, 0.25), upper: quantile(values, 0.75) };
}

/**
 * How much longer than `base` each round took.
 *
 * @param values one for each round, as are those of `base`
 * @throws RangeError where the rounds are not the same
 */
export function ratios(values: readonly number[], base: readonly number[]): readonly number[] {
  return values.map((value, round) => {
    const divisor = base[round];
    if (divisor === undefined || values.length !== base.length) throw new RangeError('rounds without a base');
    return value / divisor;
  });
}

/**
 * By how much values rise from one to the next: the median of the slopes between all pairs, which one value out of line
 * does not move, as it would a line of least squares.
 *
 * @source P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63 (1968)
 * @throws RangeError for fewer than two values
 */
export function slope(values: readonly number[]): number {
  const slopes = values.flatMap((from, first) =>
    values.slice(first + 1).map((to, distance) => (to - from) / (distance + 1)),
  );
  return median(slopes);
}
