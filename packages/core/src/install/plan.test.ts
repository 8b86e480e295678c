import { describe, expect, it } from 'vitest';
import { hasCode } from '../errors/index.ts';
import { grantAll } from '../permission/index.ts';
import {
  EMPTY_LOCK,
  formatLockfile,
  parseLockfile,
  parseProjectFile,
  permissionsToGrant,
  planInstall,
  planRemove,
  toPlanned,
  type Candidate,
  type LockEntry,
  type ProjectState,
} from './index.ts';

const DIGEST = `sha512-${'A'.repeat(86)}==`;
const EMPTY: ProjectState = { wanted: { schemaVersion: 1, plugins: {} }, lock: EMPTY_LOCK, text: '' };

function lock(version: string): LockEntry {
  return {
    source: 'registry',
    version,
    type: 'hook',
    trust: 'community',
    url: 'https://r.example/x',
    registry: 'https://r.example',
    integrity: DIGEST,
    files: DIGEST,
  };
}

function candidate(name: string, version: string, rest: Partial<Candidate> = {}): Candidate {
  return { name, lock: lock(version), wanted: { range: `^${version}` }, permissions: grantAll({}), ...rest };
}

/** The project after a plan was applied. */
function after(state: ProjectState, plan: ReturnType<typeof planInstall>): ProjectState {
  if (!plan.change) return state;
  const { projectText, lockText } = plan.change;
  return { wanted: parseProjectFile(projectText, 'p'), lock: parseLockfile(lockText, 'l'), text: projectText };
}

const install = (state: ProjectState, ...candidates: readonly Candidate[]): ProjectState =>
  after(state, planInstall(state, candidates));
const names = (list: readonly { readonly name: string }[]): readonly string[] => list.map(({ name }) => name);

describe('planInstall', () => {
  it('wants and locks what is new', () => {
    const plan = planInstall(EMPTY, [candidate('@acme/b', '1.0.0'), candidate('@acme/a', '2.0.0')]);
    expect(names(plan.installed)).toEqual(['@acme/b', '@acme/a']);
    expect([plan.unchanged, plan.removed]).toEqual([[], []]);
    const state = after(EMPTY, plan);
    expect(state.wanted.plugins).toEqual({
      '@acme/b': { range: '^1.0.0', enabled: true },
      '@acme/a': { range: '^2.0.0', enabled: true },
    });
    expect(state.lock.plugins).toEqual({ '@acme/a': lock('2.0.0'), '@acme/b': lock('1.0.0') });
  });

  it('changes nothing where all is as wanted', () => {
    const state = install(EMPTY, candidate('@acme/a', '1.0.0'));
    const plan = planInstall(state, [candidate('@acme/a', '1.0.0')]);
    expect(plan.change).toBeUndefined();
    expect([names(plan.installed), names(plan.unchanged)]).toEqual([[], ['@acme/a']]);
  });

  it('refuses another archive of a version that is locked, and takes it from another registry', () => {
    const state = install(EMPTY, candidate('@acme/a', '1.0.0'));
    const replaced = { ...lock('1.0.0'), integrity: `sha512-${'B'.repeat(86)}==` };
    expect(() => planInstall(state, [candidate('@acme/a', '1.0.0', { lock: replaced })])).toThrow(
      expect.objectContaining({
        code: 'INTEGRITY_MISMATCH',
        facts: { archive: '@acme/a@1.0.0', expected: DIGEST, actual: replaced.integrity },
      }),
    );
    for (const other of [{ registry: 'https://other.example' }, { version: '1.0.1' }]) {
      const plan = planInstall(state, [candidate('@acme/a', '1.0.0', { lock: { ...replaced, ...other } })]);
      expect(names(plan.installed)).toEqual(['@acme/a']);
    }
  });

  it('writes another wish down even where it leads to the same version', () => {
    const state = install(EMPTY, candidate('@acme/a', '1.0.0'));
    const plan = planInstall(state, [candidate('@acme/a', '1.0.0', { wanted: { range: '1.0.0' } })]);
    expect(names(plan.unchanged)).toEqual(['@acme/a']);
    expect(after(state, plan).wanted.plugins['@acme/a']?.range).toBe('1.0.0');
  });

  it('locks another version without touching the wish', () => {
    const state = install(EMPTY, candidate('@acme/a', '1.0.0', { wanted: { range: '^1' } }));
    const plan = planInstall(state, [candidate('@acme/a', '1.1.0', { wanted: { range: '^1' } })]);
    expect(plan.installed).toEqual([
      { name: '@acme/a', version: '1.1.0', integrity: DIGEST, from: 'https://r.example' },
    ]);
    expect(plan.change?.projectText).toBe(state.text);
  });

  it('keeps whether it is enabled, and its configuration', () => {
    const text =
      'schemaVersion: 1\nplugins:\n  "@acme/a":\n    range: ^0.1.0\n    enabled: false\n    config: {a: 1}\n';
    const state = { ...EMPTY, wanted: parseProjectFile(text, 'p'), text };
    const { wanted } = install(state, candidate('@acme/a', '1.0.0'));
    expect(wanted.plugins['@acme/a']).toEqual({ range: '^1.0.0', enabled: false, config: { a: 1 } });
  });

  it('keeps the other plugins, and writes down what was granted', () => {
    const state = install(EMPTY, candidate('@acme/a', '1.0.0'));
    const granted = grantAll({ network: ['a.com'] });
    const next = install(state, candidate('@acme/b', '1.0.0', { permissions: granted }));
    expect(Object.keys(next.lock.plugins)).toEqual(['@acme/a', '@acme/b']);
    expect(grantAll(next.wanted.plugins['@acme/b']?.permissions ?? {})).toEqual(granted);
  });

  it('turns a wish for versions into one for a path, and back', () => {
    const state = install(EMPTY, candidate('@acme/a', '1.0.0'));
    const local = candidate('@acme/a', '1.0.0', {
      wanted: { path: './a' },
      lock: { source: 'folder', version: '1.0.0', type: 'hook', path: './a' },
    });
    const next = install(state, local);
    expect(next.wanted.plugins['@acme/a']).toEqual({ path: './a', enabled: true });
    expect(install(next, candidate('@acme/a', '1.0.0')).wanted).toEqual(state.wanted);
  });

  it('takes an entry with its keys in another order for the same', () => {
    const state = install(EMPTY, candidate('@acme/a', '1.0.0'));
    const turned = Object.fromEntries(Object.entries(lock('1.0.0')).toReversed()) as LockEntry;
    expect(planInstall(state, [candidate('@acme/a', '1.0.0', { lock: turned })]).change).toBeUndefined();
  });
});

