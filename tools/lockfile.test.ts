import { expect, it } from 'vitest';

const { movedPackages } = (await import(new URL('lockfile.mjs', import.meta.url).href)) as {
  movedPackages: (before: string, after: string) => readonly string[];
};

const lock = (packages: object): string => JSON.stringify({ lockfileVersion: 3, packages });
const ROOT = { '': { name: 'root' } };
const LIBRARY = { 'node_modules/library': { version: '1.0.0', integrity: 'sha512-a' } };
const BINARY = { 'node_modules/library-darwin': { version: '1.0.0', optional: true, os: ['darwin'] } };

it('takes the same packages for the same, in whatever order they are', () => {
  expect(movedPackages(lock({ ...ROOT, ...LIBRARY }), lock({ ...LIBRARY, ...ROOT }))).toEqual([]);
});

it('lets binaries of other platforms come and go', () => {
  const [without, whole] = [lock({ ...ROOT, ...LIBRARY }), lock({ ...ROOT, ...LIBRARY, ...BINARY })];
  expect(movedPackages(without, whole)).toEqual([]);
  expect(movedPackages(whole, without)).toEqual([]);
});

it.each<readonly [string, object]>([
  ['another version', { 'node_modules/library': { version: '1.0.1', integrity: 'sha512-a' } }],
  ['another archive', { 'node_modules/library': { version: '1.0.0', integrity: 'sha512-b' } }],
  ['none', {}],
  [
    'an optional one of another version',
    { ...LIBRARY, 'node_modules/library-darwin': { version: '2.0.0', optional: true } },
  ],
  ['one more', { ...LIBRARY, 'node_modules/other': { version: '1.0.0' } }],
])('names what moved: %s', (_, now) => {
  const before = lock({ ...ROOT, ...LIBRARY, ...BINARY });
  expect(movedPackages(before, lock({ ...ROOT, ...BINARY, ...now }))).toHaveLength(1);
});
