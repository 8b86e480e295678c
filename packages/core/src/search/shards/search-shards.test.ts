import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildShardedIndex,
  buildShards,
  changeIndex,
  createSearch,
  fileNameOf,
  searchFileNames,
  searchShards,
  touchedShards,
  type ReadSearchFile,
  type SearchEntry,
  type SearchQuery,
  type SearchRoot,
  type ShardLimits,
} from '../index.ts';
import { hash } from '../../../test/index-fixture.ts';
import { PLAIN_ENTRY } from '../../../test/plain-entry.ts';
import { afterChange, asRead, countsIn, drain, reading, readingText } from '../../../test/shards-fixture.ts';
import { idOfName } from '../ids.ts';
import { NAME_LENGTH } from './format.ts';

/** So small that a registry of some hundred plugins has long lists, many shards and several directories. */
const LIMITS: ShardLimits = {
  wholeList: 12,
  headLength: 4,
  shardBytes: [1500, 2500],
  documentsInShard: 2,
  numbersInBlock: 8,
};

const WORDS = 'slack bridge react component api storage redis postgres queue stack slick black reactive sql log'.split(
  ' ',
);
const ODD = [
  '通知',
  '日本語の通知を送る',
  'größe',
  'cafe\u0301',
  'cafe',
  'サーバー',
  'บอทแชท',
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
    license: fc.constantFrom('MIT', 'MIT', '(MIT OR Apache-2.0)', '__proto__'),
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
/** One value, or several. */
function anyOf<T extends string>(...values: readonly T[]): fc.Arbitrary<T | readonly T[]> {
  const one = fc.constantFrom(...values);
  return fc.oneof(one, one, fc.uniqueArray(one, { maxLength: 3 }));
}

const query = fc.record(
  {
    text: fc.array(fc.constantFrom(...SAID), { maxLength: 4 }).map((words) => words.join(' ')),
    type: anyOf(...TYPES),
    category: anyOf('ai', 'data', 'none'),
    tag: anyOf('slack', 'machine-learning', 'api', 'none'),
    trust: anyOf('community' as const, 'verified' as const),
    license: anyOf('MIT', '(MIT OR Apache-2.0)', '__proto__'),
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

/** Two names that give one number, and some others. */
function meeting(): readonly string[] {
  const names = new Map<number, string>();
  for (let count = 0; ; count += 1) {
    const name = `@acme/plugin-${count}`;
    const other = names.get(idOfName(name));
    if (other !== undefined) return [other, name, ...[...names.values()].slice(0, 30).filter((each) => each !== other)];
    names.set(idOfName(name), name);
  }
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

  it('puts the same plugins first where some have a rank', async () => {
    const ranks = fc.array(fc.tuple(fc.nat(200), fc.nat(3)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        entries,
        ranks,
        fc.array(query, { minLength: 4, maxLength: 8 }),
        async (made, pairs, queries) => {
          const all = made.map(toEntry);
          const ranked = new Map(pairs.map(([at, rank]) => [all[at]?.name ?? '@no/plugin', rank]));
          const scan = createSearch(all);
          const { root, read } = build(all);
          for (const one of [...(queries as readonly SearchQuery[]), {}, { limit: 3, offset: 2 }]) {
            const asked = { ...one, ranks: ranked };
            expect(await searchShards(root, asked, read)).toEqual(scan.find(asked));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('counts what its answers have, or says nothing of it', async () => {
    let counted = 0;
    await fc.assert(
      fc.asyncProperty(entries, fc.array(query, { minLength: 4, maxLength: 8 }), async (made, queries) => {
        const all = made.map(toEntry);
        const scan = createSearch(all);
        const { root, read } = build(all);
        for (const one of queries as readonly SearchQuery[]) {
          const { facets } = await searchShards(root, { ...one, countsFacets: true }, read);
          if (!facets) continue;
          counted += 1;
          expect(facets).toEqual(scan.find({ ...one, countsFacets: true }).facets);
        }
      }),
      { numRuns: 30 },
    );
    expect(counted).toBeGreaterThan(30);
  });

  it('finds a plugin by its rank also where another has the number that its name gives', async () => {
    const names = meeting();
    const all = names.map((name, at) => ({ ...PLAIN_ENTRY, name, downloads: at }));
    const { root, read } = build(all);
    for (const [at, name] of names.entries()) {
      const asked = { ranks: new Map([[name, 1]]), limit: 1 };
      expect((await searchShards(root, asked, read)).plugins.map((plugin) => plugin.name)).toEqual([names[at]]);
      expect(await searchShards(root, { ...asked, type: 'bridge' }, read)).toEqual(
        createSearch(all).find({ ...asked, type: 'bridge' }),
      );
    }
  });
});

describe('a filter without words', () => {
  const all = Array.from({ length: 60 }, (_, at): SearchEntry => ({
    ...PLAIN_ENTRY,
    name: `@acme/plugin-${at}`,
    type: at % 3 === 0 ? 'widget' : 'bridge',
    license: at % 2 === 0 ? 'MIT' : 'ISC',
    downloads: at,
  }));

  it.each([
    [{ type: 'bridge' }],
    [{ type: ['bridge'], tag: [], license: [] }],
    [{ license: 'ISC' }],
    [{ tag: [], sort: 'updated' }],
  ] satisfies readonly (readonly [SearchQuery])[])(
    'is one file, as far as its list begins with the answer: %j',
    async (filters) => {
      const { root, read, asked } = build(all);
      await searchShards(root, { ...filters, limit: LIMITS.headLength }, read);
      expect(asked).toHaveLength(1);
    },
  );
});

describe('the root', () => {
  it('says how many plugins have what filters offer', () => {
    const all = Array.from({ length: 600 }, (_, at): SearchEntry => ({
      ...PLAIN_ENTRY,
      name: `@acme/plugin-${at}`,
      type: at === 7 ? 'widget' : 'bridge',
      trust: at < 2 ? 'official' : 'community',
      license: at % 2 === 0 ? 'MIT' : `LicenseRef-${at}`,
      tags: ['machine-learning', `tag-${at}`, ...(at < 60 ? [`pair-${at >> 1}`] : [])],
      ...(at === 9 ? { category: 'ai' } : {}),
    }));
    const { common } = build(all).root;
    const of = (prefix: string) => Object.entries(common).filter(([key]) => key.startsWith(prefix));
    expect(of('type:')).toEqual([
      ['type:bridge', 599],
      ['type:widget', 1],
    ]);
    expect(of('trust:')).toEqual([
      ['trust:community', 598],
      ['trust:official', 2],
    ]);
    expect(of('category:')).toEqual([['category:ai', 1]]);
    expect(common['license:MIT']).toBe(300);
    expect(of('license:')).toHaveLength(24);
    expect(of('tag:').map(([, count]) => count)).toEqual([600, ...Array.from({ length: 23 }, () => 2)]);
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

describe('a change of some plugins', () => {
  it('gives the root and the files that all plugins anew would give', async () => {
    let changes = 0;
    await fc.assert(
      fc.asyncProperty(entries, entries, fc.nat(), async (first, others, seed) => {
        const all = new Map(first.map(toEntry).map((entry) => [entry.name, entry]));
        let index = drain(buildShardedIndex([...all.values()], { hash, limits: LIMITS }));
        // Some of the others come, in place of what has their name; some of those that are there go.
        const ways = [1, 2, 2, 2, 16].map((count, at) => others.slice(at * 2, at * 2 + count).map(toEntry));
        for (const batch of ways) {
          const going = [...all.values()].filter((_, at) => (at + seed) % 41 === 0);
          const replaced = batch.flatMap(({ name }) => all.get(name) ?? []);
          const removed = [...new Set([...replaced, ...going])];
          for (const { name } of removed) all.delete(name);
          for (const entry of batch) all.set(entry.name, entry);
          const { root, moved } = index.result;
          const read = reading(index.files);
          const readText = readingText(index.files);
          const change = { removed, added: batch };
          const counts = countsIn([...all.values()]);
          const options = { hash, limits: LIMITS, root: asRead(root), read, readText, moved, counts };
          const changed = await changeIndex(change, options);
          const anew = drain(buildShardedIndex([...all.values()], { hash, limits: LIMITS }));
          changes += changed ? 1 : 0;
          // Where all has to be made anew, that is the answer.
          const made = changed ? afterChange(index.files, changed) : { root: anew.result.root, files: anew.files };
          expect(JSON.stringify(made.root)).toBe(JSON.stringify(anew.result.root));
          expect(made.files).toEqual(anew.files);
          expect(await searchFileNames(anew.result.root, reading(anew.files))).toEqual(new Set(anew.files.keys()));
          index = anew;
        }
      }),
      { numRuns: 15 },
    );
    expect(changes).toBeGreaterThan(40);
  });
});
