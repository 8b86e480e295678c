/** Which pages of the list of all plugins a build of a change writes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { PluginListDocument } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import {
  builtSite,
  contentOf,
  publish,
  remove,
  rename,
  wasChange,
  withdraw,
  type Site,
} from './incremental-fixture.ts';

const LISTS = [routes.plugins, ...[1, 2, 3, 4].map(routes.pluginsPage)];

/** Paths of the list that are not what they were; all is what it should be. */
async function changedLists({ out, build, expected }: Site): Promise<readonly string[]> {
  const before = await contentOf(out);
  await build();
  const after = await contentOf(out);
  expect([await wasChange(out), after]).toEqual([true, await expected()]);
  return LISTS.filter((path) => before.get(path) !== after.get(path));
}

/** Digests of documents that have one form, however many plugins there are. */
const ONE_FORM = { inHead: 100, inIndex: 1000, inWhole: 1000 } as const;

/** They came in January, May and June; zebra in February, log in March, the bridge in April. */
const SOME = ['@acme/alpha', '@acme/betamax', '@acme/beta'] as const;

describe('the pages of the list, two plugins on each', () => {
  it('change in the last one alone, and in the counts, with each new plugin', async () => {
    const canHave = ['@acme/alpha', '@ops/zebra', '@ops/log', '@ar/slack-bridge', '@acme/betamax'] as const;
    const site = await builtSite({ has: ['@acme/alpha', '@ops/zebra', '@ops/log'], canHave, delta: ONE_FORM });
    publish('@ar/slack-bridge', '1.0.0')(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(2)]);
    publish('@acme/betamax', '1.0.0')(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(3)]);
    const after = await contentOf(site.out);
    expect(JSON.parse(after.get(routes.plugins) ?? '') as PluginListDocument).toMatchObject({ total: 5, pages: 3 });
    // The plugin after which nothing came.
    remove(/betamax/)(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(3)]);
  });

  it('change in all after it, where one comes that is older, or goes', async () => {
    const site = await builtSite({ has: SOME, canHave: [...SOME, '@ops/zebra'], delta: ONE_FORM });
    publish('@ops/zebra', '1.0.0')(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(1), routes.pluginsPage(2)]);
    remove(/zebra/)(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(1), routes.pluginsPage(2)]);
  });

  it('change in its own, where one is renamed or withdrawn: its place stays empty', async () => {
    const has = ['@acme/alpha', '@ops/zebra', '@ops/log', '@ar/slack-bridge'] as const;
    const site = await builtSite({ has, canHave: [...has, '@acme/betamax'], delta: ONE_FORM });
    rename('@ops/zebra', '@ops/log')(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(1)]);
    withdraw('@acme/alpha', '1.0.0')(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(1)]);
    const empty = await contentOf(site.out);
    expect(JSON.parse(empty.get(routes.plugins) ?? '')).toMatchObject({ total: 2, pages: 2, plugins: [] });
    // What comes then is behind all others, and nobody has moved up.
    publish('@acme/betamax', '1.0.0')(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(3)]);
    rename('@ops/zebra')(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(1)]);
    // Only who is deleted from the index leaves none.
    remove(/alpha/)(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, ...[1, 2, 3].map(routes.pluginsPage)]);
  });

  it('change in one, and not in the counts, with a new version', async () => {
    const site = await builtSite({ has: ['@acme/alpha', '@ops/zebra', '@ops/log'] });
    publish('@ops/log', '1.1.0')(site.world);
    expect(await changedLists(site)).toEqual([routes.pluginsPage(2)]);
    publish('@acme/alpha', '1.1.0')(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(1)]);
  });

  it('change from one place to the other, where a plugin has another first version', async () => {
    const site = await builtSite({ has: SOME });
    publish('@acme/beta', '2.0.0-rc.1')(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(1), routes.pluginsPage(2)]);
    remove(/beta\/versions\/2\.0\.0/)(site.world);
    expect(await changedLists(site)).toEqual([routes.plugins, routes.pluginsPage(1), routes.pluginsPage(2)]);
  });

  it.each([
    ['is no document', '{'],
    ['is one of something else', '{"schemaVersion":1,"page":2,"plugins":[]}\n'],
  ])('are made anew with everything where one that was published %s', async (_what, text) => {
    const site = await builtSite({ has: SOME });
    await writeFile(join(site.out, routes.pluginsPage(2)), text);
    publish('@acme/beta', '1.1.0')(site.world);
    await site.build();
    expect([await wasChange(site.out), await contentOf(site.out)]).toEqual([false, await site.expected()]);
  });
});
