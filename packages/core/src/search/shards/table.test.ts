import { describe, expect, it } from 'vitest';
import { rowAt, rowWith, lookAt, toTable } from './table.ts';
import { idOfName } from '../ids.ts';
import type { SearchEntry } from '../query.ts';

const NAMES = ['@acme/one', '@acme/two', '@acme/three', '@acme/four', '@acme/five'];
const plugins = NAMES.map((name, at) => ({ id: idOfName(name), standing: 0, updated: 0, entry: entryOf(name, at) }));

function entryOf(name: string, downloads: number): SearchEntry {
  const at = '2026-01-01T00:00:00Z';
  const rest = { license: 'MIT', author: 'acme', publishedAt: at, updatedAt: at, downloads };
  return { name, version: '1.0.0', type: 'hook', description: '', tags: [], trust: 'community', ...rest };
}

describe('a table', () => {
  const table = toTable(plugins.toSorted((a, b) => a.id - b.id));

  it('has each plugin by its number, and none by another', () => {
    for (const { id, entry } of plugins) expect(rowWith(table, id)).toEqual({ id, entry });
    expect(plugins.some(({ id }) => id === 12345)).toBe(false);
    expect(rowWith(table, 12345)).toBeUndefined();
    expect(rowWith(toTable([]), 12345)).toBeUndefined();
  });

  it('has what is told of a plugin in the order of the API', () => {
    expect(Object.keys(rowAt(table, 0).entry)).toEqual(Object.keys(entryOf('', 0)).toSorted(byPlace));
  });

  it('has no plugin at a position that a registry made up', () => {
    for (const at of [NAMES.length, -1, 0.5]) {
      expect(() => lookAt(table, at)).toThrow(RangeError);
      expect(() => rowAt(table, at)).toThrow(RangeError);
    }
  });
});

const PLACES = 'name version type description tags trust license author publishedAt updatedAt downloads'.split(' ');

function byPlace(a: string, b: string): number {
  return PLACES.indexOf(a) - PLACES.indexOf(b);
}
