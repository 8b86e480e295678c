import { describe, expect, it } from 'vitest';
import { fileOf, goneFiles, reopened } from './page-file.ts';
import type { Known } from './plan.ts';

const known = (plugins: Readonly<Record<string, readonly string[]>>, lists: readonly string[] = []): Known => ({
  listing: [],
  plugins: Object.fromEntries(
    Object.entries(plugins).map(([name, versions]) => [
      name,
      { stamp: '', hash: '', versions, owners: [], needs: [], page: '', version: '' },
    ]),
  ),
  lists: Object.fromEntries(lists.map((path) => [path, ''])),
});

describe('files of pages', () => {
  it('are those that a static host serves for the address', () => {
    expect(['/', '/404/', '/plugins/@a/b/', '/plugins/@a/b.md'].map(fileOf)).toEqual([
      'index.html',
      '404.html',
      'plugins/@a/b/index.html',
      'plugins/@a/b.md',
    ]);
  });

  it('are gone with their plugin, version, list or page of a list', () => {
    const before = known({ '@a/b': ['1.0.0', '2.0.0'], '@a/gone': ['1.0.0'] }, ['/tags/x/', '/tags/x/2/', '/tags/y/']);
    expect(goneFiles(before, known({ '@a/b': ['2.0.0', '3.0.0'] }, ['/tags/x/']))).toEqual([
      'plugins/@a/b/v/1.0.0/index.html',
      'plugins/@a/gone/index.html',
      'plugins/@a/gone.md',
      'og/@a/gone.png',
      'plugins/@a/gone/v/1.0.0/index.html',
      'tags/x/2/index.html',
      'tags/y/index.html',
    ]);
  });

  it('are not gone where nothing is', () => {
    const same = known({ '@a/b': ['1.0.0'], '@a/constructor': [] }, ['/tags/x/']);
    expect(goneFiles(same, same)).toEqual([]);
  });

  it('are gone where only a build that was stopped knew of them', () => {
    const same = known({ '@a/b': ['1.0.0'] }, ['/tags/x/']);
    const open = [
      'tags/x/index.html',
      'tags/x/2/index.html',
      'index.html',
      'plugins/@a/b/index.html',
      'plugins/@a/b/v/1.0.0/index.html',
      'plugins/@a/b/v/2.0.0/index.html',
      'plugins/@a/new/index.html',
      'og/@a/new.png',
      'assets/site.css',
    ];
    expect(goneFiles(same, same, open)).toEqual([
      'tags/x/2/index.html',
      'plugins/@a/b/v/2.0.0/index.html',
      'plugins/@a/new/index.html',
      'og/@a/new.png',
    ]);
  });

  it('have no key where a build was stopped that was about to change them', () => {
    const before = known({ '@a/b': ['1.0.0'], '@a/c': ['1.0.0'] }, ['/tags/x/', '/tags/y/']);
    const keyed = {
      ...before,
      plugins: Object.fromEntries(
        Object.entries(before.plugins).map(([name, plugin]) => [name, { ...plugin, page: 'p', version: 'v' }]),
      ),
    };
    const after = reopened(keyed, ['plugins/@a/b/v/1.0.0/index.html', 'tags/y/index.html', 'index.html']);
    expect(Object.values(after.plugins).map(({ page, version }) => [page, version])).toEqual([
      ['', ''],
      ['p', 'v'],
    ]);
    expect(Object.keys(after.lists)).toEqual(['/tags/x/']);
  });
});
