import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../test/cpu-time.ts';
import {
  compareVersions,
  descending,
  inRange,
  isPrerelease,
  isRange,
  isVersion,
  releaseOf,
  satisfies,
} from './index.ts';

const number = fc.nat({ max: 999_999_999_999_999 });
const identifier = fc.oneof(fc.nat().map(String), fc.stringMatching(/^[0-9A-Za-z-]*[A-Za-z-][0-9A-Za-z-]*$/));
const prerelease = fc.array(identifier, { minLength: 1, maxLength: 3 }).map((parts) => `-${parts.join('.')}`);
const version = fc
  .tuple(number, number, number, fc.oneof(fc.constant(''), prerelease))
  .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`)
  .filter((text) => text.length <= 64);

describe('isVersion', () => {
  it('accepts every version that SemVer allows, without build metadata', () => {
    fc.assert(
      fc.property(version, (text) => {
        expect(isVersion(text)).toBe(true);
      }),
    );
  });

  it.each([
    '',
    '1',
    '1.2',
    'v1.2.3',
    '=1.2.3',
    ' 1.2.3',
    '1.2.3\n',
    '01.2.3',
    '1.2.3-01',
    '1.2.3-',
    '1.2.3-a..b',
    '1.2.3+build',
    '1.2.x',
    '^1.2.3',
    'latest',
    '9007199254740992.0.0',
    `1.0.0-${'a'.repeat(60)}`,
  ])('refuses %j', (text) => {
    expect(isVersion(text)).toBe(false);
  });

  it('lets nothing through that cannot be compared', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,20}\.\d{1,20}\.\d{1,20}$/)), (text) => {
        const sum = isVersion(text) ? compareVersions(text, '1.0.0') + compareVersions('1.0.0', text) : 0;
        expect(sum).toBe(0);
      }),
    );
  });
});

describe('isRange', () => {
  it.each(['1.2.3', '^1', '~1.2', '>=1 <2', '1.x', '*', 'x', '1 || 2', '1.2 - 2.0'])('accepts %j', (text) => {
    expect(isRange(text)).toBe(true);
  });

  it.each(['latest', 'git+ssh://x', 'file:../x', 'npm:x@1', 'workspace:*', '^1 foo', `1 ||${' '.repeat(200)}2`])(
    'refuses %j',
    (text) => {
      expect(isRange(text)).toBe(false);
    },
  );

  it('answers at once for hostile text of the length that a schema lets through', () => {
    const started = cpuMs();
    for (const part of ['1', ' ', '-', '.', '||', 'x', '>=', '~>', '1.2.3-a.', '^~'])
      isRange(part.repeat(200).slice(0, 200));
    expect(cpuMs() - started).toBeLessThan(500);
  });
});

describe('order', () => {
  it('is that of SemVer, §11', () => {
    const sorted = ['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0', '1.0.1'];
    expect(sorted.toReversed().toSorted(compareVersions)).toEqual(sorted);
    expect(sorted.toSorted(descending)).toEqual(sorted.toReversed());
  });

  it('never throws for two versions', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
      }),
    );
  });
});

describe('satisfies', () => {
  it('takes prereleases only where the range names one of the same triple', () => {
    expect(satisfies('1.1.0-beta.1', '^1.0.0')).toBe(false);
    expect(satisfies('1.1.0-beta.2', '^1.1.0-beta.1')).toBe(true);
    expect(satisfies('1.2.0-beta.2', '^1.1.0-beta.1')).toBe(false);
  });

  it('is false for text that is no range or no version', () => {
    expect(satisfies('1.0.0', 'latest')).toBe(false);
    expect(satisfies('nonsense', '*')).toBe(false);
  });
});

describe('parts', () => {
  it('tells a prerelease from a release', () => {
    expect(isPrerelease('1.0.0-0')).toBe(true);
    expect(isPrerelease('1.0.0')).toBe(false);
  });

  it('names the release that a prerelease leads to', () => {
    expect(releaseOf('1.2.3-rc.1')).toBe('1.2.3');
    expect(releaseOf('1.2.3')).toBe('1.2.3');
  });
});

describe('inRange', () => {
  it.each([
    ['1.0.0-beta.1', '<2', true],
    ['2.0.0-beta.1', '<2', false],
    ['2.0.0-beta.1', '*', true],
    ['1.2.3', '^1', true],
    ['2.0.0', '^1', false],
  ])('of %s and %s is %s: prereleases count', (one, range, expected) => {
    expect(inRange(one, range)).toBe(expected);
  });
});
