import type { ChangesPartDocument } from '@ar-registry/schemas';
import { validator as isHead } from '@ar-registry/schemas/validators/api/changes-head';
import { validator as isPart } from '@ar-registry/schemas/validators/api/changes-part';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash } from '../../test/index-fixture.ts';
import { routes } from '../layout/index.ts';
import { splitDigests } from './format.ts';
import {
  DELTA_LIMITS,
  changeDelta,
  deltaFiles,
  digestOf,
  isInDelta,
  readDelta,
  type DeltaFile,
  type DeltaLimits,
  type DocumentDigest,
  type KnownBins,
} from './index.ts';

const SMALL: DeltaLimits = { inHead: 2, inIndex: 4, inWhole: 6 };
const ALWAYS_BINS: DeltaLimits = { inHead: -1, inIndex: -1, inWhole: 100 };

const pathOf = (at: number): string => routes.plugin(`@acme/plugin-${at}`);
const bodyOf = (text: number | string): Uint8Array => new TextEncoder().encode(`{"text":"${text}"}\n`);

/** Documents, by path: what each says. */
type Documents = ReadonlyMap<string, number>;

function digests(documents: Documents): readonly DocumentDigest[] {
  return [...documents].map(([path, text]) => ({ path, digest: digestOf(path, bodyOf(text), hash) }));
}

function some(count: number): Documents {
  return new Map(Array.from({ length: count }, (_, at) => [pathOf(at), 0]));
}

/** A host of static files. */
function served(files: readonly DeltaFile[]): Map<string, string> {
  return new Map(files.map(({ path, body }) => [path, body]));
}

/** What a client learns that asks for these documents, and what it asks for. */
async function client(files: ReadonlyMap<string, string>, paths: readonly string[], known?: KnownBins) {
  const asked: string[] = [];
  const get = (path: string): unknown => {
    asked.push(path);
    const body = files.get(path);
    return body === undefined ? undefined : JSON.parse(body);
  };
  const part = (name: string): ChangesPartDocument => get(routes.changesFile(name)) as ChangesPartDocument;
  const head = isHead(get(routes.changesHead));
  if (!head.ok) throw new Error('no head');
  const learnt = await readDelta(head.value, paths, {
    hash,
    known,
    readPart: async (name) => part(name),
    readBins: async (names) => names.map(part),
  });
  return { ...learnt, asked };
}

interface Step {
  readonly before: Documents;
  readonly after: Documents;
  readonly limits: DeltaLimits;
}

async function change(files: ReadonlyMap<string, string>, { before, after, limits }: Step) {
  const [then, now] = [digests(before), digests(after)];
  const read = async (path: string): Promise<unknown> => JSON.parse(files.get(path) ?? 'null') ?? undefined;
  return changeDelta({ removed: without(then, now), added: without(now, then) }, { read, hash, limits });
}

/** From a list into bins and back, and where they are in one file again, everything is made anew. */
function isAnew({ before, after, limits }: Step): boolean {
  const isBinned = (all: Documents): boolean => plugins(all) > limits.inIndex;
  const isWhole = (all: Documents): boolean => isBinned(all) && plugins(all) <= limits.inWhole;
  return isBinned(before) !== isBinned(after) || (isWhole(after) && !isWhole(before));
}

function without(all: readonly DocumentDigest[], others: readonly DocumentDigest[]): readonly DocumentDigest[] {
  return all.filter(({ path, digest }) => !others.some((other) => other.path === path && other.digest === digest));
}

const documents: fc.Arbitrary<Documents> = fc
  .array(
    fc.tuple(
      fc.nat({ max: 10 }).map((at) => (at < 10 ? pathOf(at) : routes.advisories)),
      fc.nat({ max: 2 }),
    ),
    {
      maxLength: 10,
    },
  )
  .map((entries) => new Map(entries));
const plugins = (all: Documents): number => all.size - (all.has(routes.advisories) ? 1 : 0);
const forms = fc.constantFrom(SMALL, ALWAYS_BINS, DELTA_LIMITS);

/** Two plugins whose digests begin alike: what a publisher looks for with a billion names, found here among fewer. */
function twins(): readonly string[] {
  const seen = new Map<string, string>();
  for (let at = 0; ; at += 1) {
    const path = pathOf(at);
    const letters = hash(new TextEncoder().encode(path)).slice(7, 12);
    const other = seen.get(letters);
    if (other !== undefined) return [other, path];
    seen.set(letters, path);
  }
}

