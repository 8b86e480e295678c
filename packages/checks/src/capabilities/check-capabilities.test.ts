import { ArError } from '@ar-registry/core/errors';
import { grantAll } from '@ar-registry/core/permission';
import type { DependenciesRecord } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { checkCapabilities, decide, type DependencyPackage } from '../index.ts';

const integrity = `sha512-${'A'.repeat(86)}==`;
const text = (code: string): Uint8Array => new TextEncoder().encode(code);

function dependency(name: string, files: Readonly<Record<string, string>>): DependencyPackage {
  return {
    name,
    version: '1.0.0',
    integrity,
    files: new Map(Object.entries(files).map(([file, code]) => [file, text(code)])),
  };
}

async function* these(packages: readonly DependencyPackage[], then?: Error): AsyncGenerator<DependencyPackage> {
  yield* packages;
  if (then) throw then;
}

const EVAL = dependency('templates', { 'index.js': 'module.exports = (body) => new Function(body)();' });
const SPAWN = dependency('runner', { 'lib/a.cjs': "require('child_process').spawn('git', []);" });
const PLAIN = dependency('plain', { 'index.js': 'export const one = 1;', 'index.d.ts': 'not javascript at all' });

interface Circumstances {
  readonly permissions?: Parameters<typeof grantAll>[0];
  readonly known?: DependenciesRecord['packages'];
  readonly fails?: Error;
}

function check(packages: readonly DependencyPackage[], { permissions = {}, known = [], fails }: Circumstances = {}) {
  const dependencies = Object.fromEntries(packages.map(({ name }) => [name, '^1.0.0']));
  const manifest = { permissions: grantAll(permissions), dependencies: { ...dependencies, always: '1' } };
  return checkCapabilities({ manifest, known, packages: these(packages, fails) });
}

describe('checkCapabilities', () => {
  it('lists what each package can do', async () => {
    const { packages } = await check([EVAL, SPAWN, PLAIN]);
    expect(packages.map(({ name, capabilities }) => [name, capabilities])).toEqual([
      ['templates', ['codeGeneration']],
      ['runner', ['childProcess']],
      ['plain', []],
    ]);
  });

  it('asks for a reviewer of what the plugin does not declare', async () => {
    const { check: result } = await check([EVAL, PLAIN]);
    expect(result.findings.map(({ code, message }) => [code, message.includes('templates')])).toEqual([
      ['DEPENDENCY_CAPABILITY', true],
    ]);
    expect(decide({ checks: [result], versions: [] }).decision).toBe('review');
  });

  it('is silent about what the plugin declares', async () => {
    const { check: result } = await check([EVAL], { permissions: { codeGeneration: true } });
    expect(result).toMatchObject({ result: 'pass', findings: [] });
    expect(decide({ checks: [result], versions: [] }).decision).toBe('merge');
  });

  it('is silent about what a reviewer knows, in these very bytes', async () => {
    const entry = {
      name: 'templates',
      version: '1.0.0',
      integrity,
      capabilities: ['codeGeneration' as const],
      remark: 'x',
    };
    expect((await check([EVAL], { known: [entry] })).packages[0]?.reviewed).toBe(true);
    expect((await check([EVAL], { known: [entry] })).check.findings).toEqual([]);
    for (const other of [
      { ...entry, version: '1.0.1' },
      { ...entry, integrity: integrity.replace('A', 'B') },
      { ...entry, capabilities: ['network' as const] },
    ])
      expect((await check([EVAL], { known: [other] })).check.findings).toHaveLength(1);
  });

  it('says of code that it cannot read that it cannot', async () => {
    const { packages } = await check([dependency('broken', { 'index.js': 'const = ;' })]);
    expect(packages[0]?.capabilities).toEqual(['unreadable']);
  });

  it('could not run where the packages cannot be had', async () => {
    const failure = new ArError('DEPENDENCIES_FAILED', { plugin: '@acme/hello', reason: 'no network' });
    const { check: result } = await check([PLAIN], { fails: failure });
    expect(result).toMatchObject({ id: 'capabilities', result: 'could-not-run' });
  });

  it('passes a plugin without dependencies, and looks at nothing', async () => {
    const packages = these([], new Error('asked'));
    const manifest = { permissions: grantAll({}), dependencies: {} };
    expect((await checkCapabilities({ manifest, known: [], packages })).check.result).toBe('pass');
  });
});
