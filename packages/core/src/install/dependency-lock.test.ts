import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependencyLockProblems } from './index.ts';
import { cpuMs } from '../../test/cpu-time.ts';

const SHA512 = `sha512-${'A'.repeat(86)}==`;
const PG = { version: '8.11.3', resolved: 'https://registry.example.com/pg/-/pg-8.11.3.tgz', integrity: SHA512 };
const DEPENDENCIES = { pg: '^8.11.0' };

function lock(packages: object, root: object = { dependencies: DEPENDENCIES }): object {
  return { lockfileVersion: 3, packages: { '': root, ...packages } };
}

const problems = (packages: object): number => dependencyLockProblems(lock(packages), DEPENDENCIES).length;

describe('dependencyLockProblems', () => {
  it('finds nothing in a lock of registry packages', () => {
    const bolt = { ...PG, version: '3.17.0', resolved: 'https://registry.example.com/@slack/bolt/-/bolt-3.17.0.tgz' };
    expect(
      dependencyLockProblems(
        lock({
          'node_modules/pg': PG,
          'node_modules/@slack/bolt': bolt,
          'node_modules/@slack/bolt/node_modules/pg': { ...PG, version: '7.0.0' },
          'node_modules/JSONStream': { version: '1.3.5', integrity: SHA512, bin: { JSONStream: 'bin.js' } },
          'node_modules/a.b_c~d-e': { ...PG, version: '1.0.0+build.5', optional: true },
          'node_modules/old': { ...PG, integrity: `sha384-${'A'.repeat(64)}` },
          'node_modules/at-gitlab': {
            ...PG,
            resolved: 'https://gitlab.com/api/v4/projects/1/packages/npm/pg/-/pg-8.11.3.tgz',
          },
          'node_modules/older': { ...PG, integrity: `sha256-${'A'.repeat(43)}=` },
        }),
        DEPENDENCIES,
      ),
    ).toEqual([]);
  });

  it.each([
    null,
    undefined,
    1,
    [],
    '{}',
    {},
    { lockfileVersion: 2, packages: {} },
    { lockfileVersion: 3, packages: [] },
  ])('takes %j for no lockfile', (value) => {
    expect(dependencyLockProblems(value, DEPENDENCIES)).toHaveLength(1);
  });

  it.each([
    ['git', { ...PG, resolved: 'git+ssh://git@github.com/a/b.git#c0ffee' }],
    ['a git host over https', { ...PG, resolved: 'git+https://github.com/a/b.git#c0ffee' }],
    ['a repository at GitHub that is called as an archive', { ...PG, resolved: 'https://github.com/evil/pg.tgz' }],
    ['one at Bitbucket', { ...PG, resolved: 'https://bitbucket.org/evil/pg/-/pg-8.11.3.tgz' }],
    ['one at Bitbucket, written otherwise', { ...PG, resolved: 'https://www.BitBucket%2Eorg:443/evil/pg/-/pg.tgz' }],
    ['one at GitLab', { ...PG, resolved: 'https://gitlab.com/-/pg.tgz' }],
    ['a snippet', { ...PG, resolved: 'https://gist.github.com/evil/c0ffee/-/pg.tgz' }],
    ['one at SourceHut', { ...PG, resolved: 'https://git.sr.ht/~evil/pg/-/pg.tgz' }],
    ['a file', { ...PG, resolved: 'file:../../../evil.tgz' }],
    ['plain http', { ...PG, resolved: 'http://registry.example.com/pg/-/pg-8.11.3.tgz' }],
    ['credentials', { ...PG, resolved: 'https://user:secret@registry.example.com/pg.tgz' }],
    ['no archive', { ...PG, resolved: 'https://registry.example.com/pg' }],
    ['no host', { ...PG, resolved: 'https:///pg.tgz' }],
    ['an address that is none', { ...PG, resolved: true }],
    ['a link', { ...PG, link: true, resolved: '../../evil' }],
    ['no integrity', { version: PG.version, resolved: PG.resolved }],
    ['an empty integrity', { ...PG, integrity: '' }],
    ['an integrity without a digest', { ...PG, integrity: 'sha512-' }],
    ['an integrity that is cut', { ...PG, integrity: SHA512.slice(0, -4) }],
    ['a weak integrity', { ...PG, integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
    ['a choice of integrities', { ...PG, integrity: `${SHA512} sha512-${'B'.repeat(86)}==` }],
    ['no version', { ...PG, version: undefined }],
    ['a version that is none', { ...PG, version: 'file:../x' }],
    ['no entry', null],
    ['a list for an entry', []],
  ])('refuses a package from %s', (_what, entry) => {
    expect(problems({ 'node_modules/pg': PG, 'node_modules/other': PG })).toBe(0);
    expect(problems({ 'node_modules/pg': PG, 'node_modules/other': entry })).toBe(1);
  });

  it.each([
    '../evil',
    'node_modules/../evil',
    'node_modules/..',
    'node_modules/a/../../evil',
    '/etc/evil',
    'node_modules\\evil',
    'node_modules/',
    'node_modules/a/',
    'node_modules/.bin',
    'node_modules/.bin/evil',
    'node_modules/@a',
    'node_modules/@a/.b',
    'node_modules/a/b',
    'evil',
    'packages/evil',
    'node_modules/a\nnode_modules/b',
    'node_modules/a\u0000',
    'C:/node_modules/a',
    '__proto__',
  ])('refuses the place %j', (place) => {
    const packages = Object.fromEntries([
      ['node_modules/pg', PG],
      [place, PG],
    ]);
    expect(problems(packages)).toBe(1);
  });

  it('refuses a lock that was made for other dependencies', () => {
    const packages = { 'node_modules/pg': PG };
    const made = (root: object): number => dependencyLockProblems(lock(packages, root), DEPENDENCIES).length;
    expect(made({ dependencies: { pg: '^8.11.0' } })).toBe(0);
    expect(made({ dependencies: { pg: '^8.0.0' } })).toBe(1);
    expect(made({ dependencies: { pg: '^8.11.0', evil: '1' } })).toBe(1);
    expect(made({ dependencies: { pg: '^8.11.0', constructor: '1' } })).toBe(1);
    expect(made({ dependencies: ['pg'] })).toBe(1);
    expect(made({})).toBe(1);
  });

  it('refuses a lock that lacks a dependency, or has one that does not fit', () => {
    expect(problems({})).toBe(1);
    expect(problems({ 'node_modules/pg': { ...PG, version: '7.0.0' } })).toBe(1);
    expect(problems({ 'node_modules/pg': { ...PG, version: '8.12.0' } })).toBe(0);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.string()), (value, dependencies) => {
        expect(dependencyLockProblems(value, dependencies)).toBeInstanceOf(Array);
        expect(dependencyLockProblems({ lockfileVersion: 3, packages: value }, dependencies)).toBeInstanceOf(Array);
        expect(dependencyLockProblems(lock({ 'node_modules/pg': value }), DEPENDENCIES)).toBeInstanceOf(Array);
      }),
    );
  });

  it.each(['node_modules/', 'node_modules/a/', 'node_modules/@a/', 'a', 'node_modules', '-'])(
    'answers at once for a place of 64 KiB of %s',
    (part) => {
      const started = cpuMs();
      problems({ [`node_modules/${part.repeat(65_536 / part.length)}!`]: PG });
      problems({ [part.repeat(65_536 / part.length)]: PG });
      expect(cpuMs() - started).toBeLessThan(500);
    },
  );
});
