import { finding } from '@ar-registry/core/findings';
import { describe, expect, it } from 'vitest';
import { findingsAfter } from './findings-after.ts';

const BROKEN = finding('YAML_ENCODING', { file: 'plugins/@acme/broken/status.yaml' }, {});
const UNTITLED = finding('YAML_ENCODING', { file: 'scopes/acme.yaml' }, {});

function missing(name: string) {
  return finding('README_NOT_RENDERED', { file: `plugins/${name}/versions/1.0.0.yaml` }, {});
}

function lookedAt(...names: readonly string[]) {
  return { affected: { names: new Set(names), scopes: new Set<string>(), advisories: new Set<string>() } };
}

describe('what is wrong after a change', () => {
  const before = {
    advisories: new Map(),
    findings: [BROKEN, UNTITLED, missing('@acme/late')],
    unsettled: new Set(['@acme/late']),
  };

  it('stays for what nobody looked at', () => {
    const paths = new Set(['plugins/@acme/other/status.yaml']);
    const after = findingsAfter(before, { ...lookedAt('@acme/other'), paths, ofRecords: [], ofFiles: [] });
    expect(after.findings).toHaveLength(3);
    expect(after.unsettled).toEqual(new Set(['@acme/late']));
  });

  it('is mended with the file that was at fault, and so is settled', () => {
    const paths = new Set(['scopes/acme.yaml']);
    const after = findingsAfter(before, { ...lookedAt('@acme/late'), paths, ofRecords: [], ofFiles: [] });
    expect(after).toEqual({ findings: [BROKEN], unsettled: new Set() });
  });

  it('may be mended without a change of records where it is not these that are wrong', () => {
    const found = { paths: new Set<string>(), ofRecords: [BROKEN], ofFiles: [missing('@acme/new')] };
    const after = findingsAfter(before, { ...lookedAt('@acme/broken', '@acme/new'), ...found });
    expect(after.findings).toHaveLength(4);
    expect(after.unsettled).toEqual(new Set(['@acme/late', '@acme/new']));
  });

  it('tells nothing of what was read besides and not asked about', () => {
    const found = { paths: new Set<string>(), ofRecords: [missing('@acme/elsewhere')], ofFiles: [] };
    expect(findingsAfter(before, { ...lookedAt('@acme/other'), ...found }).findings).toHaveLength(3);
  });
});
