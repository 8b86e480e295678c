/** The program as a process: exit codes, streams, signals. */
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validator as isBuild } from '@ar-registry/schemas/validators/cli/build';
import { validator as isError } from '@ar-registry/schemas/validators/cli/error';
import { validator as isMerge } from '@ar-registry/schemas/validators/cli/merge';
import { validator as isValidate } from '@ar-registry/schemas/validators/cli/validate';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { INDEX_FILES, testRegistry, type TestRegistry } from './registry-fixture.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const NODE_ARGS = ['--conditions=ar-source', MAIN];

async function run(...args: readonly string[]) {
  return execa(process.execPath, [...NODE_ARGS, ...args], { reject: false });
}

async function indexFolder(registry: TestRegistry, extra: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = join(registry.folder, 'index');
  const files = new Map([...Object.entries(INDEX_FILES), ...(await registry.submission('@acme/audit', '1.0.0'))]);
  for (const [path, content] of [...files, ...Object.entries(extra)]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

describe('usage', () => {
  it('prints the help of a command by both ways of asking for it', async () => {
    const [asked, told] = [await run('help', 'validate'), await run('validate', '--help')];
    expect([asked.exitCode, asked.stdout]).toEqual([0, told.stdout]);
    expect((await run('help', 'validat')).stderr).toContain('validate');
  });

  it('prints help and ends well', async () => {
    for (const args of [[], ['--help'], ['validate', '--help']]) {
      const { exitCode, stdout, stderr } = await run(...args);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toContain('Usage: ar-registry');
    }
  });

  it.each<[string, readonly string[]]>([
    ['an unknown command', ['biuld']],
    ['an unknown option', ['build', '--ouput', 'x']],
    ['an option without its value', ['build', '--out']],
    ['an option with one too many', ['build', '--strict=yes']],
    ['an argument', ['build', 'x']],
    ['a missing option', ['build', '--index', '.']],
    ['a submitter that is none', ['validate', '--index', '.', '--base', 'a', '--head', 'b', '--submitter', 'ada']],
    ['a port that is none', ['serve', '--dir', '.', '--port', '65536']],
    ['a rate limit that is none', ['serve', '--dir', '.', '--rate-limit', '100']],
    ['a base without a head', ['validate', '--index', '.', '--base', 'main']],
    ['a check of nothing', ['check', '--index', '.', '--out', 'x']],
    ['a repository that is none', ['report', '--from', '.', '--repo', 'x', '--head', '0'.repeat(40)]],
    ['a head that is no commit', ['report', '--from', '.', '--repo', 'a/b', '--head', 'main']],
    ['a report without a token', ['report', '--from', '.', '--repo', 'a/b', '--head', '0'.repeat(40)]],
    ['a plan and its merges at once', ['automerge', '--repo', 'a/b', '--out', 'x', '--apply', 'y']],
    ['neither a plan nor its merges', ['automerge', '--repo', 'a/b']],
    ['a registry that is none', ['fetch', '--index', '.', '--store', 'x', '--from', 'ftp://x']],
    ['an address that is none', ['build', '--index', '.', '--out', 'x', '--base-url', 'ftp://x']],
  ])('refuses %s', async (_title, args) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error\[(?:USAGE|GITHUB_TOKEN_MISSING)\]: .+\nhelp: .+$/);
  });
});

describe('validate', () => {
  it('ends with 0 and a document that fits its schema for a sound index', async () => {
    const folder = await indexFolder(await testRegistry());
    const { exitCode, stdout } = await run('validate', '--index', folder, '--json');
    expect([exitCode, isValidate(JSON.parse(stdout)).ok, JSON.parse(stdout)]).toMatchObject([0, true, { ok: true }]);
  });

  it('ends with 1 and says where, what and how to mend it', async () => {
    const registry = await testRegistry();
    const folder = await indexFolder(registry, { 'scopes/acme.yaml': 'schemaVersion: 1\nscope: acme\nlevel: high\n' });
    const { exitCode, stdout } = await run('validate', '--index', folder);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('scopes/acme.yaml:3:8 error INVALID_VALUE');
    expect(stdout).toMatch(/3 \| level: high\n.*\^/);
    expect(stdout).toMatch(/help: .+/);
  });

  it('checks a change', async () => {
    const registry = await testRegistry();
    await registry.commit('publish', await registry.submission('@acme/audit', '1.0.0'));
    const args = ['--index', registry.bare, '--base', 'main', '--head', 'publish', '--submitter', 'eve:666', '--json'];
    const { exitCode, stdout } = await run('validate', ...args);
    const { findings } = JSON.parse(stdout) as { findings: readonly { code: string }[] };
    expect(exitCode).toBe(1);
    expect(findings.map(({ code }) => code)).toContain('NOT_OWNER');
  });

  it('says in JSON what went wrong', async () => {
    const { exitCode, stdout } = await run('validate', '--index', '/nowhere', '--json');
    expect([exitCode, isError(JSON.parse(stdout)).ok]).toEqual([1, true]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'INDEX_UNREADABLE' } });
  });

  it('lets no escape sequence of a record reach the terminal', async () => {
    const registry = await testRegistry();
    const folder = await indexFolder(registry, { 'plugins/@acme/audit/\u001b[31mred.yaml': '\u001b]0;x\u0007: 1' });
    const { stdout } = await run('validate', '--index', folder);
    expect(stdout).not.toContain('\u001b');
  });
});

