import type { PluginDocument } from '@ar-registry/schemas';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCode } from '../errors/index.ts';
import { satisfies } from '../version/index.ts';
import { describeWanted, parseWanted, resolveVersion, type VersionEntry, type Wanted } from './index.ts';

const DIGEST = `sha512-${'A'.repeat(86)}==`;

function entry(version: string, yanked?: string): VersionEntry {
  return {
    version,
    publishedAt: '2026-01-01T00:00:00Z',
    integrity: DIGEST,
    size: 1,
    unpackedSize: 1,
    fileCount: 1,
    document: DIGEST,
    ...(yanked === undefined ? {} : { yanked }),
  };
}

/** A plugin with these versions; a `!` in front marks a yanked one. */
function plugin(versions: readonly string[], distTags: Readonly<Record<string, string>> = {}): PluginDocument {
  return {
    schemaVersion: 1,
    name: '@acme/hello',
    version: '1.0.0',
    type: 'bridge',
    description: 'x',
    tags: [],
    trust: 'community',
    license: 'MIT',
    author: 'Acme',
    publishedAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    owners: [],
    repository: { type: 'git', url: 'https://example.com/x' },
    featured: false,
    aliases: [],
    distTags,
    versions: versions.map((text) => (text.startsWith('!') ? entry(text.slice(1), 'broken') : entry(text))),
  };
}

function resolve(versions: readonly string[], wanted: string, distTags: Readonly<Record<string, string>> = {}): string {
  try {
    return resolveVersion(plugin(versions, distTags), parseWanted(wanted) ?? { kind: 'latest' }).version;
  } catch (error) {
    if (hasCode(error, 'VERSION_NOT_FOUND') || hasCode(error, 'VERSION_YANKED')) return error.code;
    throw error;
  }
}

describe('parseWanted', () => {
  it.each([
    ['', { kind: 'latest' }],
    ['latest', { kind: 'latest' }],
    ['1.2.0', { kind: 'exact', version: '1.2.0' }],
    ['1.2.0-beta.1', { kind: 'exact', version: '1.2.0-beta.1' }],
    ['^1', { kind: 'range', range: '^1' }],
    ['1.x', { kind: 'range', range: '1.x' }],
    ['*', { kind: 'range', range: '*' }],
    ['x', { kind: 'range', range: 'x' }],
    ['1.2.0+build', { kind: 'range', range: '1.2.0+build' }],
    ['beta', { kind: 'tag', tag: 'beta' }],
    ['Beta!', undefined],
    ['constructor', { kind: 'tag', tag: 'constructor' }],
    ['git+ssh://x', undefined],
    ['a'.repeat(33), undefined],
    [`^1 ${' '.repeat(300)}`, undefined],
  ])('reads %j', (text, wanted) => {
    expect(parseWanted(text)).toEqual(wanted);
  });

  it('never throws, and is told back as it was typed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const wanted = parseWanted(text);
        const told = wanted && describeWanted(wanted);
        expect([undefined, text === '' ? 'latest' : text]).toContain(told);
      }),
    );
  });
});

