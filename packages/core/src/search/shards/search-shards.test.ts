import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildShardedIndex,
  buildShards,
  changeShards,
  createSearch,
  fileNameOf,
  searchShards,
  shardFileNames,
  touchedShards,
  type ReadSearchFile,
  type SearchEntry,
  type SearchQuery,
  type SearchRoot,
  type ShardLimits,
  type ShardedIndex,
} from '../index.ts';
import { hash } from '../../../test/index-fixture.ts';
import { NAME_LENGTH } from './format.ts';

/** So small that a registry of some hundred plugins has long lists, many shards and several directories. */
const LIMITS: ShardLimits = { wholeList: 12, headLength: 4, shardBytes: [1500, 2500], documentsInShard: 2 };

const WORDS = 'slack bridge react component api storage redis postgres queue stack slick black reactive sql log'.split(
  ' ',
);
const ODD = [
  '通知',
  '日本語の通知を送る',
  'größe',
  'ｓｌａｃｋ',
  '🚀',
  'toString',
  'constructor',
  '__proto__',
  '<b>',
  'a*',
  'x:y',
];
const TYPES = ['bridge', 'storage', 'hook', 'widget'] as const;

const entries = fc.uniqueArray(
  fc.record({
    scope: fc.constantFrom('ar', 'acme', 'org-733', 'aws-sdk'),
    base: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }),
    description: fc.array(fc.constantFrom(...WORDS, ...ODD, 'the', 'for'), { maxLength: 8 }),
    tags: fc.uniqueArray(fc.constantFrom('slack', 'machine-learning', 'sql', 'api'), { maxLength: 2 }),
    type: fc.constantFrom(...TYPES),
    category: fc.constantFrom(undefined, 'ai', 'data'),
    trust: fc.constantFrom('community' as const, 'verified' as const, 'official' as const),
    downloads: fc.nat({ max: 5000 }),
    day: fc.nat({ max: 9 }),
    alias: fc.constantFrom(undefined, '@old/redisqueue'),
    deprecated: fc.constantFrom(undefined, undefined, 'old'),
  }),
  { selector: ({ scope, base }) => `@${scope}/${base.join('-')}`, maxLength: 150, size: 'max' },
);

type Made = typeof entries extends fc.Arbitrary<infer T> ? (T extends readonly (infer U)[] ? U : never) : never;

function toEntry({ scope, base, day, category, alias, deprecated, description, ...rest }: Made): SearchEntry {
  const at = `2026-01-0${day + 1}`.slice(0, 10).replace('010', '10');
  return {
    ...rest,
    name: `@${scope}/${base.join('-')}`,
    version: '1.0.0',
    description: description.join(' '),
    license: 'MIT',
    author: day % 2 === 0 ? scope : 'Someone',
    publishedAt: `${at}T00:00:00.${day}00Z`,
    updatedAt: `${at}T00:00:00Z`,
    ...(category === undefined ? {} : { category }),
    ...(alias === undefined ? {} : { aliases: [alias] }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

const SAID = [
  ...WORDS,
  ...ODD,
  'slak',
  'reac',
  'compnent',
  'postgrse',
  'sla',
  'r',
  're',
  'nothing',
  'machinelearning',
  'the',
];
const query = fc.record(
  {
    text: fc.array(fc.constantFrom(...SAID), { maxLength: 4 }).map((words) => words.join(' ')),
    type: fc.constantFrom(...TYPES),
    category: fc.constantFrom('ai', 'data', 'none'),
    tag: fc.constantFrom('slack', 'machine-learning', 'api', 'none'),
    trust: fc.constantFrom('community' as const, 'verified' as const),
    sort: fc.constantFrom('relevance' as const, 'downloads' as const, 'updated' as const, 'name' as const),
    limit: fc.integer({ min: 1, max: 30 }),
    offset: fc.nat({ max: 20 }),
  },
  { requiredKeys: [] },
);

interface Built {
  readonly root: SearchRoot;
  readonly files: ReadonlyMap<string, string>;
  readonly read: ReadSearchFile;
  readonly asked: string[];
}

function build(all: readonly SearchEntry[], limits = LIMITS): Built {
  const files = new Map<string, string>();
  const making = buildShards(all, { hash, limits });
  let step = making.next();
  for (; !step.done; step = making.next()) files.set(step.value.name, step.value.body);
  const asked: string[] = [];
  const read = (async (_kind: string, name: string) => {
    asked.push(name);
    const body = files.get(name);
    if (body === undefined) throw new Error(`no file ${name}`);
    return JSON.parse(body) as unknown;
  }) as ReadSearchFile;
  return { root: JSON.parse(JSON.stringify(step.value)) as SearchRoot, files, read, asked };
}

describe('a search in shards', () => {
  it('finds what the search over all entries finds, in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(entries, fc.array(query, { minLength: 4, maxLength: 8 }), async (made, queries) => {
        const all = made.map(toEntry);
        const scan = createSearch(all);
        const { root, read } = build(all);
        for (const one of queries as readonly SearchQuery[])
          expect(await searchShards(root, one, read)).toEqual(scan.find(one));
      }),
      { numRuns: 60 },
    );
  });
});