describe('planRemove', () => {
  const state = install(EMPTY, candidate('@acme/a', '1.0.0'), candidate('@acme/b', '1.0.0'));

  it('forgets the plugin in both files', () => {
    const plan = planRemove(state, ['@acme/a']);
    expect(plan.removed).toEqual([toPlanned('@acme/a', lock('1.0.0'))]);
    expect(names([...plan.installed, ...plan.unchanged])).toEqual([]);
    const next = after(state, plan);
    expect([Object.keys(next.wanted.plugins), Object.keys(next.lock.plugins)]).toEqual([['@acme/b'], ['@acme/b']]);
  });

  it('removes several, each once', () => {
    expect(names(planRemove(state, ['@acme/b', '@acme/a', '@acme/b']).removed)).toEqual(['@acme/a', '@acme/b']);
  });

  it('removes what is only wanted, or only locked', () => {
    const wantedOnly = { ...state, lock: EMPTY_LOCK };
    expect(names(planRemove(wantedOnly, ['@acme/a']).removed)).toEqual(['@acme/a']);
    const lockedOnly = { ...EMPTY, lock: state.lock };
    expect(planRemove(lockedOnly, ['@acme/a']).change?.lockText).toBe(
      formatLockfile({ schemaVersion: 1, plugins: { '@acme/b': lock('1.0.0') } }),
    );
  });

  it.each(['@acme/ghost', 'constructor', '__proto__'])('does not know %s', (name) => {
    const thrown = catching(() => planRemove(state, [name]));
    expect(hasCode(thrown, 'NOT_INSTALLED')).toBe(true);
  });

  it('suggests the plugin that was meant', () => {
    const thrown = catching(() => planRemove(state, ['@acme/c']));
    expect(hasCode(thrown, 'NOT_INSTALLED') && thrown.facts.suggestions).toEqual(['@acme/a', '@acme/b']);
  });
});