describe('resolveVersion', () => {
  it('takes the dist-tag latest where nothing is asked for', () => {
    expect(resolve(['2.0.0', '1.0.0'], '', { latest: '1.0.0' })).toBe('1.0.0');
  });

  it('takes the highest release where latest is yanked, missing or unknown', () => {
    expect(resolve(['3.0.0-rc.1', '!2.0.0', '1.1.0', '1.0.0'], '', { latest: '2.0.0' })).toBe('1.1.0');
    expect(resolve(['2.0.0', '1.0.0'], '')).toBe('2.0.0');
    expect(resolve(['2.0.0', '1.0.0'], '', { latest: '9.0.0' })).toBe('2.0.0');
  });

  it('takes a prerelease where there is nothing else', () => {
    expect(resolve(['1.0.0-beta.2', '1.0.0-beta.1'], '')).toBe('1.0.0-beta.2');
  });

  it('takes the highest that fits a range, whatever the order of the list', () => {
    expect(resolve(['1.0.0', '1.10.0', '2.0.0', '1.9.0'], '^1')).toBe('1.10.0');
  });

  it('skips yanked versions in a range', () => {
    expect(resolve(['!1.2.0', '1.1.0'], '^1')).toBe('1.1.0');
  });

  it('takes a prerelease only for a range that names one', () => {
    expect(resolve(['1.1.0-beta.1', '1.0.0'], '^1')).toBe('1.0.0');
    expect(resolve(['1.1.0-beta.1', '1.0.0'], '^1.1.0-beta.0')).toBe('1.1.0-beta.1');
  });

  it('takes what a dist-tag names, and an exact version', () => {
    expect(resolve(['2.0.0-beta.1', '1.0.0'], 'beta', { beta: '2.0.0-beta.1' })).toBe('2.0.0-beta.1');
    expect(resolve(['2.0.0', '1.0.0'], '1.0.0')).toBe('1.0.0');
  });

  it('refuses a yanked version with its reason, also by tag', () => {
    expect(resolve(['!1.0.0'], '1.0.0')).toBe('VERSION_YANKED');
    expect(resolve(['!1.0.0'], 'beta', { beta: '1.0.0' })).toBe('VERSION_YANKED');
    expect(resolve(['!1.0.0'], '', { latest: '1.0.0' })).toBe('VERSION_YANKED');
  });

  it('hands on a reason that is short and does nothing to a terminal', () => {
    const document = { ...plugin([]), versions: [entry('1.0.0', `\u001b[2Jbroken\n${'x'.repeat(10_000)}`)] };
    const thrown = catching(() => resolveVersion(document, { kind: 'exact', version: '1.0.0' }));
    expect(hasCode(thrown, 'VERSION_YANKED') && thrown.facts.reason).toMatch(/^broken x{1,500}…$/);
  });

  it('treats an empty reason as a reason', () => {
    const document = { ...plugin([]), versions: [entry('1.0.0', '')] };
    const thrown = catching(() => resolveVersion(document, { kind: 'exact', version: '1.0.0' }));
    expect(hasCode(thrown, 'VERSION_YANKED')).toBe(true);
  });

  it.each(['9.0.0', '^9', 'beta', 'constructor'])('finds nothing for %s', (wanted) => {
    expect(resolve(['1.0.0'], wanted, { latest: '1.0.0' })).toBe('VERSION_NOT_FOUND');
  });

  it('finds nothing where all versions are yanked', () => {
    expect(resolve(['!1.0.0'], '^1')).toBe('VERSION_NOT_FOUND');
    expect(resolve([], '')).toBe('VERSION_NOT_FOUND');
  });

  it('lists what could be had instead, at most ten, highest first, none yanked', () => {
    const versions = ['!99.0.0', ...Array.from({ length: 12 }, (_, index) => `1.${index}.0`)];
    const thrown = catching(() => resolveVersion(plugin(versions), { kind: 'exact', version: '7.0.0' }));
    expect(hasCode(thrown, 'VERSION_NOT_FOUND') && thrown.facts.available).toEqual(
      Array.from({ length: 10 }, (_, index) => `1.${11 - index}.0`),
    );
  });

  it('never gives a yanked version, nor one that does not fit', () => {
    const number = fc.nat({ max: 3 });
    const version = fc
      .tuple(number, number, number, fc.constantFrom('', '', '-beta.1'))
      .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`);
    const versions = fc
      .uniqueArray(version, { maxLength: 8 })
      .chain((all) => fc.tuple(...all.map((one) => fc.constantFrom(one, `!${one}`))).map((marked) => [...marked]));
    const wish: fc.Arbitrary<Wanted> = fc.oneof(
      fc.constant({ kind: 'latest' } as const),
      version.map((text) => ({ kind: 'exact', version: text }) as const),
      version.map((text) => ({ kind: 'range', range: `^${text}` }) as const),
      fc.constantFrom('latest', 'beta').map((tag) => ({ kind: 'tag', tag }) as const),
    );
    fc.assert(
      fc.property(versions, wish, fc.record({ latest: version, beta: version }), (all, wanted, tags) => {
        const found = catching(() => resolveVersion(plugin(all, tags), wanted));
        const refused = hasCode(found, 'VERSION_NOT_FOUND') || hasCode(found, 'VERSION_YANKED');
        const chosen = found as VersionEntry;
        expect(refused || (chosen.yanked === undefined && all.includes(chosen.version))).toBe(true);
        expect(refused || wanted.kind !== 'exact' || chosen.version === wanted.version).toBe(true);
        expect(refused || wanted.kind !== 'range' || satisfies(chosen.version, wanted.range)).toBe(true);
      }),
    );
  });
});

function catching(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
