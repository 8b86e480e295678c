import { expect, test } from 'vitest';
import { entriesOfProject, mergeEntries, readEntry } from './read-entry.ts';

test('joins entries of one plugin at the place of the first; the later one wins', () => {
  const entries = [
    '@a/one',
    '@a/two',
    { name: '@a/one', config: { x: 1 }, loadTimeoutMs: 5 },
    { name: '@a/one@^1', config: { y: 2 } },
  ].map(readEntry);
  expect(mergeEntries(entries)).toMatchObject([
    { request: { name: '@a/one', range: '^1', config: { x: 1, y: 2 }, loadTimeoutMs: 5 } },
    { request: { name: '@a/two' } },
  ]);
});

test('keeps every entry that cannot be read', () => {
  expect(mergeEntries([{}, {}, '@a/b'].map(readEntry)).map(({ kind }) => kind)).toEqual([
    'unreadable',
    'unreadable',
    'request',
  ]);
});

test('a project without a configuration file wants all its plugins, in its order', () => {
  const plugins = { '@b/b': { enabled: true, range: '^1' }, '@a/a': { enabled: false, path: './a' } };
  expect(entriesOfProject({ schemaVersion: 1, plugins })).toEqual([{ name: '@b/b', version: '^1' }, { name: '@a/a' }]);
});
