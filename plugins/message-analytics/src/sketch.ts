/**
 * Quantiles of durations out of a fixed number of counters: a DDSketch, whose bins grow by a constant factor.
 *
 * Whatever was counted, a quantile is off by at most 2 % of its value, between a hundredth of a millisecond and two
 * minutes; what is outside counts as the nearer end. Sketches add up: the one of an hour is the sum of its minutes.
 *
 * @source https://www.vldb.org/pvldb/vol12/p2195-masson.pdf
 */
const ACCURACY = 0.02;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOWEST_MS = 0.01;
const HIGHEST_MS = 120_000;
const LOWEST_BIN = binOf(LOWEST_MS);
const HIGHEST_BIN = binOf(HIGHEST_MS);

/** Bin → how many; bins without any are absent. At most 409 bins. */
export type Sketch = Map<number, number>;

export function addDuration(sketch: Sketch, ms: number): void {
  if (Number.isNaN(ms)) return;
  const bin = Math.min(Math.max(binOf(Math.max(ms, LOWEST_MS)), LOWEST_BIN), HIGHEST_BIN);
  sketch.set(bin, (sketch.get(bin) ?? 0) + 1);
}

export function addSketch(sum: Sketch, sketch: ReadonlyMap<number, number>): void {
  for (const [bin, count] of sketch) sum.set(bin, (sum.get(bin) ?? 0) + count);
}

/**
 * The duration that the share `q` of all took at most, by rank as numpy's `lower`; null where there are none.
 *
 * @param q 0 to 1
 */
export function quantile(sketch: ReadonlyMap<number, number>, q: number): number | null {
  const bins = [...sketch].toSorted(([a], [b]) => a - b);
  const total = bins.reduce((sum, [, count]) => sum + count, 0);
  const rank = q * (total - 1);
  let before = 0;
  for (const [bin, count] of bins) {
    before += count;
    if (before > rank) return valueOf(bin);
  }
  return null;
}

export function isBin(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= LOWEST_BIN && Number(value) <= HIGHEST_BIN;
}

function binOf(ms: number): number {
  return Math.ceil(Math.log(ms) / Math.log(GAMMA));
}

/** The middle of a bin, so that neither of its ends is further away than the accuracy. */
function valueOf(bin: number): number {
  return (2 * GAMMA ** bin) / (GAMMA + 1);
}
