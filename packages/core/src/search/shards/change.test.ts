import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildShardedIndex, changeIndex, type SearchEntry, type SearchRoot, type ShardLimits } from '../index.ts';
import { TOKENIZER } from '../tokenizer.ts';
import { hash } from '../../../test/index-fixture.ts';
import { afterChange, asRead, countsIn, drain, reading, readingText } from '../../../test/shards-fixture.ts';

/** So small that twenty plugins have lists on both sides of what is long, and of what one block holds. */
const LIMITS: ShardLimits = {
  wholeList: 8,
  headLength: 3,
  shardBytes: [900, 1500],
  documentsInShard: 4,
  numbersInBlock: 4,
};
const PLUGINS = 24;

/** Of one plugin: about every second one has each, so that lists become long and are long no more. */
const features = fc.record({
  said: fc.subarray(['slack', 'slick', 'machinelearning', 'learning', 'queue']),
  // Three tags that are found by one word, and one that none is found by.
  tags: fc.subarray(['machine-learning', 'machinelearning', 'machine--learning', '🚀', 'slack']),
  type: fc.constantFrom('bridge' as const, 'widget' as const),
  downloads: fc.nat({ max: 50 }),
  day: fc.integer({ min: 1, max: 9 }),
});

function toEntry(
  at: number,
  { said, day, ...rest }: typeof features extends fc.Arbitrary<infer T> ? T : never,
): SearchEntry {
  return {
    ...rest,
    name: `@acme/plugin-${at}`,
    version: '1.0.0',
    description: said.join(' '),
    trust: 'community',
    license: 'MIT',
    author: 'acme',
    publishedAt: '2026-01-01T00:00:00Z',
    updatedAt: `2026-01-0${day}T00:00:00Z`,
  };
}

function saying(at: number, description: string, tags: readonly string[] = []): SearchEntry {
  const entry = toEntry(at, { said: [], tags: [], type: 'bridge', downloads: 0, day: 1 });
  return { ...entry, description, tags: [...tags] };
}

function longKeysOf(numbers: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set(Object.keys(numbers));
}

/** What is in a list that is long. */
function kindOf(key: string): string {
  if (key.startsWith('type:')) return 'type';
  if (!key.startsWith('tag:')) return 'word';
  return key === 'tag:🚀' ? 'tag that no word finds' : 'tag';
}

describe('a list that becomes long with a change, or is long no more', () => {
  it('is made anew alone, and gives what all plugins anew would give', async () => {
    const all = fc.array(features, { minLength: PLUGINS, maxLength: PLUGINS });
    const changes = fc.array(fc.uniqueArray(fc.nat({ max: PLUGINS - 1 }), { minLength: 1, maxLength: 4 }), {
      minLength: 4,
      maxLength: 4,
    });
    const crossings = new Set<string>();
    await fc.assert(
      fc.asyncProperty(all, all, changes, async (first, second, batches) => {
        let plugins = first.map((one, at) => toEntry(at, one));
        let index = drain(buildShardedIndex(plugins, { hash, limits: LIMITS }));
        for (const batch of batches) {
          const removed = plugins.filter((_, at) => batch.includes(at));
          const added = second.flatMap((one, at) => (batch.includes(at) ? [toEntry(at, one)] : []));
          plugins = plugins.map((entry) => added.find(({ name }) => name === entry.name) ?? entry);
          const { root, moved } = index.result;
          const read = reading(index.files);
          const readText = readingText(index.files);
          const options = {
            hash,
            limits: LIMITS,
            root: asRead(root),
            read,
            readText,
            moved,
            counts: countsIn(plugins),
          };
          const changed = await changeIndex({ removed, added }, options);
          const anew = drain(buildShardedIndex(plugins, { hash, limits: LIMITS }));
          if (!changed) throw new Error('It was not made in parts.');
          expect(JSON.stringify(changed.root)).toBe(JSON.stringify(anew.result.root));
          expect(afterChange(index.files, changed).files).toEqual(anew.files);
          const then = longKeysOf((await read('long', root.long)).numbers);
          const now = longKeysOf((await reading(anew.files)('long', anew.result.root.long)).numbers);
          for (const key of now) if (!then.has(key)) crossings.add(`+ ${kindOf(key)}`);
          for (const key of then) if (!now.has(key)) crossings.add(`- ${kindOf(key)}`);
          index = anew;
        }
      }),
      { numRuns: 40 },
    );
    for (const kind of ['word', 'tag', 'tag that no word finds', 'type'])
      expect([...crossings]).toEqual(expect.arrayContaining([`+ ${kind}`, `- ${kind}`]));
  });
});

describe('a tag that goes from its last plugin while its word becomes long', () => {
  it('is not offered any more', async () => {
    const plugins = Array.from({ length: PLUGINS }, (_, at) => saying(at, at < LIMITS.wholeList ? 'queue' : 'slick'));
    plugins[0] = saying(0, '', ['queue']);
    const { files, result } = drain(buildShardedIndex(plugins, { hash, limits: LIMITS }));
    const now = plugins.with(0, saying(0, 'queue')).with(LIMITS.wholeList, saying(LIMITS.wholeList, 'queue'));
    const changed = await changeIndex(
      {
        removed: plugins.filter((entry) => !now.includes(entry)),
        added: now.filter((entry) => !plugins.includes(entry)),
      },
      {
        hash,
        limits: LIMITS,
        root: result.root,
        read: reading(files),
        readText: readingText(files),
        moved: result.moved,
        counts: countsIn(now),
      },
    );
    expect(result.root.common).toMatchObject({ 'tag:queue': 1 });
    expect(changed?.root).toEqual(drain(buildShardedIndex(now, { hash, limits: LIMITS })).result.root);
  });
});

describe('an index that was built by another version', () => {
  it('is made anew', async () => {
    const plugins = Array.from({ length: PLUGINS }, (_, at) =>
      toEntry(at, { said: ['slack'], tags: ['slack'], type: 'bridge', downloads: 0, day: 1 }),
    );
    const { files, result } = drain(buildShardedIndex(plugins, { hash, limits: LIMITS }));
    const [first] = plugins;
    if (!first) throw new Error('There are none.');
    const change = { removed: [first], added: [{ ...first, description: 'slick' }] };
    const changeWith = (root: SearchRoot) =>
      changeIndex(change, {
        hash,
        limits: LIMITS,
        root,
        read: reading(files),
        readText: readingText(files),
        moved: result.moved,
        counts: countsIn(plugins),
      });
    expect(await changeWith(result.root)).toBeDefined();
    for (const tokenizer of [TOKENIZER - 1, TOKENIZER + 1])
      expect(await changeWith({ ...result.root, tokenizer })).toBeUndefined();
  });
});
