import type { AdvisoryRecord, OsvRecord } from '@ar-registry/schemas';
import { validator as isRecord } from '@ar-registry/schemas/validators/advisory-record';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADVISORY_ECOSYSTEM, advisoriesAgainst } from '../advisory/index.ts';
import { affectedRanges } from './affected-ranges.ts';
import { draftAdvisories, type DraftInput, type ScannedPlugin } from './index.ts';

const PLUGIN = '@acme/slack';
const TAKEN_AT = '2026-11-22T03:00:00Z';

const osv = (id: string, more: Partial<OsvRecord> = {}): OsvRecord => ({
  id,
  modified: '2026-11-21T00:00:00Z',
  summary: 'Prototype pollution',
  affected: [
    {
      package: { ecosystem: 'npm', name: 'lodash' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '4.17.21' }] }],
    },
  ],
  ...more,
});

/** Version → version of lodash; `-` for a yanked one, `?` for one that nobody knows of. */
function plugin(versions: Readonly<Record<string, string>>, name = PLUGIN): ScannedPlugin {
  return {
    name,
    versions: Object.entries(versions).map(([version, lodash]) => ({
      version,
      isYanked: lodash.startsWith('-'),
      packages: lodash === '?' ? undefined : [{ name: 'lodash', version: lodash.replace('-', '') }],
    })),
  };
}

const OLD = '4.17.20';
const NEW = '4.17.21';

const draft = (changes: Partial<DraftInput> & { readonly osv?: readonly OsvRecord[] } = {}) =>
  draftAdvisories({
    plugins: [plugin({ '1.0.0': OLD })],
    advisories: [],
    dismissed: [],
    records: new Map([['lodash', changes.osv ?? [osv('GHSA-1')]]]),
    takenAt: TAKEN_AT,
    limit: 20,
    ...changes,
  });

const drafted = (changes: Parameters<typeof draft>[0] = {}): AdvisoryRecord => {
  const [first] = draft(changes).drafts;
  if (!first) throw new Error('Nothing was drafted.');
  return first;
};
const ids = (changes: Parameters<typeof draft>[0] = {}): readonly string[] => draft(changes).drafts.map(({ id }) => id);
const known = (changes: Partial<AdvisoryRecord>): AdvisoryRecord => ({ ...drafted(), id: 'AR-2026-0007', ...changes });

describe('a draft', () => {
  it('is a valid record that warns of the versions with the dependency, by the names of the vulnerability', () => {
    const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
    const record = drafted({
      plugins: [plugin({ '1.0.0': OLD, '1.1.0': OLD, '1.2.0': NEW })],
      osv: [
        osv('GHSA-1', {
          aliases: ['CVE-2026-1'],
          severity: [{ type: 'CVSS_V3', score: vector }],
          database_specific: { severity: 'HIGH' },
        }),
      ],
    });
    expect(isRecord(record).ok).toBe(true);
    expect(record).toMatchObject({
      id: 'AR-2026-0001',
      modified: TAKEN_AT,
      action: 'warn',
      upstream: ['GHSA-1', 'CVE-2026-1'],
      severity: [{ type: 'CVSS_V3', score: vector }],
      affected: [
        {
          package: { ecosystem: ADVISORY_ECOSYSTEM, name: PLUGIN },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '1.2.0' }] }],
        },
      ],
      references: [{ type: 'ADVISORY', url: 'https://osv.dev/vulnerability/GHSA-1' }],
      database_specific: { draft: true, severity: 'HIGH', dependency: { name: 'lodash', versions: [OLD] } },
      replacement: `${PLUGIN}@1.2.0`,
    });
  });

  it('is one for a vulnerability that databases name several times', () => {
    const records = [
      osv('MAL-9', { aliases: ['CVE-2'] }),
      osv('GHSA-1', { aliases: ['CVE-1'] }),
      osv('OTHER-1', { aliases: ['CVE-2', 'CVE-1'] }),
    ];
    expect(draft({ osv: records }).drafts.map(({ upstream }) => upstream)).toEqual([
      ['GHSA-1', 'MAL-9', 'OTHER-1', 'CVE-1', 'CVE-2'],
    ]);
    expect(ids({ osv: [osv('GHSA-1'), osv('GHSA-2')] })).toEqual(['AR-2026-0001', 'AR-2026-0002']);
  });

  it('names no replacement that is yanked, a prerelease, unknown or affected', () => {
    for (const last of [{ '2.0.0': `-${NEW}` }, { '2.0.0-rc.1': NEW }, { '2.0.0': '?' }, { '2.0.0': OLD }])
      expect(drafted({ plugins: [plugin({ '1.0.0': OLD, ...last })] })).not.toHaveProperty('replacement');
  });

  it('comes after the highest number of the year, of whatever plugin', () => {
    const other = known({
      id: 'AR-2026-0041',
      affected: [{ package: { ecosystem: ADVISORY_ECOSYSTEM, name: '@x/y' }, versions: ['1.0.0'] }],
    });
    const older = known({ ...other, id: 'AR-2025-0900' });
    expect(ids({ advisories: [other, older] })).toEqual(['AR-2026-0042']);
  });

  it('is one of at most so many, the gravest first', () => {
    const records = [
      osv('GHSA-1', { database_specific: { severity: 'LOW' } }),
      osv('GHSA-2', { database_specific: { severity: 'CRITICAL' } }),
      osv('GHSA-3', { database_specific: { severity: 'MODERATE' } }),
    ];
    const { drafts, left } = draft({ osv: records, limit: 2 });
    expect(drafts.map(({ upstream }) => upstream?.[0])).toEqual(['GHSA-2', 'GHSA-3']);
    expect(left).toBe(1);
  });
});