describe('permissionsToGrant', () => {
  const asks = candidate('@acme/a', '1.0.0', { permissions: grantAll({ network: ['a.com'], childProcess: ['git'] }) });

  it('are all for a new plugin, and none once they are granted', () => {
    expect(permissionsToGrant(EMPTY, [asks]).map(({ name, added }) => [name, added.map(({ id }) => id)])).toEqual([
      ['@acme/a', ['network:a.com', 'childProcess:git']],
    ]);
    expect(permissionsToGrant(install(EMPTY, asks), [asks])).toEqual([]);
  });

  it('are those that a new version adds', () => {
    const wider = candidate('@acme/a', '1.1.0', {
      permissions: grantAll({ network: ['a.com', 'b.com'], childProcess: ['git'] }),
    });
    expect(permissionsToGrant(install(EMPTY, asks), [wider])[0]?.added.map(({ id }) => id)).toEqual(['network:b.com']);
  });
});

function idsAsked(state: ProjectState, now: Candidate): readonly string[] {
  return permissionsToGrant(state, [now]).flatMap(({ added }) => added.map(({ id }) => id));
}

function listening(...listen: readonly string[]): Candidate {
  return candidate('@acme/a', '1.0.0', { permissions: grantAll({ listen: [...listen] }) });
}

describe('what a widget is told of', () => {
  const widget = candidate('@acme/a', '1.0.0', { observes: ['messages'] });
  it('is said when it is installed, and not again', () => {
    expect(idsAsked(EMPTY, widget)).toEqual(['observes:messages']);
    expect(idsAsked(install(EMPTY, widget), candidate('@acme/a', '1.1.0', { observes: ['messages'] }))).toEqual([]);
  });

  it('is said again of another work under its name', () => {
    const other = { ...widget, wanted: { path: './a' } };
    expect(idsAsked(install(EMPTY, widget), other)).toEqual(['observes:messages']);
  });
});

describe('a place to listen', () => {
  it('that is wider than the granted one is asked for', () => {
    const before = install(EMPTY, listening('127.0.0.1:80', '${PORT}'));
    expect(permissionsToGrant(before, [listening('${PORT}')])).toEqual([]);
    expect(permissionsToGrant(before, [listening('0.0.0.0:80')])).toMatchObject([
      { added: [{ id: 'listen:0.0.0.0:80', grave: true }] },
    ]);
  });
});

describe('permissionsToGrant to another origin', () => {
  const permissions = grantAll({ network: ['a.com'] });
  const from = (wanted: Candidate['wanted']): Candidate => candidate('@acme/a', '1.0.0', { permissions, wanted });
  const asked = (before: Candidate['wanted'], now: Candidate['wanted']): number =>
    permissionsToGrant(install(EMPTY, from(before)), [from(now)]).length;

  it.each([
    [{ range: '^1.0.0' }, { range: '^2.0.0' }],
    [{ git: 'github:acme/a' }, { git: 'github:acme/a#next' }],
    [{ path: './a' }, { path: './a' }],
  ])('are none from %j to %j', (before, now) => {
    expect(asked(before, now)).toBe(0);
  });

  it.each([
    [{ range: '^1.0.0' }, { git: 'github:evil/a' }],
    [{ git: 'github:acme/a' }, { git: 'github:evil/a' }],
    [{ git: 'github:acme/a' }, { range: '^1.0.0' }],
    [{ range: '^1.0.0' }, { path: './a.tgz' }],
    [{ path: './a' }, { path: './b' }],
  ])('are all from %j to %j', (before, now) => {
    expect(asked(before, now)).toBe(1);
  });
});

describe('toPlanned', () => {
  it('has no integrity for a folder, which may change', () => {
    expect(toPlanned('@acme/a', { source: 'folder', version: '1.0.0', type: 'hook', path: './a' })).toEqual({
      name: '@acme/a',
      version: '1.0.0',
      from: './a',
    });
    expect(
      toPlanned('@acme/a', {
        source: 'archive',
        version: '1.0.0',
        type: 'hook',
        path: './a.tgz',
        integrity: DIGEST,
        files: DIGEST,
      }),
    ).toEqual({ name: '@acme/a', version: '1.0.0', from: './a.tgz', integrity: DIGEST });
  });
});

function catching(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
