import type { MirrorPolicy, NormalizedManifest } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { grantAll } from '../permission/index.ts';
import { isMirrorPath, withheldAsDocumented, withheldAsListed, type ListedVersion } from './index.ts';

const NOW_MS = Date.parse('2026-06-01T00:00:00Z');
const VERSION: ListedVersion = {
  name: '@acme/hello',
  trust: 'verified',
  publishedAt: '2026-05-01T00:00:00Z',
  revokedBy: undefined,
};
const listed = (policy: Partial<MirrorPolicy>, version: Partial<ListedVersion> = {}) =>
  withheldAsListed({ ...VERSION, ...version }, { schemaVersion: 1, ...policy }, NOW_MS) === undefined;
const documented = (policy: Partial<MirrorPolicy>, manifest: Partial<NormalizedManifest>) =>
  withheldAsDocumented({ license: 'MIT', permissions: grantAll({}), ...manifest }, { schemaVersion: 1, ...policy }) ===
  undefined;

describe('the policy of a mirror', () => {
  it.each([
    [{}, true],
    [{ allow: ['@acme/*'] }, true],
    [{ allow: ['@*/hello'] }, true],
    [{ allow: ['@acme/he*lo'] }, true],
    [{ allow: ['@acme/hello*hello'] }, false],
    [{ allow: ['@acme/hell'] }, false],
    [{ allow: [] }, false],
    [{ allow: ['@acme/*'], deny: ['@acme/hello'] }, false],
    [{ minimumTrust: 'verified' }, true],
    [{ minimumTrust: 'official' }, false],
    [{ maximumAgeDays: 31 }, true],
    [{ maximumAgeDays: 30 }, false],
    [{ minimumAgeDays: 31 }, true],
    [{ minimumAgeDays: 32 }, false],
  ] as const)('%j lets the version pass: %s', (policy, passes) => {
    expect(listed(policy as Partial<MirrorPolicy>)).toBe(passes);
  });

  it('never lets a revoked version pass, nor one of an age that is none', () => {
    expect(listed({}, { revokedBy: 'AR-2026-0001' })).toBe(false);
    expect(listed({ maximumAgeDays: 1 }, { publishedAt: 'soon' })).toBe(false);
  });

  it.each([
    ['MIT', true],
    ['MIT OR GPL-3.0-only', true],
    ['MIT AND GPL-3.0-only', false],
    ['(MIT AND Apache-2.0) OR GPL-3.0-only', true],
    ['Apache-2.0 WITH LLVM-exception', false],
    ['GPL-2.0+', false],
    ['see LICENSE', false],
    ['', false],
  ])('with MIT and Apache-2.0 lets %s pass: %s', (license, passes) => {
    expect(documented({ licenses: ['MIT', 'Apache-2.0'] }, { license })).toBe(passes);
  });

  it('reads exceptions and later versions as they are written', () => {
    expect(
      documented({ licenses: ['Apache-2.0 WITH LLVM-exception'] }, { license: 'Apache-2.0 WITH LLVM-exception' }),
    ).toBe(true);
    expect(documented({ licenses: ['GPL-2.0+'] }, { license: 'MIT AND GPL-2.0+' })).toBe(false);
  });

  it.each([
    ['network', { network: ['example.com'] }],
    ['filesystemRead', { filesystem: { read: ['./data'] } }],
    ['filesystemWrite', { filesystem: { write: ['${OUT}'] } }],
    ['env', { env: ['HOME'] }],
    ['childProcess', { childProcess: ['git'] }],
    ['nativeAddons', { nativeAddons: true }],
    ['workers', { workers: true }],
    ['codeGeneration', { codeGeneration: true }],
  ] as const)('denies %s to who asks for it, and to nobody else', (permission, permissions) => {
    expect(documented({ denyPermissions: [permission] }, { permissions: grantAll(permissions as object) })).toBe(false);
    expect(documented({ denyPermissions: [permission] }, {})).toBe(true);
  });
});

describe('a path that a registry signed for', () => {
  it.each(['config.json', 'plugins/@acme/hello.json', 'plugins/page/1.json', 'search/index.json', 'log/checkpoint'])(
    'is written where it is plain: %s',
    (path) => expect(isMirrorPath(path)).toBe(true),
  );

  it.each([
    '../outside',
    'plugins/../../outside',
    '/etc/passwd',
    'C:/windows',
    'a\\..\\b',
    '.ar-mirror.json',
    'plugins/.hidden',
    'plugins//a.json',
    'plugins/a.json/',
    'con.json',
    'plugins/NUL',
    'a\u0000b',
    'a.',
    'trust/timestamp.json',
    'plugins/@acme/hello/1.0.0.json',
    'x'.repeat(251),
    '',
  ])('is refused where it is not: %j', (path) => expect(isMirrorPath(path)).toBe(false));
});
