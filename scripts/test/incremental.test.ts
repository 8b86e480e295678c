import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import {
  BASE_URL,
  DELTA,
  NAMES,
  SEARCH,
  SHARED,
  commitAll,
  contentOf,
  packAll,
  publish,
  steps,
  wasChange,
  type World,
} from './incremental-fixture.ts';
import { testRegistry } from './registry-fixture.ts';

describe('a build of a change', () => {
  it('leaves what a build of everything would leave, whatever changed', async () => {
    const registry = await testRegistry();
    const packed = await packAll(registry);
    const ways = { change: 0, all: 0 };
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(steps, { minLength: 1, maxLength: 3 }), { minLength: 6, maxLength: 6 }),
        async (commits) => {
          run += 1;
          const world: World = { files: new Map(Object.entries(SHARED)), packed };
          for (const plugin of NAMES.slice(0, 5)) publish(plugin, '1.0.0')(world);
          const [out, whole] = [join(registry.folder, `out-${run}`), join(registry.folder, `whole-${run}`)];
          const source = { repository: registry.bare, revision: 'main' };
          const input = { source, baseUrl: BASE_URL, search: SEARCH, delta: DELTA };
          for (const changes of [[], ...commits]) {
            for (const change of changes) change(world);
            await commitAll(registry, world.files);
            const changed = await build({ ...input, out });
            ways[(await wasChange(out)) ? 'change' : 'all'] += 1;
            const expected = await build({ ...input, out: whole, state: 'none' });
            expect(await contentOf(out)).toEqual(await contentOf(whole));
            expect(changed.findings).toEqual(expected.findings);
            expect([changed.plugins, changed.versions]).toEqual([expected.plugins, expected.versions]);
          }
        },
      ),
      { numRuns: 3, endOnFailure: true },
    );
    // The first of each run is one of everything.
    expect(ways.change).toBeGreaterThan(3);
  }, 120_000);
});
