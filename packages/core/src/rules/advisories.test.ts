import { describe, expect, it } from 'vitest';
import { changeOf, testIndex, type IndexBuilder } from '../../test/index-fixture.ts';
import { checkChange, checkIndex } from './index.ts';

const sound = (): IndexBuilder => testIndex().version('@acme/audit', '1.0.0');
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
    expect(inIndex(testIndex().advisory())).toEqual(['ADVISORY_PLUGIN_UNKNOWN']);
  });

  it('lets through one that there is', () => {
    expect(inIndex(sound().advisory())).toEqual([]);
  });
});
