/** Of how many plugins the registries are that are made for measuring: it shows how cost grows. */
import type { World } from './benchmark.ts';

export const SIZES: readonly number[] = [1000, 10_000, 100_000];

/** @param most of what takes long: larger ones only where somebody asked for them */
export function sizesOf({ plugins }: Pick<World, 'plugins'>, most = Infinity): readonly number[] {
  return plugins ?? SIZES.filter((size) => size <= most);
}

/** @returns undefined where `text` is no list of sizes */
export function parseSizes(text: string): readonly number[] | undefined {
  const sizes = text.split(',');
  if (!sizes.every((size) => /^[1-9]\d{0,5}$/.test(size))) return undefined;
  return [...new Set(sizes.map(Number))].toSorted((a, b) => a - b);
}

/** How often everything is built: what takes minutes once. */
export function wholeRounds(plugins: number, rounds: number): number {
  return Math.min(rounds, plugins > 20_000 ? 1 : plugins > 2000 ? 3 : 5);
}
