import { SAMPLE_FILES, SAMPLE_MANIFEST } from '@ar-registry/testing/archives';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { packageJsonText } from '@ar-registry/core/archive';
import { ArError } from '@ar-registry/core/errors';
import { grantAll } from '@ar-registry/core/permission';
import type { Check, CheckId, NormalizedManifest, OsvRecord } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/report';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildReport, checkContents, type ContentsInput, type ContentsPorts, type ContentsReport } from '../index.ts';
import { reportOf } from '../../test/support/sample-report.ts';

const NOW_MS = Date.parse('2026-03-10T12:00:00Z');
const INTEGRITY = `sha512-${'A'.repeat(86)}==`;

/** A sample plugin as it is packed, with some of its files in another form. */
function packed(
  changes: Readonly<Record<string, string | undefined>> = {},
  manifestChanges: Partial<Pick<NormalizedManifest, 'dependencies' | 'permissions'>> = {},
): ContentsInput {
  const manifest = { ...SAMPLE_MANIFEST, ...manifestChanges };
  const texts = {
    ...SAMPLE_FILES,
    'ar-plugin.yaml': stringifyRecord(manifest),
    'package.json': packageJsonText(manifest),
    ...changes,
  };
  const files = Object.entries(texts).flatMap(([path, text]) =>
    text === undefined ? [] : [[path, new TextEncoder().encode(text)] as const],
  );
  return { files: new Map(files), manifest };
}

interface Locked {
  readonly version: string;
  readonly name?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
  readonly cpu?: readonly string[];
}

function withLock(
  packages: Readonly<Record<string, Locked>>,
  dependencies: Readonly<Record<string, string>> = { left: '^1.0.0' },
  permissions = SAMPLE_MANIFEST.permissions,
): ContentsInput {
  const entries = Object.entries(packages).map(([place, entry]) => [place, { ...entry, integrity: INTEGRITY }]);
  const lock = { lockfileVersion: 3, packages: { '': { dependencies }, ...Object.fromEntries(entries) } };
  return packed({ 'ar-deps.lock.json': JSON.stringify(lock, undefined, 2) }, { dependencies, permissions });
}

const LEFT = { 'node_modules/left': { version: '1.2.0' } };

function advisory(id: string, name: string, more: Partial<OsvRecord> = {}): OsvRecord {
  const range = { type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.0' }] };
  const affected = [{ package: { ecosystem: 'npm', name }, ranges: [range] }];
  return { id, modified: '2026-01-01T00:00:00Z', affected, ...more };
}

function ports(
  records: readonly OsvRecord[],
  more: Partial<ContentsPorts> = {},
  takenAt = '2026-03-09T00:00:00Z',
): ContentsPorts {
  const byName = Map.groupBy(records, ({ affected }) => affected?.[0]?.package.name ?? '');
  return {
    advisories: { snapshot: async () => ({ source: 'a test', takenAt }), find: async () => byName },
    nowMs: NOW_MS,
    ...more,
  };
}

const check = ({ checks }: ContentsReport, id: CheckId): Check | undefined => checks.find((each) => each.id === id);
const codes = (report: ContentsReport, id: CheckId): readonly string[] =>
  check(report, id)?.findings.map(({ code }) => code) ?? [];

describe('a package', () => {
  it('in which all is well passes every check', async () => {
    const report = await checkContents(packed(), ports([]));
    expect(report.checks.map(({ id, result }) => `${id} ${result}`)).toEqual([
      'package pass',
      'scan pass',
      'dependencies pass',
      'secrets pass',
    ]);
    const { name, version, integrity } = reportOf({});
    const whole = buildReport({ name, version, integrity, contents: report, checks: [] });
    expect(validator(whole)).toMatchObject({ ok: true });
  });

  it('fails the check that finds an error, and no other', async () => {
    const report = await checkContents(
      packed({ 'dist/index.js': 'export default eval("1");', LICENSE: undefined }),
      ports([]),
    );
    expect(codes(report, 'package')).toEqual(['LICENSE_FILE_MISSING']);
    expect(codes(report, 'scan')).toContain('CODE_GENERATED');
    expect(report.checks.map(({ result }) => result)).toEqual(['fail', 'fail', 'pass', 'pass']);
  });

  it('without a manifest is no pass', async () => {
    for (const text of [undefined, '', 'name: [', 'name: x']) {
      const { files } = packed({ 'ar-plugin.yaml': text });
      const report = await checkContents({ files, manifest: undefined }, ports([]));
      expect(report.checks.map(({ result }) => result)).toEqual(['fail', 'could-not-run', 'could-not-run', 'pass']);
    }
  });

  it('of no file at all is no pass', async () => {
    const report = await checkContents({ files: new Map(), manifest: undefined }, ports([]));
    expect(check(report, 'package')?.result).toBe('fail');
  });

  it('tells what its code may do besides what the version before could', async () => {
    const permissions = grantAll({ network: ['api.example.com'] });
    const input = { ...packed(), previous: { version: '0.9.0', permissions: grantAll({ env: ['HOME'] }) } };
    const manifest = { ...SAMPLE_MANIFEST, permissions };
    const report = await checkContents({ ...input, manifest }, ports([]));
    expect(report.permissions.change).toEqual({
      from: '0.9.0',
      added: ['connect to api.example.com'],
      removed: ['read the environment variable HOME'],
    });
  });

  it('never throws, whatever its files hold, and its report fits the schema', async () => {
    const { name, version, integrity } = reportOf({});
    const path = fc.constantFrom(
      'ar-plugin.yaml',
      'package.json',
      'ar-deps.lock.json',
      'dist/index.js',
      '__proto__',
      'a\nb',
    );
    const lock = fc.json().map((text) => `{"lockfileVersion":3,"packages":${text}}`);
    const manifest = fc.constant(stringifyRecord({ ...SAMPLE_MANIFEST, dependencies: { left: '^1.0.0' } }));
    const text = fc.oneof(fc.string(), fc.json(), lock, manifest).map((written) => new TextEncoder().encode(written));
    const content = fc.oneof(fc.uint8Array({ maxLength: 200 }), text);
    const records = [advisory('GHSA-1', 'left')];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(path, content)), fc.boolean(), async (entries, known) => {
        const input = { files: new Map(entries), manifest: known ? SAMPLE_MANIFEST : undefined };
        const contents = await checkContents(input, ports(records));
        expect(validator(buildReport({ name, version, integrity, contents, checks: [] }))).toMatchObject({ ok: true });
      }),
    );
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(checkContents(packed(), ports([], { signal }))).rejects.toThrow('stopped');
  });

  it('names the tools, and has the same hash of rules for the same ones', async () => {
    const [one, other] = [await checkContents(packed(), ports([])), await checkContents(packed(), { nowMs: NOW_MS })];
    expect(Object.keys(one.tools)).toContain('@secretlint/secretlint-rule-preset-recommend');
    expect(one.ruleSet).toBe(other.ruleSet);
  });
});

