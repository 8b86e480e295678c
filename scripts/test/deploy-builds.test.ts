/** Deployments after real builds: what those say they have written is all that they have written. */
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import { deploy, openPlace } from '../src/stages/deploy/index.ts';
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
  type World,
} from './incremental-fixture.ts';
import { testRegistry } from './registry-fixture.ts';

it('serves what the last build left, however many builds there were since the last deployment', async () => {
  const ways = { change: 0, whole: 0 };
  // Where all is compared, a folder that the site has no more is nobody's: what was in it stays.
  const left = new Set<string>();
  const registry = await testRegistry();
  const world: World = { files: new Map(Object.entries(SHARED)), packed: await packAll(registry) };
  for (const plugin of NAMES.slice(0, 5)) publish(plugin, '1.0.0')(world);
  const [site, served] = [join(registry.folder, 'site'), join(registry.folder, 'served')];
  const source = { repository: registry.bare, revision: 'main' };
  const buildNow = async (): Promise<void> => {
    await commitAll(registry, world.files);
    await build({ source, out: site, baseUrl: BASE_URL, search: SEARCH, delta: DELTA });
  };
  const deployNow = async (): Promise<void> => {
    const signal = AbortSignal.timeout(60_000);
    await using place = await openPlace({ to: served, cwd: '/', help: '' }, { signal, now: new Date(0) });
    const done = await deploy(place, { site, dryRun: false, mayShrink: true, verify: false, signal });
    ways[done.whole ? 'whole' : 'change'] += 1;
    const [there, wanted] = [await contentOf(served), await contentOf(site)];
    const folders = new Set([...wanted.keys()].map((name) => name.split('/')[0]));
    if (done.whole) for (const name of there.keys()) if (!folders.has(name.split('/')[0])) left.add(name);
    const ours = [...there].filter(([name]) => wanted.has(name) || !left.has(name));
    // By name first: what differs may be archives, of which a terminal shows nothing.
    expect(ours.map(([name]) => name)).toEqual([...wanted.keys()]);
    expect(ours.filter(([name, content]) => wanted.get(name) !== content).map(([name]) => name)).toEqual([]);
  };
  await buildNow();
  await deployNow();
  publish('@acme/alpha', '1.1.0')(world);
  await buildNow();
  await deployNow();
  expect(ways).toEqual({ whole: 1, change: 1 });
  const round = fc.record({ changes: fc.array(steps, { minLength: 1, maxLength: 3 }), isDeployed: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 12, maxLength: 12 }), async (rounds) => {
      for (const { changes, isDeployed } of rounds) {
        for (const change of changes) change(world);
        await buildNow();
        if (isDeployed) await deployNow();
      }
      await deployNow();
    }),
    { numRuns: 1 },
  );
  // Random edits may each call for a comparison of all; two small builds after a deployment never do.
  const before = { ...ways };
  await buildNow();
  await deployNow();
  for (const number of ['1.0.0', '1.0.1']) {
    for (const [path, content] of await registry.submission('@acme/last', number)) world.files.set(path, content);
    await buildNow();
  }
  await deployNow();
  expect(ways.whole + ways.change).toBe(before.whole + before.change + 2);
  expect(ways.change).toBeGreaterThan(before.change);
}, 120_000);
