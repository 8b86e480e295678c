import type { OsvRecord } from '@ar-registry/schemas';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchAdvisory } from './index.ts';

type Affected = NonNullable<OsvRecord['affected']>[number];
type Range = NonNullable<Affected['ranges']>[number];
type Events = Range['events'];

const NAME = 'left';
const recordOf = (affected: Partial<Affected>, more: Partial<OsvRecord> = {}): OsvRecord => ({
  id: 'GHSA-1',
  modified: '2026-01-01T00:00:00Z',
  affected: [{ package: { ecosystem: 'npm', name: NAME }, ...affected }],
  ...more,
});
const ranged = (events: Events, type = 'SEMVER'): OsvRecord => recordOf({ ranges: [{ type, events }] });
const isAffected = (record: OsvRecord, version: string): boolean =>
  matchAdvisory(record, { name: NAME, version }) !== undefined;

const range = (introduced: string, fixed: string): Range => ({
  type: 'SEMVER',
  events: [{ introduced }, { fixed }],
});
const fixOf = (record: OsvRecord, version: string): string | undefined =>
  matchAdvisory(record, { name: NAME, version })?.fixed;
const compare = (a: string, b: string): number =>
  matchAdvisory(ranged([{ introduced: b }]), { name: NAME, version: a }) === undefined ? -1 : 1;
const from0: Events = [{ introduced: '0' }];

describe('one range', () => {
  it.each<[string, Events, readonly [affected: readonly string[], others: readonly string[]]]>([
    ['from the beginning', from0, [['0.0.0-a', '0.0.0', '99.0.0'], []]],
    [
      'until a fix, which is not affected',
      [...from0, { fixed: '1.2.0' }],
      [
        ['1.1.9', '0.0.1'],
        ['1.2.0', '2.0.0'],
      ],
    ],
    ['prereleases of the fix are before it', [...from0, { fixed: '1.2.0' }], [['1.2.0-rc.1'], ['1.2.1-rc.1']]],
    ['a fix that is a prerelease', [...from0, { fixed: '2.0.0-rc.2' }], [['2.0.0-rc.1'], ['2.0.0-rc.2', '2.0.0']]],
    ['to the last affected, which is', [...from0, { last_affected: '1.2.0' }], [['1.2.0'], ['1.2.1', '1.2.1-a']]],
    ['of one version alone', [{ introduced: '1.0.1' }, { last_affected: '1.0.1' }], [['1.0.1'], ['1.0.0', '1.0.2']]],
    [
      'with no end',
      [{ introduced: '1.0.0' }],
      [
        ['1.0.0', '5.0.0'],
        ['1.0.0-rc.1', '0.9.0'],
      ],
    ],
    [
      'with a gap',
      [{ introduced: '1.0.0' }, { fixed: '1.0.5' }, { introduced: '2.0.0' }, { fixed: '2.1.0' }],
      [
        ['1.0.0', '1.0.4', '2.0.0', '2.0.9'],
        ['0.9.9', '1.0.5', '1.9.9', '2.1.0'],
      ],
    ],
    [
      'with events in any order',
      [{ fixed: '2.1.0' }, { introduced: '2.0.0' }, { fixed: '1.0.5' }, { introduced: '1.0.0' }],
      [
        ['1.0.4', '2.0.9'],
        ['1.0.5', '1.9.9', '2.1.0'],
      ],
    ],
    [
      'introduced again by the version that fixed it',
      [...from0, { fixed: '1.0.0' }, { introduced: '1.0.0' }],
      [['1.0.0', '2.0.0'], []],
    ],
    ['up to a limit', [...from0, { limit: '1.5.0' }], [['1.4.9'], ['1.5.0', '2.0.0']]],
    ['up to the highest of limits', [...from0, { limit: '1.0.0' }, { limit: '2.0.0' }], [['1.9.9'], ['2.0.0']]],
    ['up to no limit at all', [...from0, { limit: '*' }], [['99.0.0'], []]],
    [
      'a limit does not fix what was',
      [...from0, { fixed: '1.0.0' }, { limit: '2.0.0' }],
      [['0.9.0'], ['1.5.0', '2.0.0']],
    ],
    ['of no events', [], [[], ['1.0.0']]],
    ['that was never introduced', [{ fixed: '1.0.0' }], [[], ['0.9.0', '1.0.0']]],
    ['0 is no fix', [...from0, { fixed: '0' }], [['1.0.0'], []]],
    ['what is no version is passed over', [...from0, { fixed: 'later' }, { last_affected: '' }], [['1.0.0'], []]],
    ['versions as old packages wrote them', [...from0, { fixed: 'v1.2.0' }], [['1.1.0'], ['1.2.0']]],
  ])('%s', (_title, events, [affected, others]) => {
    for (const type of ['SEMVER', 'ECOSYSTEM']) {
      expect(affected.filter((version) => !isAffected(ranged(events, type), version))).toEqual([]);
      expect(others.filter((version) => isAffected(ranged(events, type), version))).toEqual([]);
    }
  });

  it.each(['GIT', 'semver', ''])('of type “%s” speaks of no version', (type) => {
    expect(isAffected(ranged(from0, type), '1.0.0')).toBe(false);
  });
});

