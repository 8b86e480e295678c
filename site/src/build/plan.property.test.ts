/** Whatever happens to a registry, a build of the changes has what a build of everything has. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Advisory } from '@ar-registry/core/advisory';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiFolder, type ApiFolder, type FakePlugin } from '../../test/support/api-folder.ts';
import { MOST_ON_PAGE } from '../data/lists.ts';
import { readLog } from './api-log.ts';
import type { Item } from './item.ts';
import { cardFile, fileOf } from './page-file.ts';
import { planBuild } from './plan-build.ts';
import type { TextFile } from './sitemap-files.ts';
import { readState, writeState } from './state.ts';

const NAMES = ['@a/one', '@a/two', '@a/three', '@b/one', '@b/two'] as const;
const name = fc.constantFrom(...NAMES);
const some = <T>(...values: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...values]);
const plugin: fc.Arbitrary<FakePlugin> = fc.record({
  text: fc.constantFrom('', 'a', 'b'),
  needs: some(...NAMES, '@c/none').map((needs) => Object.fromEntries(needs.map((need) => [need, '*']))),
  versions: some('3.0.0', '2.0.0').map((versions) => [...versions, '1.0.0']),
  owners: some('ann', 'bob'),
  tags: some('x', 'y', '__proto__'),
  changed: fc.integer({ min: 1, max: 9 }),
});
/** What leaves a plugin where it is: a build of a change looks at it alone. */
const update = fc.record({
  text: fc.constantFrom('', 'a', 'b'),
  versions: some('3.0.0', '2.0.0').map((versions) => [...versions, '1.0.0']),
  later: fc.integer({ min: 0, max: 2 }),
});
const count = fc.integer({ min: 0, max: 2 });
const edit: fc.Arbitrary<(world: ApiFolder) => void> = fc.oneof(
  fc.tuple(name, plugin).map(
    ([who, is]) =>
      (world: ApiFolder) =>
        world.write(who, is),
  ),
  { weight: 8, arbitrary: fc.tuple(name, update).map(([who, { later, ...is }]) => updating(who, is, later)) },
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

function updating(who: string, is: FakePlugin, later: number): (world: ApiFolder) => void {
  return (world) => {
    const before = world.plugins.get(who);
    if (before) world.write(who, { ...before, ...is, changed: (before.changed ?? 1) + later });
  };
}

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

interface Built {
  readonly out: string;
  /** Pages and cards by file. */
  readonly files: Map<string, string>;
  /** What all of them show. */
  readonly overview: string;
  readonly isChange: boolean;
}

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function makeOut(): string {
  const out = mkdtempSync(path.join(os.tmpdir(), 'ar-planned-'));
  folders.push(out);
  return out;
}

/** @param there what a build before left @param verify whether the log of the API is not believed */
function build(there?: Built, verify = false): Built {
  const out = there?.out ?? makeOut();
  const [log, state] = [readLog(world.folder), readState(out)];
  const input = { out, baseUrl: 'https://example.com', template: 't', full: false, verify, log, state };
  const plan = planBuild(world.api(), Date.now() + 60_000, input);
  const files = new Map(there?.files);
  for (const item of plan.groups.flatMap((group) => group()))
    files.set(item.kind === 'card' ? cardFile(item.plugin) : fileOf(item.path), render(item));
  for (const file of plan.gone) files.delete(file);
  const own = writeSitemaps(out, plan.sitemaps(['/']));
  for (const file of own) files.set(file, readFileSync(path.join(out, file), 'utf8'));
  const { picks, spread, parts } = plan;
  writeState(out, { template: 't', ...(log && { log: log.end }), picks, search: '', files: own, spread }, parts);
  return { out, files, overview: JSON.stringify(plan.overview), isChange: !parts.isWhole };
}

function writeSitemaps(out: string, sitemaps: readonly TextFile[]): readonly string[] {
  mkdirSync(path.join(out, 'sitemap'), { recursive: true });
  for (const { file, text } of sitemaps) if (text !== undefined) writeFileSync(path.join(out, file), text);
  return sitemaps.map(({ file }) => file);
}

/** All that the next build is told, but for how it is told it. */
function stateOf({ out }: Built): Readonly<Record<string, unknown>> {
  const { part: _, parts, ...root } = readState(out) ?? expect.fail('no state');
  const contents = Object.keys(parts)
    .toSorted()
    .map((key) => [key, readFileSync(path.join(out, '.ar-site', parts[key] ?? ''), 'utf8')]);
  return { ...root, parts: contents };
}

interface World {
  /** Plugins that nothing happens to. */
  readonly others: number;
  /** Whether the log of the API is not believed. */
  readonly verify: boolean;
}

function afterRounds(rounds: readonly (readonly ((world: ApiFolder) => void)[])[], { others, verify }: World): number {
  world.remove();
  world = createApiFolder();
  world.write('@a/one', {});
  for (let index = 0; index < others; index += 1) world.write(`@z/o${(index * 7) % 10}${index}`, {});
  world.writeList();
  world.log();
  let kept = build();
  let changes = 0;
  for (const edits of rounds) {
    for (const change of edits) change(world);
    world.writeList();
    world.log();
    kept = build(kept, verify);
    changes += kept.isChange ? 1 : 0;
    const whole = build();
    expect(stateOf(kept)).toEqual(stateOf(whole));
    expect(kept.files).toEqual(whole.files);
    // Numbers of downloads are those of the build that made a page, and those of the overview are of now.
    expect(kept.overview).toEqual(whole.overview);
  }
  return changes;
}

const rounds = fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });

describe('after any changes', () => {
  it.each([
    ['by what is in the log', { others: 0, verify: false, runs: 120 }],
    ['by stamps of all files', { others: 0, verify: true, runs: 120 }],
    // Lists are about as long as those that have no pages by name.
    ['by what is in the log, of long lists', { others: MOST_ON_PAGE - 3, verify: false, runs: 30 }],
    ['by stamps of all files, of long lists', { others: MOST_ON_PAGE - 3, verify: true, runs: 15 }],
  ])(
    'a build of them has the files and the state of a build of everything: %s',
    { timeout: 60_000 },
    (_, { runs, ...is }) => {
      let changes = 0;
      fc.assert(
        fc.property(rounds, (each) => {
          changes += afterRounds(each, is);
        }),
        { numRuns: runs },
      );
      // Some were planned without looking at any other plugin.
      expect(changes > runs / 12).toBe(!is.verify);
    },
  );
});
