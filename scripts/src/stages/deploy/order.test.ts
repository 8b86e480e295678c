import { routes } from '@ar-registry/core/layout';
import { expect, it } from 'vitest';
import { inOrder } from './order.ts';

it('puts what is named by its content first, then documents, and what leads to all of them when these are there', () => {
  const files = [
    routes.changesHead,
    `${routes.trust}/timestamp.json`,
    routes.advisories,
    routes.config,
    routes.changesFile('pwTOI8Er6DZlCLOyimdc'),
    routes.plugin('@acme/hello'),
    `${routes.trust}/7.snapshot.json`,
    routes.changes,
  ];
  const { leaves, roots } = inOrder(files.map((path) => ({ path })));
  expect([leaves, roots].map((ranks) => ranks.map((rank) => rank.map(({ path }) => path)))).toEqual([
    [[routes.changesFile('pwTOI8Er6DZlCLOyimdc')], [routes.advisories, routes.changes, routes.plugin('@acme/hello')]],
    [[routes.changesHead, routes.config], [`${routes.trust}/7.snapshot.json`], [`${routes.trust}/timestamp.json`]],
  ]);
});

it('puts all pages of the list of plugins before what says how many there are', () => {
  const files = [routes.plugins, routes.pluginsPage(2), routes.pluginsPage(10)].map((path) => ({ path }));
  const { leaves, roots } = inOrder(files);
  expect(leaves.flat().map(({ path }) => path)).toEqual([routes.pluginsPage(10), routes.pluginsPage(2)]);
  expect(roots.flat().map(({ path }) => path)).toEqual([routes.plugins]);
});