describe('a record', () => {
  it('affects what any of its ranges, entries or lists names', () => {
    const of = { ecosystem: 'npm', name: NAME };
    const record = recordOf(
      {},
      {
        affected: [
          { package: of, ranges: [range('1.0.0', '1.1.0'), range('3.0.0', '3.1.0')] },
          { package: of, versions: ['2.0.0'] },
          { package: { ecosystem: 'npm', name: 'right' }, versions: ['9.0.0'] },
        ],
      },
    );
    const versions = ['0.9.0', '1.0.0', '1.1.0', '2.0.0', '2.0.1', '3.0.5', '3.1.0', '9.0.0'];
    expect(versions.filter((version) => isAffected(record, version))).toEqual(['1.0.0', '2.0.0', '3.0.5']);
  });

  it('lists versions exactly, without build metadata', () => {
    const record = recordOf({ versions: ['1.0.0', '1.0.0-rc.1'] });
    expect(['1.0.0', '1.0.0+build', '1.0.0-rc.1'].every((version) => isAffected(record, version))).toBe(true);
    expect(isAffected(record, '1.0.0-rc.10')).toBe(false);
  });

  it.each([
    ['another name', { ecosystem: 'npm', name: 'Left' }],
    ['another ecosystem', { ecosystem: 'PyPI', name: NAME }],
  ])('does not speak of %s', (_title, of) => {
    expect(isAffected(recordOf({ package: of, versions: ['1.0.0'] }), '1.0.0')).toBe(false);
  });

  it('that is withdrawn speaks of nothing', () => {
    expect(isAffected({ ...ranged(from0), withdrawn: '2026-02-01T00:00:00Z' }, '1.0.0')).toBe(false);
  });

  it('without anything affected speaks of nothing', () => {
    expect(isAffected({ id: 'x', modified: '' }, '1.0.0')).toBe(false);
    expect(isAffected(recordOf({}), '1.0.0')).toBe(false);
  });
});

describe('the fix', () => {
  const lines: Events = [{ introduced: '1.0.0' }, { fixed: '1.0.5' }, { introduced: '2.0.0' }, { fixed: '2.1.0' }];

  it('is the lowest above the version', () => {
    expect(fixOf(ranged(lines), '1.0.0')).toBe('1.0.5');
    expect(fixOf(ranged(lines), '2.0.0')).toBe('2.1.0');
  });

  it('is not a version that is affected itself', () => {
    const record = recordOf({ ranges: [{ type: 'SEMVER', events: lines }], versions: ['1.0.5'] });
    expect(fixOf(record, '1.0.0')).toBe('2.1.0');
  });

  it('may be unknown', () => {
    expect(fixOf(ranged([...from0, { last_affected: '1.0.0' }]), '1.0.0')).toBeUndefined();
  });
});

describe('whatever the record holds', () => {
  const part = fc.integer({ min: 0, max: 3 });
  const version = fc
    .tuple(part, part, part, fc.constantFrom('', '-a', '-rc.1'))
    .map(([a, b, c, d]) => `${a}.${b}.${c}${d}`);

  it('is affected between an introduction and its end, in whatever order they stand', () => {
    const points = fc.uniqueArray(version, { minLength: 2, maxLength: 8 }).map((all) => all.toSorted(compare));
    fc.assert(
      fc.property(
        points,
        version,
        fc.tuple(fc.boolean(), fc.infiniteStream(fc.nat())),
        (all, asked, [inclusive, keys]) => {
          const end = (at: string): Events[number] => (inclusive ? { last_affected: at } : { fixed: at });
          const events = all.map((at, index) => (index % 2 === 0 ? { introduced: at } : end(at)));
          const index = all.findLastIndex((at) => compare(asked, at) > 0);
          const isEnd = index % 2 === 1;
          const expected = index >= 0 && (!isEnd || (inclusive && all[index] === asked));
          const shuffled = events
            .map((event) => ({ event, key: keys.next().value ?? 0 }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ event }) => event);
          expect(isAffected(ranged(shuffled), asked)).toBe(expected);
        },
      ),
    );
  });

  it('never throws, and names a fix that is not affected', () => {
    const text = fc.oneof(
      version,
      fc.string(),
      fc.constantFrom('0', '*', '1', 'v1.0.0', '1.0.0+b', `${'9'.repeat(30)}.0.0`),
    );
    const event = fc.record({ introduced: text, fixed: text, last_affected: text, limit: text }, { requiredKeys: [] });
    const anyRange = fc.record({ type: fc.constantFrom('SEMVER', 'ECOSYSTEM', 'GIT'), events: fc.array(event) });
    const entry = fc.record(
      {
        package: fc.record({
          ecosystem: fc.constantFrom('npm', 'npm:x', ''),
          name: fc.constantFrom(NAME, '__proto__'),
        }),
        ranges: fc.array(anyRange),
        versions: fc.array(text),
      },
      { requiredKeys: ['package'] },
    );
    fc.assert(
      fc.property(fc.array(entry), text, (affected, asked) => {
        const record: OsvRecord = { id: 'x', modified: '', affected };
        const fixed = matchAdvisory(record, { name: NAME, version: asked })?.fixed;
        expect(fixed !== undefined && isAffected(record, fixed)).toBe(false);
        expect(matchAdvisory({ ...record, withdrawn: '' }, { name: NAME, version: asked })).toBeUndefined();
      }),
    );
  });
});
