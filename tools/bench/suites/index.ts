import type { Benchmark } from '../benchmark.ts';
import { build } from './build.ts';
import { change } from './change.ts';
import { cycles } from './cycles.ts';
import { delta } from './delta.ts';
import { hooks } from './hooks.ts';
import { install } from './install.ts';
import { load } from './load.ts';
import { look } from './look.ts';
import { peers } from './peers.ts';
import { search } from './search.ts';
import { serve } from './serve.ts';
import { site } from './site.ts';
import { start } from './start.ts';
import { trust } from './trust.ts';
import { stats } from '../stats.ts';

/**
 * In the order of the table, and of the run: `build` makes the large registries that those after it use, and nothing of them
 * is there before.
 */
export const BENCHMARKS: readonly Benchmark[] = [
  start,
  load,
  hooks,
  cycles,
  stats,
  serve,
  peers,
  build,
  change,
  site,
  look,
  search,
  install,
  trust,
  delta,
];
