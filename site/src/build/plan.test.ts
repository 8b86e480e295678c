import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { routes } from '@ar-registry/core/layout';
import { createApiFolder, type ApiFolder } from '../../test/support/api-folder.ts';
import { makePlan, type Known, type Planned } from './plan.ts';

let world: ApiFolder;

beforeEach(() => {
  world = createApiFolder();
  world.write('@a/one', {});
  world.write('@a/two', { needs: { '@a/one': '^1.0.0', '@a/none': '*', left: '1', '@a/../../x': '1' } });
  world.writeList();
});
afterEach(() => world.remove());

/** A minute later: what was written just now has settled. */
function plan(before?: Known): Planned & { readonly paths: readonly string[]; readonly cards: readonly unknown[] } {
  const planned = makePlan(world.api(), Date.now() + 60_000, before && { known: before });
  const items = planned.groups.flatMap((group) => group());
  return {
    ...planned,
    paths: items.flatMap((item) => (item.kind === 'page' ? [item.path] : [])),
    cards: items.flatMap((item) => (item.kind === 'card' ? [item.plugin] : [])),
  };
}

const dataOf = ({ groups }: Planned, path: string): unknown =>
  groups
    .flatMap((group) => group())
    .flatMap((item) => (item.kind === 'page' && item.path === path ? [item.data] : []))[0];

const ONE = ['/plugins/@a/one/', '/plugins/@a/one.md', '/plugins/@a/one/v/1.0.0/'];
const TWO = ['/plugins/@a/two/', '/plugins/@a/two.md', '/plugins/@a/two/v/1.0.0/'];
const LISTS = ['/authors/ann/', '/scopes/@a/', '/tags/x/', '/types/hook/', '/tags/', '/scopes/', '/authors/'];

describe('makePlan', () => {
  it('wants everything the first time, what belongs to a plugin together', () => {
    const { groups, paths, cards, pages } = plan();
    expect(groups[0]?.()).toHaveLength(ONE.length + 1);
    expect([paths, cards]).toEqual([
      [...ONE, ...TWO, ...LISTS],
      ['@a/one', '@a/two'],
    ]);
    expect(pages).toBe(11); // twins are not counted
  });

  it('wants nothing where nothing has changed, and reads what the front page shows alone', () => {
    const before = plan();
    world.reads.length = 0;
    expect([plan(before.known).paths, [...new Set(world.reads)]]).toEqual([[], [routes.pluginsPage(1)]]);
  });

  it('wants nothing where a file was written again with the same contents', () => {
    const before = plan();
    world.write('@a/one', {});
    expect(plan(before.known).paths).toEqual([]);
  });

  it('wants and reads what has changed alone', () => {
    const before = plan();
    world.write('@a/one', { text: 'changed' });
    world.reads.length = 0;
    const after = plan(before.known);
    expect([after.paths, after.cards, world.reads.filter((file) => !file.includes('/page/'))]).toEqual([
      ONE,
      ['@a/one'],
      [routes.plugin('@a/one')],
    ]);
  });

  it('wants the page that shows a new dependent, and those that link to a new plugin', () => {
    const before = plan();
    const dependents = [{ name: '@a/two', range: '^1.0.0', peer: false }];
    expect(dataOf(before, '/plugins/@a/one/')).toEqual({ dependents });
    world.write('@a/none', { needs: { '@a/one': '1' } });
    world.writeList();
    const after = plan(before.known);
    expect(after.paths.filter((each) => each.startsWith('/plugins/@a/one'))).toEqual(ONE.slice(0, 2));
    expect(after.paths.filter((each) => each.startsWith('/plugins/@a/two'))).toEqual(TWO.slice(0, 2));
    expect(dataOf(after, '/plugins/@a/none/')).toEqual({ dependents: [{ name: '@a/two', range: '*', peer: false }] });
  });

  it('has plugins by name, in whatever order the pages of the API have them', () => {
    world.write('@a/late', {});
    world.writeList();
    const { rows, paths } = plan();
    expect(rows.map(({ name }) => name)).toEqual(['@a/late', '@a/one', '@a/two']);
    expect(paths).toContain('/plugins/@a/late/');
  });

  it('has no key for what is gone', () => {
    const before = plan();
    world.plugins.delete('@a/two');
    world.writeList();
    const after = plan(before.known);
    expect(Object.keys(after.known.plugins)).toEqual(['@a/one']);
    expect(after.paths).toContain('/plugins/@a/one/');
  });
});