describe('nothing is drafted', () => {
  it.each<[string, Parameters<typeof draft>[0]]>([
    ['of a dependency that is not affected', { plugins: [plugin({ '1.0.0': NEW })] }],
    ['of versions that are all yanked', { plugins: [plugin({ '1.0.0': `-${OLD}` })] }],
    ['of what nobody knows', { plugins: [plugin({ '1.0.0': '?' })] }],
    ['of a vulnerability that was withdrawn', { osv: [osv('GHSA-1', { withdrawn: TAKEN_AT })] }],
    ['a second time', { advisories: [known({})] }],
    ['where an advisory has it among its aliases', { advisories: [known({ upstream: ['X-1'], aliases: ['ghsa-1'] })] }],
    ['where one was taken back', { advisories: [known({ withdrawn: TAKEN_AT })] }],
    [
      'of versions that are blocked for anything',
      { advisories: [known({ upstream: ['X-1'], action: 'block-install' })] },
    ],
    ['of what a reviewer dismissed', { dismissed: [{ plugin: PLUGIN, vulnerability: 'ghsa-1', reason: 'Unused' }] }],
    ['of a record whose id is none', { osv: [osv('](https://evil.example)'), osv('../../x')] }],
  ])('%s', (_title, changes) => {
    expect(draft(changes)).toEqual({ drafts: [], left: 0 });
  });

  it.each<[string, Parameters<typeof draft>[0]]>([
    ['where an advisory speaks of something else', { advisories: [known({ upstream: ['X-1'] })] }],
    [
      'where a blocking one was withdrawn',
      { advisories: [known({ upstream: ['X-1'], action: 'block-load', withdrawn: TAKEN_AT })] },
    ],
    [
      'where it was dismissed for another plugin',
      { dismissed: [{ plugin: '@acme/other', vulnerability: 'GHSA-1', reason: 'Unused' }] },
    ],
    [
      'where an advisory leaves out a version',
      { plugins: [plugin({ '1.0.0': OLD, '1.1.0': OLD })], advisories: [known({})] },
    ],
  ])('but something is %s', (_title, changes) => {
    expect(ids(changes)).toHaveLength(1);
  });
});

describe('whatever others wrote', () => {
  it('is on one line in the summary, and in code in the details', () => {
    const evil = { summary: 'a\u001b[31m\n# x\u202e', aliases: ['<img>', '@everyone'] };
    const record = drafted({ osv: [osv('GHSA-1', evil)] });
    expect(record.summary).toMatch(/: a # x$/);
    expect(record.upstream).toEqual(['GHSA-1']);
  });

  it('gives valid records, in any order the same, and with them in the index none', () => {
    const version = fc.constantFrom('1.0.0', '1.1.0', '2.0.0-rc.1', '2.0.0', '10.0.0');
    const lodash = fc.constantFrom('4.17.20', '4.17.21', '?', '-4.17.20', 'v1 || `x`');
    const record = fc.record({
      id: fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('GHSA-1', 'GHSA-2', 'MAL-1')),
      summary: fc.string(),
      aliases: fc.array(fc.oneof(fc.string(), fc.constantFrom('CVE-1', 'GHSA-1'))),
      severity: fc.array(fc.record({ type: fc.constantFrom('CVSS_V3', 'X'), score: fc.string() })),
    });
    fc.assert(
      fc.property(fc.dictionary(version, lodash), fc.array(record, { maxLength: 4 }), (versions, records) => {
        const osvRecords = records.map(({ id, ...more }) => osv(id, more));
        const plugins = [plugin(versions), plugin(versions, '@acme/two')];
        const { drafts } = draft({ plugins, osv: osvRecords });
        expect(drafts.filter((each) => !isRecord(each).ok)).toEqual([]);
        expect(draft({ plugins, osv: osvRecords, advisories: drafts }).drafts).toEqual([]);
        const other = draft({ plugins: plugins.toReversed(), osv: osvRecords.toReversed() });
        expect(other.drafts.map(({ upstream }) => upstream?.[0])).toEqual(drafts.map(({ upstream }) => upstream?.[0]));
      }),
    );
  });
});

describe('affectedRanges', () => {
  it('go from each affected version to the next that is known not to be', () => {
    const state: Readonly<Record<string, boolean>> = { '1.0.0': true, '1.2.0': true, '2.0.0': false, '3.0.0': true };
    expect(affectedRanges(['3.0.0', '2.0.0', '1.2.0', '1.1.0', '1.0.0'], (version) => state[version])).toEqual({
      ranges: [
        { type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '2.0.0' }] },
        { type: 'SEMVER', events: [{ introduced: '3.0.0' }, { last_affected: '3.0.0' }] },
      ],
    });
  });

  it('say of every known version what is known, also where they are too many to be ranges', () => {
    const versions = Array.from({ length: 250 }, (_, index) => `1.${index}.0`);
    const affected = affectedRanges(versions, (version) => Number(version.split('.')[1]) % 2 === 0);
    expect(affected.ranges).toBeUndefined();
    const entry = {
      id: 'AR-2026-0001',
      plugin: PLUGIN,
      affected,
      action: 'warn',
      reason: 'x',
      modified: TAKEN_AT,
    } as const;
    const spoken = versions.filter((version) => advisoriesAgainst([entry], PLUGIN, version).length > 0);
    expect(spoken).toEqual(versions.filter((_, index) => index % 2 === 0));
  });
});
