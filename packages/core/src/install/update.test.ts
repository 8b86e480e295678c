import type { PluginDocument, VersionDocument } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { grantAll } from '../permission/index.ts';
import {
  chooseUpdate,
  describeUpdate,
  EMPTY_LOCK,
  isOutdated,
  planUpdate,
  standingOf,
  updateTargets,
  type Candidate,
  type LockEntry,
  type ProjectState,
  type Updatable,
} from './index.ts';

const NAME = '@acme/hello';
const ADA = { login: 'ada', id: 1 };

interface Listed {
  readonly yanked?: string;
  readonly deprecated?: string;
}

function integrityFor(version: string): string {
  return `sha512-${Buffer.from(version.padEnd(64, '.')).toString('base64')}`;
}

function plugin(versions: Readonly<Record<string, Listed>>, latest?: string): PluginDocument {
  const entries = Object.entries(versions).map(([version, listed]) => ({
    version,
    integrity: integrityFor(version),
    ...listed,
  }));
  return {
    name: NAME,
    versions: entries,
    distTags: latest === undefined ? {} : { latest },
    owners: [ADA],
    trust: 'community',
    repository: { url: 'https://example.com/hello.git' },
  } as unknown as PluginDocument;
}

function lockOf(version: string): LockEntry {
  return {
    source: 'registry',
    version,
    type: 'hook',
    trust: 'community',
    url: `https://example.com/${version}`,
    registry: 'https://example.com',
    integrity: integrityFor(version),
    files: integrityFor('files'),
  };
}

const target = (range: string, version?: string): Updatable => ({
  name: NAME,
  range,
  version,
  lock: version === undefined ? undefined : lockOf(version),
});

const state = (
  range: string | undefined,
  version: string | undefined,
  rest: Partial<ProjectState['wanted']> = {},
): ProjectState => ({
  wanted: { schemaVersion: 1, plugins: range === undefined ? {} : { [NAME]: { range } }, ...rest },
  lock: version === undefined ? EMPTY_LOCK : { schemaVersion: 1, plugins: { [NAME]: lockOf(version) } },
  text: range === undefined ? '' : `schemaVersion: 1\nplugins:\n  "${NAME}": { range: "${range}" }\n`,
});

const ALL = plugin({ '2.0.0': {}, '1.1.0': {}, '1.0.0': {} }, '2.0.0');

describe('standingOf', () => {
  it.each([
    ['the highest of the range', '^1.0.0', '1.0.0', ALL, '1.1.0'],
    ['what is installed, where nothing is higher', '^1.0.0', '1.1.0', ALL, '1.1.0'],
    ['a version for what is not installed yet', '^1.0.0', undefined, ALL, '1.1.0'],
    ['a lower version, where the range was lowered', '^1.0.0', '2.0.0', ALL, '1.1.0'],
    ['what is installed, where the registry has nothing of the range', '^3.0.0', '1.0.0', ALL, '1.0.0'],
    ['nothing, where there is nothing at all', '^3.0.0', undefined, ALL, undefined],
    ['no version that was yanked', '^1.0.0', '1.0.0', plugin({ '1.1.0': { yanked: 'x' }, '1.0.0': {} }), '1.0.0'],
    [
      'a lower version in place of a yanked one',
      '^1.0.0',
      '1.1.0',
      plugin({ '1.1.0': { yanked: 'x' }, '1.0.0': {} }),
      '1.0.0',
    ],
    [
      'a yanked version that is installed, where there is no other',
      '^1.0.0',
      '1.0.0',
      plugin({ '1.0.0': { yanked: 'x' } }),
      '1.0.0',
    ],
    ['no prerelease', '^1.0.0', '1.0.0', plugin({ '1.1.0-rc.1': {}, '1.0.0': {} }), '1.0.0'],
  ] as const)('wants %s', (...[, range, version, listed, wanted]) => {
    expect(standingOf(listed, { range, version }).wanted?.version).toBe(wanted);
  });

  it('has no latest where everything was withdrawn', () => {
    expect(standingOf(plugin({ '1.0.0': { yanked: 'x' } }, '1.0.0'), { range: '*' }).latest).toBeUndefined();
  });

  it.each([
    ['^1.0.0', '1.0.0', ALL, true],
    ['1.1.0', '1.1.0', ALL, true],
    ['^2.0.0', '2.0.0', ALL, false],
    ['^2.0.0', undefined, ALL, true],
    ['^3.0.0', '3.0.0', plugin({ '3.0.0': {}, '2.0.0': {} }, '2.0.0'), false],
    ['^1.0.0', '1.0.0', plugin({ '1.0.0': { yanked: 'x' } }), true],
  ] as const)('%s with %s is outdated or not', (...[range, version, listed, outdated]) => {
    expect(isOutdated(standingOf(listed, { range, version }), version)).toBe(outdated);
  });
});

