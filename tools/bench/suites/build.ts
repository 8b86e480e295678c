/** Building everything that a registry serves, against a copy of what comes out (`cp -r`): what any build has to write. */
import type { Benchmark, Row, World } from '../benchmark.ts';
import type { Cost } from '../cost.ts';
import { sizesOf, wholeRounds } from '../sizes.ts';
import { median, summarize } from '../statistics.ts';

const BOUND = 2;
const MOST_MB = 4096;

export const build: Benchmark = {
  name: 'build',
  summary: 'everything, against `cp -r` of the output',
  run: (world) => sizesOf(world).flatMap((plugins) => measureSize(plugins, world)),
};

function measureSize(plugins: number, { registries, rounds }: World): readonly Row[] {
  const registry = registries.of(plugins);
  const costs = Array.from({ length: wholeRounds(plugins, rounds) }, () => registry.wholeCost());
  const ratio = (name: string, of: (cost: Cost) => number): Row => {
    const { median: value, lower, upper } = summarize(costs.map(({ build: one, copy }) => of(one) / of(copy)));
    const medianMs = median(costs.map(({ build: one }) => of(one)));
    return { name, plugins, unit: 'x', value, spread: [lower, upper], medianMs };
  };
  return [
    {
      ...ratio('everything / cp -r', ({ ms }) => ms),
      bound: BOUND,
      note: costs.length === 1 ? 'once' : `${costs.length} times`,
    },
    ratio('everything / cp -r, processor time', ({ cpuMs }) => cpuMs),
    {
      name: 'everything, most memory',
      plugins,
      unit: 'MB',
      value: Math.max(...costs.map(({ build: one }) => one.peakMB)),
      bound: MOST_MB,
    },
  ];
}
