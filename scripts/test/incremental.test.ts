import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stringifyRecord } from '@ar-registry/core/yaml';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BuildInput } from '../src/stages/build/build-input.ts';
import { build } from '../src/stages/build/index.ts';
import {
  BASE_URL,
  DELTA,
  NAMES,
  SEARCH,
  SHARED,
  advisory,
  builtSite,
  commitAll,
  contentOf,
  packAll,
  pluginRecord,
  publish,
  rename,
  steps,
  wasChange,
  withdraw,
  type World,
} from './incremental-fixture.ts';
import { testRegistry } from './registry-fixture.ts';

/** More of them, to look for what a few do not find. */
const RUNS = Number(process.env['AR_TEST_RUNS'] ?? 3);
const MS_PER_RUN = 40_000;

type Limits = Pick<Required<BuildInput>, 'search' | 'delta'>;

/** Bounds that the few plugins here cross from either side, as they come and go. */
const limits: fc.Arbitrary<Limits> = fc.record({
  search: fc.record({
    from: fc.integer({ min: 1, max: 4 }),
    limits: fc.record({ wholeList: fc.constantFrom(2, 3), documentsInShard: fc.constantFrom(1, 2, 8) }).map((some) => ({
      ...SEARCH.limits,
      ...some,
    })),
  }),
  delta: fc.constantFrom(DELTA, { inHead: 1, inIndex: 2, inWhole: 3 }),
});

/** A merged pull request, or several at once. */
const commits = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.array(steps, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(steps, { minLength: 10, maxLength: 10 }) },
  ),
  { minLength: 9, maxLength: 9 },
);

describe('what happens to an index', () => {
  it('is mostly no mistake: records that are refused would change nothing', async () => {
    const { world, build: run } = await builtSite();
    const record = advisory('@acme/alpha', {});
    world.files.set('advisories/AR-2026-0001.yaml', stringifyRecord(record));
    world.files.set('plugins/@acme/alpha/plugin.yaml', stringifyRecord(pluginRecord('@acme/alpha', {})));
    rename('@acme/beta', '@acme/alpha')(world);
    withdraw('@acme/betamax', '1.0.0')(world);
    expect((await run()).findings).toEqual([]);
  });
});

describe('a build of a change', () => {
  it(
    'leaves what a build of everything would leave, whatever changed',
    async () => {
      const registry = await testRegistry();
      const packed = await packAll(registry);
      const ways = { change: 0, all: 0 };
      let run = 0;
      await fc.assert(
        fc.asyncProperty(limits, fc.nat({ max: NAMES.length }), commits, async (bounds, count, changes) => {
          run += 1;
          const world: World = { files: new Map(Object.entries(SHARED)), packed };
          for (const plugin of NAMES.slice(0, count)) publish(plugin, '1.0.0')(world);
          const [out, whole] = [join(registry.folder, `out-${run}`), join(registry.folder, `whole-${run}`)];
          const source = { repository: registry.bare, revision: 'main' };
          const input = { source, baseUrl: BASE_URL, ...bounds };
          for (const some of [[], ...changes]) {
            for (const change of some) change(world);
            await commitAll(registry, world.files);
            const changed = await build({ ...input, out });
            ways[(await wasChange(out)) ? 'change' : 'all'] += 1;
            const expected = await build({ ...input, out: whole, state: 'none' });
            expect(await contentOf(out)).toEqual(await contentOf(whole));
            expect(changed.findings).toEqual(expected.findings);
            expect([changed.plugins, changed.versions]).toEqual([expected.plugins, expected.versions]);
          }
          await Promise.all([out, whole].map((folder) => rm(folder, { recursive: true })));
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
      // The first of each run is one of everything.
      expect(ways.change).toBeGreaterThan(RUNS);
    },
    RUNS * MS_PER_RUN,
  );
});