describe('chooseUpdate', () => {
  it.each([
    ['^1.0.0', '1.0.0', false, '1.1.0', '^1.0.0'],
    ['^1.0.0', '1.0.0', true, '2.0.0', '^2.0.0'],
    ['~1.1.0', '1.1.0', true, '2.0.0', '~2.0.0'],
    ['1.0.0', '1.0.0', true, '2.0.0', '2.0.0'],
    ['>=1.0.0', '1.0.0', true, '2.0.0', '>=1.0.0'],
  ] as const)('of %s at %s (latest: %s) leads to %s, wanted as %s', (...[range, version, latest, to, next]) => {
    const choice = chooseUpdate(ALL, target(range, version), { latest });
    expect([choice?.to.version, choice?.range]).toEqual([to, next]);
  });

  it.each([
    ['^2.0.0', '2.0.0', true],
    ['1.0.0', '1.0.0', false],
  ] as const)('of %s at %s (latest: %s) leads nowhere', (range, version, latest) => {
    expect(chooseUpdate(ALL, target(range, version), { latest })).toBeUndefined();
  });

  it('never goes down to a latest that lies below', () => {
    const behind = plugin({ '2.0.0-rc.1': {}, '1.0.0': {} }, '1.0.0');
    expect(chooseUpdate(behind, target('2.0.0-rc.1', '2.0.0-rc.1'), { latest: true })).toBeUndefined();
  });

  it('refuses a registry that has another archive for what is installed', () => {
    const lied = { ...target('^1.0.0', '1.0.0'), lock: { ...lockOf('1.0.0'), integrity: integrityFor('other') } };
    const choose = (): unknown => chooseUpdate(ALL, lied, { latest: false });
    expect(choose).toThrow(expect.objectContaining({ code: 'INTEGRITY_MISMATCH' }));
  });
});

describe('updateTargets', () => {
  it('tells plugins of a registry from local ones, and what is not locked', () => {
    const plugins = { [NAME]: { range: '^1.0.0' }, '@me/own': { path: './own' }, '@acme/new': { range: '*' } };
    const found = updateTargets(state('^1.0.0', '1.0.0', { plugins }), []);
    expect(found.local).toEqual(['@me/own']);
    expect(found.registry.map(({ name, version }) => [name, version])).toEqual([
      [NAME, '1.0.0'],
      ['@acme/new', undefined],
    ]);
  });

  it('tells plugins of git repositories, with what was granted to them', () => {
    const permissions = { network: ['a.com'] };
    const plugins = { [NAME]: { range: '^1.0.0' }, '@acme/git': { git: 'github:acme/git', permissions } };
    const found = updateTargets(state('^1.0.0', '1.0.0', { plugins }), []);
    expect(found).toMatchObject({ registry: [{ name: NAME }], local: [] });
    expect(found.git).toEqual([
      { name: '@acme/git', git: 'github:acme/git', lock: undefined, permissions: grantAll(permissions) },
    ]);
  });

  it('refuses what is not wanted, and suggests what was meant', () => {
    const facts = { plugin: '@acme/helo', suggestions: [NAME] };
    expect(() => updateTargets(state('^1.0.0', '1.0.0'), ['@acme/helo'])).toThrow(
      expect.objectContaining({ code: 'NOT_INSTALLED', facts }),
    );
  });
});

function document(version: string, rest: object, manifest: object = {}): VersionDocument {
  return {
    version,
    publishedBy: ADA,
    manifest: { permissions: grantAll({}), repository: { url: 'https://example.com/hello.git' }, ...manifest },
    ...rest,
  } as unknown as VersionDocument;
}