describe('merge', () => {
  it('asks for a review of a new plugin, then merges', async () => {
    const registry = await testRegistry();
    await registry.commit('publish', await registry.submission('@acme/audit', '1.0.0'));
    const args = ['merge', '--repo', registry.bare, '--branch', 'publish', '--submitter', 'ada:1'];
    const refused = await run(...args);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('error[MERGE_REFUSED]');
    expect(refused.stderr).toContain('--reviewed');
    const merged = await run(...args, '--reviewed', '--json');
    expect([merged.exitCode, JSON.parse(merged.stdout)]).toMatchObject([0, { state: 'merged', into: 'main' }]);
    const again = await run(...args, '--json');
    expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([0, { state: 'already-merged' }]);
    for (const { stdout } of [merged, again]) expect(isMerge(JSON.parse(stdout)).ok).toBe(true);
  });

  it('says in JSON why it refuses', async () => {
    const registry = await testRegistry();
    await registry.commit('publish', await registry.submission('@acme/audit', '1.0.0'));
    const refused = await run('merge', '--repo', registry.bare, '--branch', 'publish', '--json');
    expect([refused.exitCode, isMerge(JSON.parse(refused.stdout)).ok]).toEqual([1, true]);
    expect(JSON.parse(refused.stdout)).toMatchObject({ state: 'refused' });
  });
});

describe('build', () => {
  it('ends with 0 although something was left out, and with 1 when that is not wanted', async () => {
    const registry = await testRegistry();
    const folder = await indexFolder(registry, { 'plugins/@acme/bad/plugin.yaml': 'x: [' });
    const args = ['build', '--index', folder, '--out', join(registry.folder, 'out')];
    const lenient = await run(...args);
    expect([lenient.exitCode, lenient.stdout.includes('1 plugins')]).toEqual([0, true]);
    expect(lenient.stderr).toContain('YAML_SYNTAX');
    const strict = await run(...args, '--strict', '--json');
    expect([strict.exitCode, isBuild(JSON.parse(strict.stdout)).ok]).toEqual([1, true]);
  });

  it('takes a revision of a repository', async () => {
    const registry = await testRegistry();
    await registry.commit('next', await registry.submission('@acme/audit', '1.0.0'));
    const out = join(registry.folder, 'out');
    const { stdout } = await run('build', '--index', `${registry.bare}@next`, '--out', out, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ plugins: 1 });
    const main = await run('build', '--index', registry.bare, '--out', out, '--json');
    expect(JSON.parse(main.stdout)).toMatchObject({ plugins: 0 });
  });

  it('does not know a revision that is not there', async () => {
    const registry = await testRegistry();
    const { exitCode, stderr } = await run(
      'build',
      '--index',
      `${registry.bare}@none`,
      '--out',
      join(registry.folder, 'o'),
    );
    expect([exitCode, stderr.includes('REVISION_UNKNOWN')]).toEqual([1, true]);
  });
});

describe('serve', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('prints its address, and ends well on %s', async (signal) => {
    const registry = await testRegistry();
    const out = join(registry.folder, 'out');
    await run('build', '--index', await indexFolder(registry), '--out', out);
    const child = spawn(process.execPath, [...NODE_ARGS, 'serve', '--dir', out, '--port', '0']);
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    const url = text.toString().trim();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/api/v1/plugins/@acme/audit`)).status).toBe(200);
    child.kill(signal);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
  });
});

describe('bin/ar-registry.js', () => {
  it('says which version it is', async () => {
    const bin = fileURLToPath(new URL('../bin/ar-registry.js', import.meta.url));
    const { exitCode, stdout } = await execa(process.execPath, [bin, '--version'], { reject: false });
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^ar-registry \d+\.\d+\.\d+/)]);
  });

  it('runs, built or not', async () => {
    const bin = fileURLToPath(new URL('../bin/ar-registry.js', import.meta.url));
    const { exitCode, stdout } = await execa(process.execPath, [bin, '--help'], { reject: false });
    expect([exitCode, stdout.includes('Usage: ar-registry')]).toEqual([0, true]);
  });
});
