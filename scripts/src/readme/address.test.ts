import type { VersionRecord } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { placeOf, safeHref } from './address.ts';

const COMMIT = '0123456789012345678901234567890123456789';

function place(url: string, path?: string): ReturnType<typeof placeOf> {
  const source = { type: 'git' as const, url, commit: COMMIT, ...(path === undefined ? {} : { path }) };
  // Only what is read of it.
  return placeOf({ source, manifest: { repository: { type: 'git', url } } } as VersionRecord);
}

describe('where the files beside a README are looked at', () => {
  it.each([
    ['https://github.com/acme/tools', 'https://github.com/acme/tools/blob/'],
    ['https://github.com/acme/tools.git', 'https://github.com/acme/tools/blob/'],
    ['git@github.com:acme/tools.git', 'https://github.com/acme/tools/blob/'],
    ['ssh://git@gitlab.com/acme/group/tools', 'https://gitlab.com/acme/group/tools/-/blob/'],
    ['https://codeberg.org/acme/tools/', 'https://codeberg.org/acme/tools/src/commit/'],
    ['https://bitbucket.org/acme/tools', 'https://bitbucket.org/acme/tools/src/'],
  ])('is by the commit, for %s', (url, start) => {
    expect(place(url)?.folder).toBe(`${start}${COMMIT}/`);
    expect(place(url, 'packages/a b')?.folder).toBe(`${start}${COMMIT}/packages/a%20b/`);
  });

  it.each([
    'https://git.example.com/acme/tools',
    'https://github.com@evil.test/acme/tools',
    'https://constructor/acme/tools',
    'https://github.com/acme/../evil',
    'https://github.com',
    'file:///srv/index.git',
  ])('is unknown for %s', (url) => {
    expect(place(url)).toBeUndefined();
  });

  it('is unknown without a commit', () => {
    const url = 'https://github.com/acme/tools';
    expect(placeOf({ manifest: { repository: { type: 'git', url } } } as VersionRecord)).toBeUndefined();
  });

  it('leads out of no repository, whatever folder the README is said to be in', () => {
    const at = place('https://github.com/acme/tools', '../../../../evil');
    expect(safeHref('x.md', at)).toBeUndefined();
    expect(safeHref('/x.md', at)).toBe(`https://github.com/acme/tools/blob/${COMMIT}/x.md`);
  });
});
