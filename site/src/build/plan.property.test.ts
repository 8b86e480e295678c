/** Whatever happens to a registry, a build of the changes has what a build of everything has. */
import type { Advisory } from '@ar-registry/core/advisory';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiFolder, type ApiFolder, type FakePlugin } from '../../test/support/api-folder.ts';
import type { Item } from './item.ts';
import { cardFile, fileOf, goneFiles } from './page-file.ts';
import { makePlan, type Known } from './plan.ts';

const NAMES = ['@a/one', '@a/two', '@a/three', '@b/one', '@b/two'] as const;
const name = fc.constantFrom(...NAMES);
const some = <T>(...values: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...values]);
const plugin: fc.Arbitrary<FakePlugin> = fc.record({
  text: fc.constantFrom('', 'a', 'b'),
  needs: some(...NAMES, '@c/none').map((needs) => Object.fromEntries(needs.map((need) => [need, '*']))),
  versions: some('3.0.0', '2.0.0').map((versions) => [...versions, '1.0.0']),
  owners: some('ann', 'bob'),
  tags: some('x', 'y', '__proto__'),
});
const count = fc.integer({ min: 0, max: 2 });
const edit: fc.Arbitrary<(world: ApiFolder) => void> = fc.oneof(
  fc.tuple(name, plugin).map(
    ([who, is]) =>
      (world: ApiFolder) =>
        world.write(who, is),
  ),
  name.map((who) => (world: ApiFolder) => void world.plugins.delete(who)),
  fc.tuple(name, name).map(([from, to]) => (world: ApiFolder) => {
    const is = world.plugins.get(from);
    world.plugins.delete(from);
    if (is) world.write(to, is);
  }),
  fc.tuple(name, count).map(([who, total]) => (world: ApiFolder) => {
    world.downloads.set(who, { total, last30Days: total });
  }),
  fc.tuple(name, count).map(([who, mean]) => (world: ApiFolder) => {
    world.ratings.set(who, { mean, count: 1, bayesian: mean });
  }),
  name.map((who) => (world: ApiFolder) => {
    if (!world.advisories.delete(who)) world.advisories.set(who, { id: 'AR-2026-0001', plugin: who } as Advisory);
  }),
);

let world: ApiFolder;
beforeEach(() => {
  world = createApiFolder();
});
afterEach(() => world.remove());

/** All that the page is made of, but for numbers of downloads, which are those of its build. */
function render(item: Item): string {
  if (item.kind === 'card') return JSON.stringify(world.plugins.get(item.plugin ?? ''));
  const [, who = ''] = /^\/plugins\/(@\w+\/\w+)/.exec(item.path) ?? [];
  const is = world.plugins.get(who);
  const links = Object.keys(is?.needs ?? {}).filter((need) => world.plugins.has(need));
  const own = item.path.includes('/v/') ? [] : [links, world.downloads.has(who)];
  return JSON.stringify([item.path, item.data, is, world.advisories.get(who), own], (key, value: unknown) =>
    key === 'downloads' ? undefined : value,
  );
}

/** @param there what a build before left, and what it knew @returns the same of this one */
function build(there?: { readonly files: ReadonlyMap<string, string>; readonly known: Known }): {
  readonly files: ReadonlyMap<string, string>;
  readonly known: Known;
} {
  const { groups, known } = makePlan(world.api(), Date.now() + 60_000, there?.known);
  const files = new Map(there?.files);
  for (const item of groups.flatMap((group) => group()))
    files.set(item.kind === 'card' ? cardFile(item.plugin) : fileOf(item.path), render(item));
  for (const file of there ? goneFiles(there.known, known) : []) files.delete(file);
  // As it is read from the disk again.
  return { files, known: JSON.parse(JSON.stringify(known)) as Known };
}

describe('after any changes', () => {
  it('a build of them has the files and the state of a build of everything', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(edit, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
        (rounds) => {
          world.remove();
          world = createApiFolder();
          let kept: ReturnType<typeof build> | undefined;
          for (const edits of rounds) {
            for (const change of edits) change(world);
            world.writeList();
            kept = build(kept);
          }
          const whole = build();
          expect(kept?.known).toEqual(whole.known);
          expect(kept?.files).toEqual(whole.files);
        },
      ),
      { numRuns: 80 },
    );
  });
});
