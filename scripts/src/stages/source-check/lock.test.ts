import { describe, expect, it } from 'vitest';
import { lockProblem } from './lock.ts';

const HOSTS = ['registry.example.com', 'npm.example:4873'];

function lockWith(resolved: unknown): string {
  return JSON.stringify({ lockfileVersion: 3, packages: { '': { name: 'x' }, 'node_modules/a': { resolved } } });
}

describe('lockProblem', () => {
  it.each([
    'https://registry.example.com/a/-/a-1.0.0.tgz',
    'http://npm.example:4873/a/-/a-1.0.0.tgz',
    'packages/a',
    'file:vendor/a.tgz',
    undefined,
  ])('lets %s be', (resolved) => {
    expect(lockProblem(lockWith(resolved), HOSTS)).toBeUndefined();
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'https://registry.example.com.evil.example/a.tgz',
    'https://registry.example.com@evil.example/a.tgz',
    'git+ssh://git@github.com/a/b.git#main',
    'git+https://10.0.0.1/a.git',
    'github:a/b',
    '//10.0.0.1/a.tgz',
    'https://[',
    42,
    null,
  ])('refuses %s', (resolved) => {
    expect(lockProblem(lockWith(resolved), HOSTS)).toContain('node_modules/a');
  });

  it.each(['', '[]', '{}', '{"lockfileVersion":1,"dependencies":{}}', '{"packages":[]} x'])(
    'refuses the lock %s',
    (text) => {
      expect(lockProblem(text, HOSTS)).toContain('package-lock.json');
    },
  );
});