describe('describeUpdate', () => {
  const [entry] = ALL.versions;
  if (!entry) throw new Error('no version');
  const facts = { target: target('^1.0.0', '1.0.0'), choice: { to: entry, range: '^1.0.0' }, plugin: ALL };

  it('is silent about what stays', () => {
    const change = describeUpdate({
      ...facts,
      before: document('1.0.0', {}),
      after: document('2.0.0', {}),
      lock: lockOf('2.0.0'),
    });
    expect(change).toEqual({
      name: NAME,
      from: '1.0.0',
      to: '2.0.0',
      changelog: 'https://example.com/hello.git',
      repository: 'https://example.com/hello.git',
      permissions: { added: [], removed: [] },
    });
  });

  it('tells an account from another one of the same name', () => {
    const taken = document('2.0.0', { publishedBy: { login: 'ada', id: 2 } });
    const change = describeUpdate({ ...facts, before: document('1.0.0', {}), after: taken, lock: lockOf('2.0.0') });
    expect(change.publishedBy).toEqual({ from: 'ada', to: 'ada' });
  });

  const signed = (version: string, workflow: string | undefined): typeof entry => ({
    ...entry,
    version,
    ...(workflow === undefined
      ? {}
      : { provenance: { repository: 'r', commit: 'c', workflow, issuer: 'i', predicateType: 'p' } }),
  });
  const signers = (before: string | undefined, after: string | undefined): unknown =>
    describeUpdate({
      ...facts,
      choice: { to: signed('2.0.0', after), range: '^1.0.0' },
      plugin: { ...ALL, versions: [signed('2.0.0', after), signed('1.0.0', before)] },
      before: document('1.0.0', {}),
      after: document('2.0.0', {}),
      lock: lockOf('2.0.0'),
    }).signedBy;

  it('tells who signed where the installed version was signed and somebody else did, or nobody', () => {
    const [own, next] = ['acme/hello/release.yml@refs/tags/v1', 'acme/hello/release.yml@refs/tags/v2'];
    const from = 'acme/hello/release.yml';
    expect(signers(own, 'eve/hello/release.yml@refs/tags/v2')).toEqual({ from, to: 'eve/hello/release.yml' });
    expect(signers(own, undefined)).toEqual({ from, to: 'nobody' });
    expect([signers(own, next), signers(undefined, next), signers(undefined, undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('tells of everything else that changes', () => {
    const permissions = grantAll({ network: ['example.com'], childProcess: ['git'] });
    const before = document(
      '1.0.0',
      { publishedBy: { login: 'bob', id: 7 } },
      { permissions: grantAll({ workers: true }) },
    );
    const after = document(
      '2.0.0',
      {},
      { permissions, repository: { url: 'https://evil.example' }, changelog: './C.md' },
    );
    const change = describeUpdate({
      ...facts,
      choice: { to: { ...entry, deprecated: 'soon' }, range: '^2.0.0' },
      plugin: { ...ALL, trust: 'verified' },
      before,
      after,
      lock: { ...lockOf('2.0.0'), registry: 'https://other.example' } as LockEntry,
    });
    expect(change).toMatchObject({
      range: { from: '^1.0.0', to: '^2.0.0' },
      changelog: 'https://example.com/hello.git',
      publishedBy: { from: 'bob', to: 'ada' },
      owners: ['ada'],
      repositoryMoved: { to: 'https://evil.example' },
      registry: { from: 'https://example.com', to: 'https://other.example' },
      trust: { from: 'community', to: 'verified' },
      deprecated: 'soon',
    });
    expect(change.permissions.added.map(({ id }) => id)).toEqual(['network:example.com', 'childProcess:git']);
    expect(change.permissions.removed.map(({ id }) => id)).toEqual(['workers']);
  });

  it('knows nothing of a version that the registry does not have', () => {
    const unknown = { ...facts, target: { name: NAME, range: '^1.0.0' }, before: undefined };
    const change = describeUpdate({ ...unknown, after: document('2.0.0', {}), lock: lockOf('2.0.0') });
    expect(change).not.toHaveProperty('from');
    expect(change).not.toHaveProperty('publishedBy');
  });
});

describe('planUpdate', () => {
  const candidate: Candidate = {
    name: NAME,
    lock: lockOf('1.1.0'),
    wanted: { range: '^1.0.0' },
    permissions: grantAll({}),
  };
  const before = state('^1.0.0', '1.0.0');

  it('is the plan of an installation where nothing happened meanwhile', () => {
    expect(planUpdate(before, before, [candidate]).installed.map(({ version }) => version)).toEqual(['1.1.0']);
  });

  it.each([
    ['removed it', state(undefined, undefined)],
    ['moved it to another version', state('^1.0.0', '1.0.1')],
    ['wants it otherwise', state('1.0.0', '1.0.0')],
  ])('leaves it alone where somebody %s', (_what, now) => {
    const plan = planUpdate(before, now, [candidate]);
    expect([plan.installed, plan.change]).toEqual([[], undefined]);
  });
});
