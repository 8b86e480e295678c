import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planDistTags } from './dist-tags.ts';

describe('the first version', () => {
  it.each([
    ['1.0.0', undefined, { latest: '1.0.0' }],
    ['1.0.0', 'beta', { latest: '1.0.0', beta: '1.0.0' }],
    ['1.0.0-rc.1', undefined, { latest: '1.0.0-rc.1', rc: '1.0.0-rc.1' }],
  ])('%s, asked for as %s', (version, tag, tags) => {
    expect(planDistTags({}, { version, tag })).toEqual(tags);
  });
});

describe('a later version', () => {
  const current = { latest: '1.2.0', old: '0.9.0' };

  it('moves latest up', () => {
    expect(planDistTags(current, { version: '1.3.0' })).toEqual({ latest: '1.3.0', old: '0.9.0' });
  });

  it('of an older line leaves latest where it is', () => {
    expect(planDistTags(current, { version: '1.1.5' })).toEqual(current);
  });

  it('moves latest down where that is asked for', () => {
    expect(planDistTags(current, { version: '1.1.5', tag: 'latest' })).toEqual({ ...current, latest: '1.1.5' });
  });

  it('moves the tag that is asked for, and no other', () => {
    expect(planDistTags(current, { version: '1.3.0', tag: 'beta' })).toEqual({ ...current, beta: '1.3.0' });
  });

  it.each([
    ['2.0.0-beta.1', 'beta'],
    ['2.0.0-RC.1', 'rc'],
    ['2.0.0-0', 'next'],
    ['2.0.0-latest.1', 'next'],
  ])('that is the prerelease %s gets the tag %s', (version, tag) => {
    expect(planDistTags(current, { version })).toEqual({ ...current, [tag]: version });
  });

  it('that is the first release replaces a prerelease, also a higher one', () => {
    const tags = { latest: '2.0.0-beta.1', beta: '2.0.0-beta.1' };
    expect(planDistTags(tags, { version: '1.0.0' })).toEqual({ ...tags, latest: '1.0.0' });
  });
});

it('writes latest first and the others by name, and leaves its argument alone', () => {
  const current = Object.freeze({ next: '1.0.0', beta: '1.0.0', latest: '1.0.0' });
  expect(Object.keys(planDistTags(current, { version: '1.1.0', tag: 'alpha' }))).toEqual([
    'latest',
    'alpha',
    'beta',
    'next',
  ]);
});

it('never makes a prerelease the latest while there is a release', () => {
  const version = fc
    .tuple(fc.nat(5), fc.nat(5), fc.constantFrom('', '-beta.1', '-rc', '-3'))
    .map(([a, b, pre]) => `${a}.${b}.0${pre}`);
  fc.assert(
    fc.property(fc.array(version, { minLength: 1, maxLength: 8 }), (versions) => {
      let tags = {};
      for (const next of versions) tags = planDistTags(tags, { version: next });
      const { latest } = tags as { latest?: string };
      const releases = versions.filter((one) => !one.includes('-'));
      expect(releases.length > 0 ? latest?.includes('-') : latest).toBe(releases.length > 0 ? false : versions[0]);
    }),
  );
});