describe('the files', () => {
  const sample = fc.sample(entries, { numRuns: 1, seed: 7 })[0]?.map(toEntry) ?? [];

  it('are named by their content', () => {
    for (const [name, body] of build(sample).files) expect(fileNameOf(body, hash)).toBe(name);
  });

  it('do not depend on the order of the entries', () => {
    expect(build(sample.toReversed())).toMatchObject({ root: build(sample).root });
  });

  it('change only where a plugin that changes is listed', () => {
    fc.assert(
      fc.property(fc.array(entries, { minLength: 1, maxLength: 1 }), fc.nat(), ([made = []], chosen) => {
        const all = made.map(toEntry);
        const before = all[chosen % Math.max(1, all.length)];
        if (!before) return;
        const after = { ...before, downloads: before.downloads + 1 };
        const one = build(all);
        const other = build(all.map((entry) => (entry === before ? after : entry)));
        expect(other.root.borders).toEqual(one.root.borders);
        const touched = new Set(touchedShards(one.root, [before, after]));
        const untouched = [...one.root.borders.keys()].filter((position) => !touched.has(position));
        const namesOf = ({ root }: Built) =>
          untouched.map((at) => root.shards.slice(at * NAME_LENGTH, (at + 1) * NAME_LENGTH));
        expect(namesOf(other)).toEqual(namesOf(one));
      }),
    );
  });
});

function drain<T>(making: Generator<{ readonly name: string; readonly body: string }, T>): {
  readonly files: ReadonlyMap<string, string>;
  readonly result: T;
} {
  const files = new Map<string, string>();
  let step = making.next();
  for (; !step.done; step = making.next()) files.set(step.value.name, step.value.body);
  return { files, result: step.value };
}

describe('a change of some plugins', () => {
  it('gives the state, the root and the files that all plugins anew would give', () => {
    let changes = 0;
    fc.assert(
      fc.property(entries, entries, fc.nat(), (made, others, seed) => {
        const all = new Map(made.map(toEntry).map((entry) => [entry.name, entry]));
        let index: ShardedIndex = drain(buildShardedIndex([...all.values()], { hash, limits: LIMITS })).result;
        // Some of the others come, in place of what has their name; some of those that are there go.
        for (const batch of [others.slice(0, 1), others.slice(1, 4), others.slice(4, 20)].map((some) =>
          some.map(toEntry),
        )) {
          const removed = [...all.values()].filter(
            ({ name }, at) => batch.some((entry) => entry.name === name) || (at + seed) % 23 === 0,
          );
          const before = new Map(all);
          for (const { name } of removed) all.delete(name);
          for (const entry of batch) all.set(entry.name, entry);
          const known = shardFileNames(index.published);
          const entryOf = (name: string): SearchEntry => before.get(name) ?? Object.create(null);
          const change = { removed, added: batch };
          const { files, result } = drain(changeShards(change, { hash, limits: LIMITS, before: index, entryOf }));
          const anew = drain(buildShardedIndex([...all.values()], { hash, limits: LIMITS }));
          changes += result ? 1 : 0;
          expect(result ?? anew.result).toEqual(anew.result);
          const names = shardFileNames(anew.result.published);
          expect(names).toEqual(new Set(anew.files.keys()));
          const wanted = [...names].filter((name) => result && !known.has(name));
          expect(wanted.map((name) => files.get(name))).toEqual(wanted.map((name) => anew.files.get(name)));
          index = anew.result;
        }
      }),
      { numRuns: 50 },
    );
    expect(changes).toBeGreaterThan(100);
  });
});
