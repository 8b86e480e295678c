import type { AdvisoryRecord } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { changeOf, testIndex, type IndexBuilder } from '../../test/index-fixture.ts';
import { checkChange, checkIndex } from './index.ts';

type Affected = AdvisoryRecord['affected'][number];

const sound = (): IndexBuilder => testIndex().version('@acme/audit', '1.0.0');
const mended = (): IndexBuilder => sound().version('@acme/audit', '1.1.0');
const codes = (base: IndexBuilder, head: IndexBuilder): readonly string[] =>
  checkChange(changeOf(base, head)).map(({ code }) => code);
const inIndex = (index: IndexBuilder): readonly string[] =>
  checkIndex({ files: index.files(), snapshot: index.snapshot() }).map(({ code }) => code);

describe('a change of advisories', () => {
  it('is for a reviewer, be it an owner of the plugin who makes it', () => {
    expect(codes(sound(), sound().advisory())).toEqual(['REVIEW_REQUIRED']);
    expect(codes(sound().advisory(), sound().advisory({ action: 'warn' }))).toEqual(['REVIEW_REQUIRED']);
  });

  it('is for a reviewer where it says that a plugin is not concerned', () => {
    const dismissed = [{ plugin: '@acme/audit', vulnerability: 'GHSA-1', reason: 'Unused' }];
    const head = sound().file('dismissed.yaml', JSON.stringify({ schemaVersion: 1, dismissed }));
    expect(head.snapshot().dismissed).toEqual(dismissed);
    expect(codes(sound(), head)).toEqual(['REVIEW_REQUIRED']);
    expect(sound().file('dismissed.yaml', 'dismissed: 1\n').snapshot().dismissed).toEqual([]);
  });

  it('deletes none', () => {
    expect(codes(sound().advisory(), sound())).toEqual(['ADVISORY_DELETED', 'REVIEW_REQUIRED']);
  });

  it('is not what a change of something else is', () => {
    expect(codes(sound().advisory(), sound().advisory())).toEqual([]);
  });
});

describe('checkAdvisoryPlugins', () => {
  it('warns of a plugin that there is not', () => {
    const alone = testIndex().advisory();
    expect(inIndex(alone)).toContain('ADVISORY_PLUGIN_UNKNOWN');
  });

  it('lets through one that there is', () => {
    expect(inIndex(mended().advisory())).toEqual([]);
  });
});

describe('checkAdvisoryVersions', () => {
  it.each([
    ['a range beyond all that is published', { ranges: rangesFrom('3.0.0') }],
    ['a version that was never published', { versions: ['1.0.1'] }],
  ])('warns of %s', (_what, what) => {
    expect(inIndex(mended().advisory(affecting(what)))).toEqual(['ADVISORY_AFFECTS_NOTHING']);
  });

  it.each([
    ['that is affected itself', affecting({ ranges: rangesFrom('0') }), '@acme/audit@1.1.0'],
    ['that another advisory revokes', {}, '@acme/tool'],
    ['that was yanked', {}, '@acme/audit@1.2.0'],
    ['that there is not', {}, '@acme/audit@2.0.0'],
    ['of which the plugin is unknown', {}, '@acme/nothing'],
  ])('warns of a replacement %s', (_what, changes, replacement) => {
    const index = mended()
      .version('@acme/audit', '1.2.0')
      .status('@acme/audit', { distTags: { latest: '1.1.0' }, yanked: { '1.2.0': 'Broken' } })
      .version('@acme/tool', '1.0.0')
      .advisory({
        id: 'AR-2026-0002',
        ...affecting({ ranges: rangesFrom('0') }, '@acme/tool'),
        replacement: '@acme/audit',
      });
    expect(inIndex(index.advisory({ ...changes, replacement }))).toContain('ADVISORY_REPLACEMENT_UNFIT');
    expect(inIndex(index.advisory({ replacement: '@acme/audit@1.1.0' }))).toEqual([]);
  });

  it.each(['@acme/audit', '@acme/audit@^1', '@acme/audit@1.1.0'])('lets %s replace', (replacement) => {
    expect(inIndex(mended().advisory({ replacement }))).toEqual([]);
  });

  it('goes by nothing that was withdrawn', () => {
    const withdrawn = { withdrawn: '2026-05-02T00:00:00Z', replacement: '@acme/none' };
    const gone = { ...affecting({ ranges: rangesFrom('3.0.0') }), ...withdrawn };
    expect(inIndex(mended().advisory(gone))).toEqual([]);
  });
});

function affecting(
  what: Pick<Affected, 'ranges' | 'versions'>,
  name = '@acme/audit',
): Pick<AdvisoryRecord, 'affected'> {
  return { affected: [{ package: { ecosystem: 'AgentRelay', name }, ...what }] };
}

function rangesFrom(introduced: string): NonNullable<Affected['ranges']> {
  return [{ type: 'SEMVER', events: [{ introduced }] }];
}
