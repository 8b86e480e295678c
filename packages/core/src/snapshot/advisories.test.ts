import { describe, expect, it } from 'vitest';
import { ADVISORY, testIndex, type IndexBuilder } from '../../test/index-fixture.ts';
import { assembleSnapshot } from './index.ts';

const FILE = 'advisories/AR-2026-0001.yaml';
const sound = (): IndexBuilder => testIndex().version('@acme/audit', '1.0.0');
const [AFFECTED] = ADVISORY.affected;
const of = { ecosystem: 'AgentRelay', name: '@acme/audit' } as const;

function read(index: IndexBuilder): { readonly ids: readonly string[]; readonly codes: readonly string[] } {
  const assembled = assembleSnapshot(index.files());
  const ids = assembled.ok ? assembled.snapshot.advisories.map(({ id }) => id) : [];
  return { ids, codes: assembled.findings.map(({ code, at }) => `${code} ${at.file}`) };
}

describe('advisories of an index', () => {
  it('are read by id', () => {
    const index = sound().advisory({ id: 'AR-2026-0002' }).advisory();
    expect(read(index)).toEqual({ ids: ['AR-2026-0001', 'AR-2026-0002'], codes: [] });
  });

  it('stay where their plugin is gone: it may still be installed', () => {
    expect(read(testIndex().advisory())).toEqual({ ids: ['AR-2026-0001'], codes: [] });
  });

  it.each([
    ['another id than its file', { file: FILE, record: { id: 'AR-2026-0002' } }, 'RECORD_MISPLACED'],
    ['an id of no form', { file: 'advisories/x.yaml', record: { id: 'x' } }, 'INVALID_VALUE'],
    ['an action that there is not', { file: FILE, record: { action: 'block' } }, 'INVALID_VALUE'],
    ['a key that there is not', { file: FILE, record: { severe: true } }, 'UNKNOWN_KEY'],
    ['the mark of a draft', { file: FILE, record: { database_specific: { draft: true } } }, 'ADVISORY_DRAFT'],
    ['no versions', { file: FILE, record: { affected: [{ package: of }] } }, 'MISSING_KEY'],
    [
      'a range without a beginning',
      {
        file: FILE,
        record: { affected: [{ package: of, ranges: [{ type: 'SEMVER', events: [{ fixed: '1.0.0' }] }] }] },
      },
      'INVALID_VALUE',
    ],
    [
      'both ends that exclude each other in one range',
      {
        file: FILE,
        record: {
          affected: [
            {
              package: of,
              ranges: [
                {
                  type: 'SEMVER',
                  events: [
                    { introduced: '0' },
                    { fixed: '1.0.0' },
                    { introduced: '2.0.0' },
                    { last_affected: '2.1.0' },
                  ],
                },
              ],
            },
          ],
        },
      },
      'INVALID_VALUE',
    ],
    [
      'an end before the beginning',
      {
        file: FILE,
        record: {
          affected: [
            { package: of, ranges: [{ type: 'SEMVER', events: [{ introduced: '2.0.0' }, { fixed: '1.0.0' }] }] },
          ],
        },
      },
      'INVALID_VALUE',
    ],
    [
      'an event that is two',
      {
        file: FILE,
        record: {
          affected: [{ package: of, ranges: [{ type: 'SEMVER', events: [{ introduced: '0', fixed: '1.0.0' }] }] }],
        },
      },
      'TOO_MANY',
    ],
    [
      'an event that is no version',
      {
        file: FILE,
        record: { affected: [{ package: of, ranges: [{ type: 'SEMVER', events: [{ introduced: '1' }] }] }] },
      },
      'INVALID_VALUE',
    ],
    [
      'another ecosystem',
      { file: FILE, record: { affected: [{ ...AFFECTED, package: { ...of, ecosystem: 'npm' } }] } },
      'INVALID_VALUE',
    ],
  ])('are left out and reported with %s, and the others are not', (_title, { file, record }, code) => {
    const index = sound()
      .advisory({ id: 'AR-2026-0003' })
      .file(file, JSON.stringify({ ...ADVISORY, ...record }));
    expect(read(index)).toEqual({ ids: ['AR-2026-0003'], codes: [`${code} ${file}`] });
  });
});
