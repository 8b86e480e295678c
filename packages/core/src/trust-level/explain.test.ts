import type { Report, TrustLevel } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { ADA, testIndex } from '../../test/index-fixture.ts';
import { checkIndex } from '../rules/index.ts';
import { assembleSnapshot, type Snapshot, type SnapshotPlugin } from '../snapshot/index.ts';
import { stringifyRecord } from '../yaml/index.ts';
import { explainTrust } from './index.ts';

const NAME = '@acme/hello';
const RITA = { login: 'rita', id: 9 };
const NOW_MS = Date.parse('2026-06-01T00:00:00Z');
const PATH = `verifications/${NAME}/1.0.0.yaml`;

interface Setting {
  readonly trust?: TrustLevel;
  readonly level?: TrustLevel;
  readonly verification?: object | undefined;
  readonly reviewers?: readonly object[];
  readonly versions?: readonly string[];
}

function snapshotOf({
  trust = 'community',
  level = 'community',
  verification,
  reviewers = [RITA],
  versions = ['1.0.0'],
}: Setting) {
  const index = testIndex().scope('acme', { level }).plugin(NAME, { trust });
  for (const version of versions) index.version(NAME, version);
  const files = new Map(index.files());
  files.set('registry.yaml', stringifyRecord({ schemaVersion: 1, name: 'test', title: 'Test', reviewers }));
  const bare = assembled(files);
  const integrity = bare.plugins[0]?.versions.find(({ manifest }) => manifest.version === '1.0.0')?.dist.integrity;
  const record = {
    schemaVersion: 1,
    integrity,
    reviewer: RITA,
    reviewedAt: '2026-05-01T00:00:00Z',
    looked: { code: true, permissions: true, behaviour: true, documentation: true },
    notes: 'Nothing odd.',
  };
  if (verification !== undefined) files.set(PATH, stringifyRecord({ ...record, ...verification }));
  return { files, snapshot: assembled(files) };
}

function assembled(files: ReadonlyMap<string, string>): Snapshot {
  const result = assembleSnapshot(files);
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.snapshot;
}

function only({ plugins }: Snapshot): SnapshotPlugin {
  const [plugin] = plugins;
  if (!plugin) throw new Error('There is no plugin.');
  return plugin;
}

const CHECKS = ['archive', 'package', 'scan', 'dependencies', 'capabilities', 'secrets', 'source'] as const;
const report = (changes: Readonly<Record<string, 'fail' | 'could-not-run'>> = {}): Report =>
  ({ checks: CHECKS.map((id) => ({ id, result: changes[id] ?? 'pass', findings: [] })) }) as unknown as Report;

const earned = (setting: Setting, made: Report | undefined = report()): TrustLevel | undefined => {
  const { snapshot } = snapshotOf(setting);
  return explainTrust({ plugin: only(snapshot), snapshot, report: made, nowMs: NOW_MS }).earned;
};

describe('explainTrust', () => {
  it('gives the highest level of which everything holds', () => {
    expect(earned({})).toBe('community');
    expect(earned({ verification: {} })).toBe('verified');
    expect(earned({ verification: {}, level: 'official' })).toBe('official');
    expect(earned({}, report({ secrets: 'fail' }))).toBeUndefined();
    expect(earned({ verification: {} }, report({ source: 'could-not-run' }))).toBe('community');
  });

  it('believes nothing that nobody has looked at', () => {
    const { snapshot } = snapshotOf({ verification: {} });
    expect(explainTrust({ plugin: only(snapshot), snapshot, report: undefined, nowMs: NOW_MS }).earned).toBeUndefined();
  });

  it.each<[string, Setting]>([
    ['an author', { verification: { reviewer: ADA }, reviewers: [ADA] }],
    ['nobody that the registry names', { reviewers: [], verification: {} }],
    ['somebody who read another archive', { verification: { integrity: `sha512-${'A'.repeat(86)}==` } }],
    ['somebody more than a year ago', { verification: { reviewedAt: '2025-01-01T00:00:00Z' } }],
    ['somebody who read another major version', { verification: {}, versions: ['1.0.0', '2.0.0'] }],
  ])('does not count a review by %s', (_who, setting) => {
    expect(earned(setting)).toBe('community');
  });
});

describe('the rule of an index', () => {
  it.each<[string, Setting, readonly string[]]>([
    ['a review that counts', { trust: 'verified', level: 'verified', verification: {} }, []],
    ['verified without one', { trust: 'verified', level: 'verified' }, ['TRUST_UNEARNED']],
    [
      'one that does not count',
      { trust: 'verified', level: 'verified', verification: { reviewer: ADA } },
      ['TRUST_UNEARNED', 'VERIFICATION_INVALID'],
    ],
  ])('%s', (_what, setting, codes) => {
    const { files, snapshot } = snapshotOf(setting);
    expect(
      checkIndex({ files, snapshot })
        .map(({ code }) => code)
        .toSorted(),
    ).toEqual(codes);
  });
});
