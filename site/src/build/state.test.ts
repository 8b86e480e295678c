import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DamagedState,
  openState,
  partOf,
  readState,
  spreadOf,
  writeState,
  type KeptState,
  type State,
} from './state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'ar-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const STATE: State = {
  template: 't',
  picks: {
    shown: {
      total: 0,
      types: [],
      trust: { official: 0, verified: 0, community: 0 },
      tags: [],
      first: [],
      newest: [],
      updated: [],
    },
    newestAt: '',
  },
  search: '',
  files: ['index.html'],
  spread: 2,
};
const parts = new Map<string, unknown>([
  ['lists/0', { '/tags/a/': 'x' }],
  ['lists/1', { '/tags/b/': 'y' }],
]);
const kept = (): KeptState => readState(folder) ?? expect.fail('no state');
const files = (): readonly string[] => readdirSync(path.join(folder, '.ar-site'));

describe('the state of a build', () => {
  it('is there for the next one, and nothing beside it', () => {
    writeState(folder, STATE, { parts, isWhole: true });
    const { part, parts: _, ...root } = kept();
    expect([root, part('lists', 0), part('lists', 1)]).toEqual([
      { version: 4, ...STATE },
      { '/tags/a/': 'x' },
      { '/tags/b/': 'y' },
    ]);
    expect(readdirSync(folder)).toEqual(['.ar-site', '.ar-site.json']);
  });

  it('is written in those parts that changed, and the old ones go', () => {
    writeState(folder, STATE, { parts, isWhole: true });
    const before = files();
    writeState(folder, STATE, { parts: [['lists/1', { '/tags/b/': 'z' }]], kept: kept(), isWhole: false });
    expect([kept().part('lists', 0), kept().part('lists', 1)]).toEqual([{ '/tags/a/': 'x' }, { '/tags/b/': 'z' }]);
    expect([files().length, files().filter((file) => before.includes(file)).length]).toEqual([2, 1]);
  });

  it('has no part that is damaged, and writes it again with everything', () => {
    writeState(folder, STATE, { parts, isWhole: true });
    for (const file of files()) writeFileSync(path.join(folder, '.ar-site', file), '{}');
    expect(() => kept().part('lists', 0)).toThrow(DamagedState);
    writeState(folder, STATE, { parts, isWhole: true });
    expect(kept().part('lists', 0)).toEqual({ '/tags/a/': 'x' });
  });

  it('reads no other file than its own parts', () => {
    writeState(folder, STATE, { parts, isWhole: true });
    const root = path.join(folder, '.ar-site.json');
    const text = readFileSync(root, 'utf8');
    writeFileSync(root, text.replace(/"lists\/0":"[^"]*"/, '"lists/0":"../.ar-site.json"'));
    expect(() => kept().part('lists', 0)).toThrow(DamagedState);
  });

  it('says what was open when a build was stopped', () => {
    writeState(folder, STATE, { parts, isWhole: true });
    openState(folder, kept(), ['tags/a/index.html']);
    expect([kept().open, kept().part('lists', 0)]).toEqual([['tags/a/index.html'], { '/tags/a/': 'x' }]);
    writeState(folder, STATE, { parts, kept: kept(), isWhole: true });
    expect(kept().open).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '{"version":2,"files":[],"known":{}}', '{"version":3,"files":[]}'])(
    'is none where %s lies, so that everything is built',
    (text) => {
      writeFileSync(path.join(folder, '.ar-site.json'), text);
      expect(readState(folder)).toBeUndefined();
    },
  );

  it('is none in a folder that is not there', () => {
    expect(readState(path.join(folder, 'none'))).toBeUndefined();
  });

  it('is spread over more parts the more plugins there are', () => {
    expect([0, 17, 400, 401, 10_000, 100_000].map(spreadOf)).toEqual([1, 1, 1, 2, 32, 256]);
    const used = new Set(Array.from({ length: 2000 }, (_, index) => partOf(`@a/plugin-${index}`, 16)));
    expect(used.size).toBe(16);
  });
});