describe('the delta', () => {
  it.each([routes.plugin('@acme/hello'), routes.advisories])('speaks of %s', (path) => {
    expect(isInDelta(path)).toBe(true);
  });

  it.each([
    routes.version('@acme/hello', '1.0.0'),
    routes.plugins,
    routes.pluginsPage(1),
    routes.config,
    routes.changesHead,
    routes.advisory('AR-2026-0001'),
  ])('does not speak of %s', (path) => {
    expect(isInDelta(path)).toBe(false);
  });

  it.each([
    [1, 1, 700],
    [64, 1, 700],
    [65, 2, 700],
    [4096, 2, 41_000],
    [4097, 2590, 95_000],
  ])('of %i documents is %i files, none above %i bytes', (count, files, bytes) => {
    const made = deltaFiles(digests(some(count)), hash);
    expect(Math.max(...made.map(({ body }) => body.length))).toBeLessThan(bytes);
    expect(made.at(-1)?.path).toBe(routes.changesHead);
    expect(made.at(-1)?.body.length).toBeLessThan(700);
    expect(made.length).toBe(files);
  });

  it('has no file that grows with the registry beyond what is one', () => {
    const limits: DeltaLimits = { ...DELTA_LIMITS, inWhole: 4999 };
    const sizes = [4999, 5000].map((count) => {
      const made = deltaFiles(digests(some(count)), hash, limits);
      return Math.max(...made.map(({ body }) => body.length));
    });
    expect(sizes).toEqual([expect.closeTo(101_000, -4), expect.closeTo(49_000, -3)]);
  });

  it('has files of its schemas, whose names are beginnings of their hashes', () => {
    fc.assert(
      fc.property(documents, forms, (all, form) => {
        const [head, ...parts] = deltaFiles(digests(all), hash, form).toReversed();
        expect(isHead(JSON.parse(head?.body ?? '')).ok).toBe(true);
        for (const { path, body } of parts) {
          expect(isPart(JSON.parse(body)).ok).toBe(true);
          const name = hash(new TextEncoder().encode(body)).slice(7, 27).replaceAll('+', '-').replaceAll('/', '_');
          expect([routes.changesFile(name), routes.changesFile(name.slice(0, 12))]).toContain(path);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is the same after a change as if it were made anew, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(documents, { minLength: 2, maxLength: 5 }), forms, async (states, form) => {
        let before = states[0] ?? new Map();
        let files = served(deltaFiles(digests(before), hash, form));
        for (const after of states.slice(1)) {
          const changed = await change(files, { before, after, limits: form });
          const anew = served(deltaFiles(digests(after), hash, form));
          for (const { path, body } of changed?.files ?? []) files.set(path, body);
          for (const path of changed?.gone ?? []) files.delete(path);
          expect(changed === undefined).toBe(isAnew({ before, after, limits: form }));
          if (!changed) files = anew;
          expect(files).toEqual(anew);
          before = after;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('says of each document whether it is that of now, and of no other that it is', async () => {
    await fc.assert(
      fc.asyncProperty(documents, documents, forms, async (kept, now, form) => {
        const files = served(deltaFiles(digests(now), hash, form));
        const { isCurrent } = await client(files, [...kept.keys()]);
        for (const [path, text] of kept) expect(isCurrent(path, bodyOf(text))).toBe(now.get(path) === text);
      }),
      { numRuns: 60 },
    );
  });

  it('takes no document for that of another plugin', async () => {
    const files = served(deltaFiles(digests(new Map([[pathOf(1), 7]])), hash));
    const { isCurrent } = await client(files, [pathOf(1), pathOf(2)]);
    expect([isCurrent(pathOf(1), bodyOf(7)), isCurrent(pathOf(2), bodyOf(7))]).toEqual([true, false]);
  });

  it('takes no document for one that another publisher made to have its digest', async () => {
    // Names may be chosen, and documents tried, until both begin as somebody else's do.
    const [victim = '', rival = ''] = twins();
    const old = digestOf(victim, bodyOf('old'), hash);
    const now = [
      { path: victim, digest: digestOf(victim, bodyOf('mended'), hash) },
      { path: rival, digest: old },
    ];
    for (const form of [DELTA_LIMITS, SMALL, ALWAYS_BINS]) {
      const { isCurrent } = await client(served(deltaFiles(now, hash, form)), [victim]);
      expect(isCurrent(victim, bodyOf('old'))).toBe(false);
    }
  });

  it('asks for the bins of those documents alone that will be asked about', async () => {
    const files = served(deltaFiles(digests(some(5000)), hash));
    const { isCurrent, asked } = await client(files, [pathOf(3), pathOf(4)]);
    expect(asked.length).toBe(4);
    expect([isCurrent(pathOf(3), bodyOf(0)), isCurrent(pathOf(3), bodyOf(1))]).toEqual([true, false]);
  });

  it.each([
    // Documents that it asks about, how many of them it knew, how many have changed since, and questions.
    { documents: 25, knew: 0, changed: 0, asks: 2 },
    { documents: 25, knew: 25, changed: 0, asks: 1 },
    { documents: 25, knew: 24, changed: 0, asks: 2 },
    { documents: 25, knew: 10, changed: 0, asks: 2 },
    { documents: 25, knew: 25, changed: 3, asks: 5 },
    { documents: 25, knew: 25, changed: 20, asks: 3 },
    { documents: 25, knew: 0, changed: 20, asks: 2 },
  ])(
    'is $asks questions about $documents documents, of which $knew are known and $changed have changed',
    async ({ documents: count, knew, changed, asks }) => {
      const paths = Array.from({ length: count }, (_, at) => pathOf(at));
      const before = some(5000);
      const first = await client(served(deltaFiles(digests(before), hash)), paths.slice(0, knew));
      const after = new Map([...before, ...paths.slice(0, changed).map((path) => [path, 1] as const)]);
      const then = served(deltaFiles(digests(after), hash));
      const { isCurrent, known, asked } = await client(then, paths, knew === 0 ? undefined : first.known);
      expect(asked.length).toBe(asks);
      expect(paths.map((path) => isCurrent(path, bodyOf(after.get(path) ?? 0)))).toEqual(paths.map(() => true));
      expect(paths.filter((path) => isCurrent(path, bodyOf(0))).length).toBe(count - changed);
      expect((await client(then, paths, known)).asked).toEqual([routes.changesHead]);
    },
  );

  it.each<[string, (files: Map<string, string>) => unknown]>([
    ['there is no head', (files) => files.delete(routes.changesHead)],
    ['the head counts nothing', (files) => files.set(routes.changesHead, '{"schemaVersion":1}')],
    ['the whole is another one', (files) => files.set([...files.keys()].at(-2) ?? '', '{"bins":"AAAAAAAA"}')],
    ['the whole is gone', (files) => files.delete([...files.keys()].at(-2) ?? '')],
  ])('has to be made anew where %s', async (_when, damage) => {
    const before = some(3);
    const files = served(deltaFiles(digests(before), hash, ALWAYS_BINS));
    damage(files);
    const after = new Map([...before, [pathOf(1), 9]]);
    expect(await change(files, { before, after, limits: ALWAYS_BINS })).toBeUndefined();
  });

  it.each<[string, (files: Map<string, string>) => unknown]>([
    ['the index is gone', (files) => files.delete([...files.keys()].at(-2) ?? '')],
    ['a bin is gone', (files) => files.forEach((body, path) => body.length < 60 && files.delete(path))],
  ])('has to be made anew where it is not in one and %s', async (_when, damage) => {
    const limits = { ...ALWAYS_BINS, inWhole: -1 };
    const before = some(3);
    const files = served(deltaFiles(digests(before), hash, limits));
    damage(files);
    const after = new Map([...before, [pathOf(1), 9]]);
    expect(await change(files, { before, after, limits })).toBeUndefined();
  });

  it('has to be made anew where a document was not in it as it was', async () => {
    const files = served(deltaFiles(digests(some(3)), hash));
    const before = new Map([...some(3), [pathOf(1), 5]]);
    expect(await change(files, { before, after: some(3), limits: DELTA_LIMITS })).toBeUndefined();
  });

  it('divides digests where each begins', () => {
    expect(splitDigests('')).toEqual([]);
    expect(splitDigests('aaaaaaaaaabbbbbbbbbb')).toEqual(['aaaaaaaaaa', 'bbbbbbbbbb']);
  });
});