describe('dependencies', () => {
  it('that are none need no database', async () => {
    const report = await checkContents(packed(), { nowMs: NOW_MS });
    expect(check(report, 'dependencies')).toMatchObject({ result: 'pass' });
    expect(report.dependencies).toEqual([]);
    expect(report.tools).not.toHaveProperty('osv');
  });

  it('are listed with what is known of them', async () => {
    const records = [
      advisory('GHSA-1', 'left', { summary: 'It breaks.' }),
      advisory('MAL-2', 'left'),
      advisory('GHSA-9', 'right'),
    ];
    const report = await checkContents(withLock(LEFT), ports(records));
    expect(report.dependencies).toEqual([{ name: 'left', version: '1.2.0', advisories: ['GHSA-1', 'MAL-2'] }]);
    expect(codes(report, 'dependencies')).toEqual(['DEPENDENCY_VULNERABLE', 'DEPENDENCY_MALICIOUS']);
    expect(check(report, 'dependencies')?.findings[0]).toMatchObject({ file: 'ar-deps.lock.json', line: 9, column: 5 });
    expect(check(report, 'dependencies')?.findings[0]?.remedy).toContain('1.3.0');
    expect(report.tools['osv']).toBe('2026-03-09T00:00:00Z');
  });

  it('that no record matches pass', async () => {
    const fixed = { 'node_modules/left': { version: '1.3.0' } };
    const report = await checkContents(withLock(fixed), ports([advisory('GHSA-1', 'left')]));
    expect(check(report, 'dependencies')).toMatchObject({ result: 'pass', findings: [] });
  });

  it.each<[string, Partial<ContentsPorts>, string | undefined]>([
    ['there is no database', { advisories: undefined }, undefined],
    ['it is too old', {}, '2026-03-01T00:00:00Z'],
    ['it is of the future', {}, '2026-06-01T00:00:00Z'],
    ['its date is none', {}, 'today'],
    ['less is allowed', { maxSnapshotAgeDays: 1 }, '2026-03-08T00:00:00Z'],
  ])('could not be audited where %s', async (_title, more, takenAt) => {
    const report = await checkContents(withLock(LEFT), ports([], more, takenAt));
    expect(check(report, 'dependencies')).toMatchObject({
      result: 'could-not-run',
      reason: expect.any(String) as string,
    });
  });

  it('that an old database knows to be vulnerable fail all the same', async () => {
    const report = await checkContents(withLock(LEFT), ports([advisory('GHSA-1', 'left')], {}, '2026-01-01T00:00:00Z'));
    expect(check(report, 'dependencies')?.result).toBe('fail');
  });

  it('could not be audited where the database cannot be read', async () => {
    const error = new ArError('REGISTRY_UNREACHABLE', { url: 'https://osv.example', reason: 'no route' });
    const broken = { snapshot: () => Promise.reject(error), find: () => Promise.reject(error) };
    const report = await checkContents(withLock(LEFT), ports([], { advisories: broken }));
    expect(check(report, 'dependencies')?.result).toBe('could-not-run');
    const bug = { snapshot: () => Promise.reject(new TypeError('bug')), find: () => Promise.reject(error) };
    await expect(checkContents(withLock(LEFT), ports([], { advisories: bug }))).rejects.toThrow(TypeError);
  });

  it('without a lock that fits fail here, and nowhere else', async () => {
    const missing = packed({}, { dependencies: { left: '^1.0.0' } });
    const other = withLock({ 'node_modules/left': { version: '2.0.0' } });
    const remote = withLock({ 'node_modules/left': { version: '1.2.0', resolved: 'git+ssh://git@example.com/x' } });
    for (const input of [missing, other, remote]) {
      const report = await checkContents(input, ports([]));
      expect(codes(report, 'dependencies')).toEqual(['PACKAGE_REFUSED']);
      expect(codes(report, 'package')).toEqual([]);
    }
  });

  it.each<[string, Locked, readonly string[]]>([
    ['from its own address', { version: '1.2.0', resolved: 'https://registry.example.com/left/-/left-1.2.0.tgz' }, []],
    ['from an address that says nothing', { version: '1.2.0', resolved: 'https://npm.example/download/1.tgz' }, []],
    [
      'by an alias',
      { version: '1.2.0', name: '@s/right', resolved: 'https://r.example/@s/right/-/right-1.2.0.tgz' },
      [],
    ],
    ['escaped', { version: '1.2.0', name: '@s/right', resolved: 'https://r.example/@s%2fright/-/right-1.2.0.tgz' }, []],
    [
      'as another package',
      { version: '1.2.0', resolved: 'https://r.example/evil/-/evil-1.2.0.tgz' },
      ['DEPENDENCY_DISGUISED'],
    ],
    [
      'as another version',
      { version: '1.2.0', resolved: 'https://r.example/left/-/left-0.1.0.tgz' },
      ['DEPENDENCY_DISGUISED'],
    ],
  ])('fetched %s', async (_title, locked, expected) => {
    const report = await checkContents(withLock({ 'node_modules/left': locked }), ports([]));
    expect(codes(report, 'dependencies')).toEqual(expected);
  });

  const compiled = { version: '1.0.0', optional: true, cpu: ['x64'] };
  const forMachines = {
    ...LEFT,
    'node_modules/left-arm': { ...compiled, cpu: ['arm64'] },
    'node_modules/left-x64': compiled,
  };
  const natively = { ...SAMPLE_MANIFEST.permissions, nativeAddons: true };
  const byPrograms = { ...SAMPLE_MANIFEST.permissions, childProcess: ['left'] };

  it.each<[string, Parameters<typeof withLock>, readonly string[]]>([
    [
      'wants a program to run',
      [{ 'node_modules/left': { version: '1.2.0', hasInstallScript: true } }],
      ['DEPENDENCY_INSTALL_SCRIPT'],
    ],
    [
      'wants one and is optional',
      [{ ...LEFT, 'node_modules/right': { version: '1.0.0', hasInstallScript: true, optional: true } }],
      [],
    ],
    ['is compiled', [forMachines], ['DEPENDENCY_COMPILED']],
    ['is compiled, as is declared', [forMachines, undefined, natively], []],
    ['is a program, as is declared', [forMachines, undefined, byPrograms], []],
  ])('of which one %s: an author is told, and may go on', async (_title, lock, expected) => {
    const report = await checkContents(withLock(...lock), ports([]));
    expect(codes(report, 'dependencies')).toEqual(expected);
    expect(check(report, 'dependencies')?.result).toBe('pass');
  });

  it('that are compiled for many machines are told of once, where the first is locked', async () => {
    const report = await checkContents(withLock(forMachines), ports([]));
    const [told] = check(report, 'dependencies')?.findings ?? [];
    expect(told).toMatchObject({ file: 'ar-deps.lock.json', line: 13, column: 5 });
    expect(told?.message).toContain('left-arm 1.0.0 and 1 more');
  });

  it('are audited as what they are, under whatever name they are locked', async () => {
    const disguised = { version: '1.2.0', resolved: 'https://r.example/evil/-/evil-1.2.0.tgz' };
    const aliased = { version: '1.2.0', name: 'evil' };
    for (const locked of [disguised, aliased]) {
      const report = await checkContents(withLock({ 'node_modules/left': locked }), ports([advisory('MAL-1', 'evil')]));
      expect(codes(report, 'dependencies')).toContain('DEPENDENCY_MALICIOUS');
    }
  });

  it('of a folder are audited by the lock that will be packed, if there is one', async () => {
    const folder = { ...withLock(LEFT), packageFindings: [] };
    expect(codes(await checkContents(folder, ports([advisory('GHSA-1', 'left')])), 'dependencies')).toHaveLength(1);
    const unlocked = { ...packed({}, { dependencies: { left: '^1.0.0' } }), packageFindings: [] };
    expect(check(await checkContents(unlocked, ports([])), 'dependencies')?.result).toBe('could-not-run');
    const stale = { ...withLock({ 'node_modules/left': { version: '2.0.0' } }), packageFindings: [] };
    expect(check(await checkContents(stale, ports([])), 'dependencies')?.result).toBe('could-not-run');
  });
});
