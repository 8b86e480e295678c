import type { PluginDocument } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { ADVISORY, testIndex } from '../../test/index-fixture.ts';
import { toAdvisories } from '../api/advisory-documents.ts';
import { resolveVersion } from '../resolve/index.ts';
import { advisoriesAgainst, affectedText, blockingAdvisory, withoutRevoked, type Advisory } from './index.ts';

const NAME = '@acme/audit';
const advisory = (changes: Partial<Advisory> = {}): Advisory => ({
  id: 'AR-2026-0001',
  plugin: NAME,
  affected: { ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.1.0' }] }] },
  action: 'block-load',
  reason: 'Sends tokens to a stranger.',
  modified: '2026-05-01T00:00:00Z',
  ...changes,
});

describe('advisoriesAgainst', () => {
  it('gives those that speak of the version, the gravest first', () => {
    const [warn, block] = [advisory({ action: 'warn' }), advisory({ action: 'block-install' })];
    expect(advisoriesAgainst([warn, advisory(), block], NAME, '1.0.0')).toEqual([advisory(), block, warn]);
    expect(advisoriesAgainst([warn, block], NAME, '1.1.0')).toEqual([]);
    expect(advisoriesAgainst([warn, block], '@acme/other', '1.0.0')).toEqual([]);
  });

  it('matches prereleases of the fix, and listed versions', () => {
    expect(advisoriesAgainst([advisory()], NAME, '1.1.0-rc.1')).toHaveLength(1);
    const listed = advisory({ affected: { versions: ['2.0.0'] } });
    expect(['2.0.0', '2.0.1'].map((version) => advisoriesAgainst([listed], NAME, version).length)).toEqual([1, 0]);
  });

  it('goes by what is not withdrawn', () => {
    const { advisories } = toAdvisories(
      testIndex().advisory().advisory({ id: 'AR-2026-0002', withdrawn: '2026-05-02T00:00:00Z' }).snapshot(),
    );
    expect(advisories).toEqual([advisory({ reason: ADVISORY.summary, replacement: '@acme/audit@1.1.0' })]);
  });
});

describe('blockingAdvisory', () => {
  it('is none that only warns', () => {
    expect(blockingAdvisory([advisory({ action: 'warn' })], NAME, '1.0.0')).toBeUndefined();
    expect(blockingAdvisory([advisory({ action: 'block-install' })], NAME, '1.0.0')?.action).toBe('block-install');
  });
});

describe('affectedText', () => {
  it.each<[string, Advisory['affected']]>([
    ['<1.1.0', advisory().affected],
    ['all versions', { ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] }],
    [
      '>=1.0.0 <1.0.5 || >=2.0.0 <=2.1.0 || 3.0.0',
      {
        ranges: [
          {
            type: 'SEMVER',
            events: [{ introduced: '1.0.0' }, { fixed: '1.0.5' }, { introduced: '2.0.0' }, { last_affected: '2.1.0' }],
          },
        ],
        versions: ['3.0.0'],
      },
    ],
    [
      '<=1.0.0-rc.1 || >=1.0.0 <1.1.0 || >=2.0.0',
      {
        ranges: [
          {
            type: 'SEMVER',
            events: [
              { introduced: '2.0.0' },
              { fixed: '1.1.0' },
              { introduced: '1.0.5' },
              { introduced: '1.0.0' },
              { last_affected: '1.0.0-rc.1' },
              { introduced: '0' },
            ],
          },
        ],
      },
    ],
    [
      '>=1.0.0',
      { ranges: [{ type: 'SEMVER', events: [{ fixed: '1.0.0' }, { fixed: '0.1.0' }, { introduced: '1.0.0' }] }] },
    ],
  ])('says %s', (text, affected) => {
    expect(affectedText(advisory({ affected }))).toBe(text);
  });
});

const entry = (version: string) => ({ version }) as PluginDocument['versions'][number];

describe('withoutRevoked', () => {
  const plugin = {
    name: NAME,
    distTags: { latest: '1.0.0' },
    versions: [entry('1.1.0'), entry('1.0.0')],
  } as unknown as PluginDocument;

  it('leads away from what is revoked, as from what its owner withdrew', () => {
    expect(resolveVersion(plugin, { kind: 'latest' }).version).toBe('1.0.0');
    expect(resolveVersion(withoutRevoked(plugin, [advisory()]), { kind: 'latest' }).version).toBe('1.1.0');
  });

  it('leaves a plugin as it is that nothing blocks', () => {
    expect(withoutRevoked(plugin, [advisory({ plugin: '@acme/other' }), advisory({ action: 'warn' })])).toEqual(plugin);
  });
});
