/** The log as an operator meets it: keys, signing, audit and rebuild, by the program. */
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { AuditLogOutput, KeysOutput, RebuildOutput, SignOutput } from '@ar-registry/schemas';
import { validator as isAudit } from '@ar-registry/schemas/validators/cli/audit-log';
import { validator as isKeys } from '@ar-registry/schemas/validators/cli/keys';
import { validator as isRebuild } from '@ar-registry/schemas/validators/cli/rebuild';
import { validator as isSign } from '@ar-registry/schemas/validators/cli/sign';
import { execa } from 'execa';
import { beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../src/program.ts';
import { CLOCK, testRegistry, type TestRegistry } from './registry-fixture.ts';

let registry: TestRegistry;
let folder: string;

beforeEach(async () => {
  registry = await testRegistry();
  folder = registry.folder;
  await registry.commit('first', await registry.submission('@acme/audit', '1.0.0'));
  await registry.accept('first');
  await execa('git', ['clone', '--quiet', registry.bare, 'index'], { cwd: folder });
});

interface Ran<T> {
  readonly exitCode: number;
  readonly output: T;
  readonly code: string | undefined;
}

/** Runs the program with `--json`. */
async function run(...args: readonly string[]): Promise<Ran<unknown>> {
  let stdout = '';
  const context = { cwd: folder, clock: CLOCK, env: {}, signal: new AbortController().signal };
  const streams = { stdout: (text: string) => void (stdout += text), stderr: () => undefined };
  const exitCode = await runProgram([...args, '--json'], context, streams);
  const output = JSON.parse(stdout) as { readonly error?: { readonly code: string } };
  return { exitCode, output, code: output.error?.code };
}

const keys = (action: string, ...more: readonly string[]) =>
  run('keys', action, '--index', 'index', '--keys', 'keys', ...more) as Promise<Ran<KeysOutput>>;
const build = () => run('build', '--index', 'index@main', '--out', 'site');
const sign = (...more: readonly string[]) =>
  run('sign', '--site', 'site', '--index', 'index', '--keys', 'keys', ...more) as Promise<Ran<SignOutput>>;
const audit = () => run('audit-log', 'verify', '--index', 'index', '--site', 'site') as Promise<Ran<AuditLogOutput>>;
const rebuild = () =>
  run('rebuild', '--verify', 'site', '--index', 'index', '--out', 'rebuild.json') as Promise<Ran<RebuildOutput>>;

async function signed(): Promise<void> {
  await keys('init');
  await build();
  expect((await sign()).exitCode).toBe(0);
}

describe('a registry in a repository', () => {
  it('gets a key for its log with the others, and a log with its first signatures', async () => {
    const made = await keys('init');
    expect(isKeys(made.output)).toMatchObject({ ok: true });
    expect(made.output.roles.map(({ role }) => role)).toContain('log');
    await build();
    const { output } = await sign();
    expect(isSign(output)).toMatchObject({ ok: true });
    expect(output.log).toMatchObject({ added: output.log?.size });
    expect((await sign()).output).toMatchObject({ needed: false, log: { added: 0 } });
  });

  it('can begin one later', async () => {
    await rm(path.join(folder, 'index/.git'), { recursive: true });
    expect((await keys('init')).output.roles.map(({ role }) => role)).not.toContain('log');
    await execa('git', ['clone', '--quiet', registry.bare, 'again'], { cwd: folder });
    await cp(path.join(folder, 'again/.git'), path.join(folder, 'index/.git'), { recursive: true });
    await build();
    expect((await sign()).output.log).toBeUndefined();
    expect((await keys('rotate', '--role', 'log')).exitCode).toBe(0);
    expect(await readdir(path.join(folder, 'keys'))).toContain('log.pem');
    expect((await sign()).output.log?.size).toBeGreaterThan(0);
  });

  it('is not signed without the key of its log, nor out of a folder without a history', async () => {
    await keys('init');
    await build();
    await rm(path.join(folder, 'keys/log.pem'));
    expect((await sign()).code).toBe('SIGNING_KEYS_MISSING');
    await rm(path.join(folder, 'index/.git'), { recursive: true });
    expect((await sign()).code).toBe('INDEX_UNREADABLE');
  });

  it('is not signed where the site does not say in a readable way what it was built from', async () => {
    await keys('init');
    await build();
    for (const status of ['{', '[]']) {
      await writeFile(path.join(folder, 'site', routes.status), status);
      expect((await sign()).code).toBe('FILE_INVALID');
    }
  });

  it('goes on with its log in a new folder, from where it is served, and from nothing where that is gone', async () => {
    await signed();
    const before = await readFile(path.join(folder, 'site', routes.log, 'checkpoint'));
    await cp(path.join(folder, 'site'), path.join(folder, 'served'), { recursive: true });
    await rm(path.join(folder, 'site'), { recursive: true });
    await build();
    expect((await sign('--previous', 'served')).output).toMatchObject({ log: { added: 0 } });
    await rm(path.join(folder, 'site', routes.log), { recursive: true });
    expect((await sign('--previous', 'http://127.0.0.1:9')).exitCode).toBe(0);
    expect(await readFile(path.join(folder, 'site', routes.log, 'checkpoint'))).toEqual(before);
  });
});

describe('what is served', () => {
  it('follows from the repository: the log, and every document', async () => {
    await signed();
    const audited = await audit();
    expect(isAudit(audited.output)).toMatchObject({ ok: true });
    expect([audited.exitCode, audited.output.ok, audited.output.differences]).toEqual([0, true, []]);
    const rebuilt = await rebuild();
    expect(isRebuild(rebuilt.output)).toMatchObject({ ok: true });
    expect([rebuilt.exitCode, rebuilt.output.report.state]).toEqual([0, 'same']);
    expect(JSON.parse(await readFile(path.join(folder, 'rebuild.json'), 'utf8'))).toEqual(rebuilt.output.report);
    expect((await run('build', '--index', 'index@main', '--out', 'site', '--rebuild', 'rebuild.json')).exitCode).toBe(
      0,
    );
  });

  it('does not where it was signed from another history', async () => {
    await signed();
    await execa(
      'git',
      ['-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--amend', '-m', 'Another'],
      { cwd: path.join(folder, 'index') },
    );
    const { exitCode, output } = await audit();
    expect([exitCode, output.ok]).toEqual([3, false]);
    expect(output.differences.length).toBeGreaterThan(0);
    await build();
    expect((await sign()).code).toBe('LOG_REWRITTEN');
  });

  it.each([
    [['audit-log', 'show', '--index', 'index', '--site', 'site'], 'USAGE'],
    [['audit-log', 'verify', '--index', 'index', '--site', 'site'], 'INDEX_UNREADABLE'],
    [['rebuild', '--verify', 'site', '--index', 'index'], 'SITE_COMMIT_UNKNOWN'],
    [['build', '--index', 'index@main', '--out', 'site', '--rebuild', 'index/registry.yaml'], 'FILE_INVALID'],
  ])('is not asked for what makes no sense: %j is %s', async (args, code) => {
    expect((await run(...args)).code).toBe(code);
  });
});
