/** The smallest count that is told as it is. */
export const ROUNDING = 5;

/**
 * Rounds a small count so that it singles nobody out: 1 to 4 become 0 or 5, at random and without bias, which is to say
 * that n becomes 5 in n of 5 cases. Sums over many days and versions so stay true, and nothing smaller than 5 is known.
 *
 * @param random from 0 to below 1
 * @source random rounding to base 5, as statistical offices publish censuses
 */
export function roundCount(count: number, random: () => number): number {
  if (count <= 0) return 0;
  if (count >= ROUNDING) return count;
  return random() * ROUNDING < count ? ROUNDING : 0;
}

/** Rounds a count of any size to a multiple of 5, at random and without bias. @param random from 0 to below 1 */
export function roundToMultiple(count: number, random: () => number): number {
  const rest = count % ROUNDING;
  return count - rest + roundCount(rest, random);
}
