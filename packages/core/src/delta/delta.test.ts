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
  type IsCurrent,
} from './index.ts';

const SMALL: DeltaLimits = { inHead: 2, inIndex: 4 };
const ALWAYS_BINS: DeltaLimits = { inHead: 0, inIndex: 0 };

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
async function client(files: ReadonlyMap<string, string>, paths: readonly string[]) {
  const asked: string[] = [];
  const get = (path: string): unknown => {
    asked.push(path);
    const body = files.get(path);
    return body === undefined ? undefined : JSON.parse(body);
  };
  const part = (name: string): ChangesPartDocument => get(routes.changesFile(name)) as ChangesPartDocument;
  const head = isHead(get(routes.changesHead));
  if (!head.ok) throw new Error('no head');
  const isCurrent: IsCurrent = await readDelta(head.value, paths, {
    hash,
    readIndex: async (name) => part(name),
    readBins: async (names) => names.map(part),
  });
  return { isCurrent, asked };
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

function without(all: readonly DocumentDigest[], others: readonly DocumentDigest[]): readonly DocumentDigest[] {
  return all.filter(({ path, digest }) => !others.some((other) => other.path === path && other.digest === digest));
}

const documents: fc.Arbitrary<Documents> = fc
  .array(fc.tuple(fc.nat({ max: 9 }).map(pathOf), fc.nat({ max: 2 })), { maxLength: 9 })
  .map((entries) => new Map(entries));
const forms = fc.constantFrom(SMALL, ALWAYS_BINS, DELTA_LIMITS);

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
    [1, 1],
    [64, 1],
    [65, 2],
    [4096, 2],
    [4097, 2589],
  ])('of %i documents is %i files, none above 33 KB', (count, files) => {
    const made = deltaFiles(digests(some(count)), hash);
    expect(Math.max(...made.map(({ body }) => body.length))).toBeLessThan(33_000);
    expect(made.at(-1)?.path).toBe(routes.changesHead);
    expect(made.at(-1)?.body.length).toBeLessThan(600);
    expect(made.length).toBe(files);
  });

  it('has files of its schemas, whose names are beginnings of their hashes', () => {
    fc.assert(
      fc.property(documents, forms, (all, form) => {
        const [head, ...parts] = deltaFiles(digests(all), hash, form).toReversed();
        expect(isHead(JSON.parse(head?.body ?? '')).ok).toBe(true);
        for (const { path, body } of parts) {
          expect(isPart(JSON.parse(body)).ok).toBe(true);
          const name = hash(new TextEncoder().encode(body)).slice(7, 27).replaceAll('+', '-').replaceAll('/', '_');
          expect([routes.changesFile(name), routes.changesFile(name.slice(0, 8))]).toContain(path);
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
          // From a list into bins and back, everything is made anew.
          const isBinned = [before, after].map((all) => all.size > form.inIndex);
          expect(changed === undefined).toBe(isBinned[0] !== isBinned[1]);
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

  it('asks for the bins of those documents alone that will be asked about', async () => {
    const files = served(deltaFiles(digests(some(5000)), hash));
    const { isCurrent, asked } = await client(files, [pathOf(3), pathOf(4)]);
    expect(asked.length).toBe(4);
    expect([isCurrent(pathOf(3), bodyOf(0)), isCurrent(pathOf(3), bodyOf(1))]).toEqual([true, false]);
  });

  it.each<[string, (files: Map<string, string>) => unknown]>([
    ['there is no head', (files) => files.delete(routes.changesHead)],
    ['the head counts nothing', (files) => files.set(routes.changesHead, '{"schemaVersion":1}')],
    ['the index is gone', (files) => files.delete([...files.keys()].at(-2) ?? '')],
    ['the index is another one', (files) => files.set([...files.keys()].at(-2) ?? '', '{"bins":"AAAAAAAA"}')],
    ['a bin is gone', (files) => files.forEach((body, path) => body.length < 60 && files.delete(path))],
  ])('has to be made anew where %s', async (_when, damage) => {
    const before = some(3);
    const files = served(deltaFiles(digests(before), hash, ALWAYS_BINS));
    damage(files);
    const after = new Map([...before, [pathOf(1), 9]]);
    expect(await change(files, { before, after, limits: ALWAYS_BINS })).toBeUndefined();
  });

  it('has to be made anew where a document was not in it as it was', async () => {
    const files = served(deltaFiles(digests(some(3)), hash));
    const before = new Map([...some(3), [pathOf(1), 5]]);
    expect(await change(files, { before, after: some(3), limits: DELTA_LIMITS })).toBeUndefined();
  });

  it('divides digests where each begins', () => {
    expect(splitDigests('')).toEqual([]);
    expect(splitDigests('aaaaaaaabbbbbbbb')).toEqual(['aaaaaaaa', 'bbbbbbbb']);
  });
});
