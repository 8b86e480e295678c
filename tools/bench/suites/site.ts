/**
 * The pages of a registry: everything in a fresh folder, and after one more version of a plugin. Processor time besides, which other
 * programs on the machine do not lengthen.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Benchmark, Row, World } from '../benchmark.ts';
import { type Cost, costOf } from '../cost.ts';
import { timeOf } from '../measure.ts';
import { sizesOf } from '../sizes.ts';
import { median, ratios, summarize } from '../statistics.ts';

/** Of more it takes eight minutes, and is measured where --plugins says so. */
const MOST = 10_000;
const CHANGES = 3;
const BOUNDS = { wholeMs: 90_000, changeMs: 4000, peakMB: 1024 } as const;

export const site: Benchmark = {
  name: 'site',
  summary: 'the pages of a registry, whole and after one more version of a plugin',
  run: (world) => sizesOf(world, MOST).flatMap((plugins) => measureSize(plugins, world)),
};

function measureSize(plugins: number, { registries, scratch, node }: World): readonly Row[] {
  const registry = registries.of(plugins);
  const { pipeline } = registry;
  const api = registry.built();
  const out = path.join(scratch, `pages-${plugins}`);
  // The templates are compiled before the first: that is done once for a release.
  const whole = costOf(pipeline.pages(api, out, '--full'), scratch);
  const files = fs.readdirSync(out, { recursive: true }).length;
  const bare: number[] = [];
  const changes = Array.from({ length: CHANGES }, () => {
    registry.changes.newVersion();
    timeOf(pipeline.build(api));
    bare.push(timeOf({ file: node, args: ['-e', '0'] }));
    return costOf(pipeline.pages(api, out), scratch);
  });
  return [
    // Which is of so many, and not of ten times as many.
    { ...row('whole', 'ms', [whole.ms]), ...(plugins <= MOST && { bound: BOUNDS.wholeMs }), note: `${files} files` },
    row('whole, processor time', 'ms', [whole.cpuMs]),
    { ...row('whole, most memory of a process', 'MB', [whole.peakMB]), bound: BOUNDS.peakMB },
    row('one more version: pages', 'x', ratios(valuesOf(changes, 'ms'), bare)),
    { ...row('one more version: pages, time', 'ms', valuesOf(changes, 'ms')), bound: BOUNDS.changeMs },
    row('one more version: pages, processor time', 'ms', valuesOf(changes, 'cpuMs')),
    { ...row('one more version: pages, most memory', 'MB', valuesOf(changes, 'peakMB')), bound: BOUNDS.peakMB },
  ];

  function row(name: string, unit: Row['unit'], values: readonly number[]): Row {
    const { lower, upper } = summarize(values);
    return {
      name,
      plugins,
      unit,
      value: median(values),
      ...(values.length > 1 && { spread: [lower, upper] as const }),
    };
  }
}

function valuesOf(costs: readonly Cost[], what: keyof Cost): readonly number[] {
  return costs.map((cost) => cost[what]);
}
