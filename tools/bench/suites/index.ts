import type { Benchmark } from '../benchmark.ts';
import { build } from './build.ts';
import { cycles } from './cycles.ts';
import { hooks } from './hooks.ts';
import { install } from './install.ts';
import { load } from './load.ts';
import { look } from './look.ts';
import { search } from './search.ts';
import { serve } from './serve.ts';
import { site } from './site.ts';
import { start } from './start.ts';
import { trust } from './trust.ts';
import { stats } from '../stats.ts';

/** In the order of the table. */
export const BENCHMARKS: readonly Benchmark[] = [
  start,
  look,
  search,
  install,
  trust,
  load,
  hooks,
  cycles,
  stats,
  serve,
  build,
  site,
];
