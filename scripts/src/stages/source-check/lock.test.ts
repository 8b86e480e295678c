import { describe, expect, it } from 'vitest';
import { dependencyProblem, withoutAddresses } from './lock.ts';

function lockWith(entry: object, rest: object = {}): string {
  return JSON.stringify({ lockfileVersion: 3, packages: { '': { name: 'x' }, 'node_modules/a': entry }, ...rest });
}

/** The entry as npm gets it; undefined where the lock is refused. */
function kept(entry: object): unknown {
  const lock = withoutAddresses(lockWith(entry));
  if (lock.kind === 'refused') return undefined;
  return (JSON.parse(lock.text) as { packages: Record<string, unknown> }).packages['node_modules/a'];
}

describe('withoutAddresses', () => {
  it.each(['https://registry.example.com/a/-/a-1.0.0.tgz', 'http://npm.example:4873/@s/a/-/a-1.0.0.tgz'])(
    'takes out %s, and leaves the hash',
    (resolved) => {
      expect(kept({ version: '1.0.0', resolved, integrity: 'sha512-x' })).toEqual({
        version: '1.0.0',
        integrity: 'sha512-x',
      });
    },
  );

  it.each(['packages/a', 'file:vendor/a.tgz', '../a'])('leaves %s, which is of the project itself', (resolved) => {
    expect(kept({ resolved })).toEqual({ resolved });
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'https://evil.example/a.tgz',
    'https://evil.example/a.tgz?x=/-/a.tgz',
    'git+ssh://git@github.com/a/b.git#main',
    'git+https://10.0.0.1/a.git',
    'github:a/b',
    '//10.0.0.1/a.tgz',
    'file://10.0.0.1/a.tgz',
    'https://[',
    42,
    null,
  ])('refuses %s', (resolved) => {
    expect(withoutAddresses(lockWith({ resolved }))).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('node_modules/a'),
    });
  });

  it('leaves out the part for npm 6, which holds addresses as well', () => {
    const old = { dependencies: { a: { resolved: 'https://10.0.0.1/a.tgz' } } };
    const lock = withoutAddresses(lockWith({ version: '1.0.0' }, old));
    expect(lock.kind === 'safe' && lock.text.includes('10.0.0.1')).toBe(false);
    expect(lock.kind).toBe('safe');
  });

  it.each(['', '[]', '{}', '{"lockfileVersion":1,"dependencies":{}}', '{"packages":[]}', '{"packages":{}} x'])(
    'refuses the lock %j',
    (text) => {
      expect(withoutAddresses(text)).toMatchObject({ problem: expect.stringContaining('package-lock.json') });
    },
  );
});

describe('dependencyProblem', () => {
  it.each(['^1.0.0', '1.x || >=2', 'latest', '', 'npm:@s/other@^1', 'file:../a', 'workspace:*'])(
    'takes %j',
    (range) => {
      expect(dependencyProblem({ dependencies: { a: range }, overrides: { b: { '.': range } } })).toBeUndefined();
    },
  );

  it.each(['https://10.0.0.1/a.tgz', 'git://x/y', 'a/b', 'github:a/b', 'git@x:y', 'file://host/a', 1, null])(
    'refuses %j, wherever it stands',
    (range) => {
      for (const field of ['dependencies', 'devDependencies', 'optionalDependencies'])
        expect(dependencyProblem({ [field]: { a: range } })).toContain('a');
      expect(dependencyProblem({ overrides: { b: { a: range } } })).toContain('a');
    },
  );
});
