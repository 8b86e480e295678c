/** The pull request job: what it says, what it is bound to, and what it does not do to a hostile submission. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { archiveStorePath } from '@ar-registry/core/archive';
import { indexPaths } from '@ar-registry/core/layout';
import { parseVersionRecord } from '@ar-registry/core/record';
import { openRepository } from '@ar-registry/io/git';
import type { SubmissionReport } from '@ar-registry/schemas';
import { validator as isReport } from '@ar-registry/schemas/validators/submission-report';
import { validator as isCheck } from '@ar-registry/schemas/validators/cli/check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../src/program.ts';
import { check, type CheckInput } from '../src/stages/check/index.ts';
import { lockOf, serveNpmPackage } from './npm-fixture.ts';
import { ADA, CLOCK, EVE, testRegistry, type PluginOptions, type TestRegistry } from './registry-fixture.ts';

const { signal } = new AbortController();
const NAME = '@acme/audit';

async function run(registry: TestRegistry, changes: Partial<CheckInput> = {}): Promise<SubmissionReport> {
  const repository = await openRepository(registry.bare);
  const input = { repository, base: 'main', head: 'publish', submitter: ADA, ...changes };
  const report = await check(input, { clock: CLOCK, signal });
  expect(isReport(report)).toMatchObject({ ok: true });
  return report;
}

/** A registry with 1.0.0 of a plugin, and 1.0.1 submitted. */
async function second(options: PluginOptions = {}): Promise<TestRegistry> {
  const registry = await testRegistry('registry-index/');
  await registry.commit('first', await registry.submission(NAME, '1.0.0'));
  await registry.accept('first');
  await registry.commit('publish', await registry.submission(NAME, '1.0.1', { first: false, ...options }));
  return registry;
}

function codes({ checks, versions }: SubmissionReport): readonly string[] {
  return [...checks, ...versions.flatMap((report) => report.checks)]
    .flatMap(({ findings }) => findings)
    .filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);
}

function resultOf({ versions }: SubmissionReport, id: string) {
  return versions[0]?.checks.find((one) => one.id === id)?.result;
}

describe('check', () => {
  it('is bound to the commits and the tree that it looked at', async () => {
    const registry = await second();
    const report = await run(registry);
    const [base, head] = await Promise.all([registry.git('rev-parse', 'main'), registry.git('rev-parse', 'publish')]);
    expect(report).toMatchObject({ base, head, submitter: ADA, plugins: [NAME] });
    expect(report.merged).toBe(await registry.git('rev-parse', 'publish^{tree}'));
  });

  it('leaves a first version to a person, and refuses what a stranger submits', async () => {
    const registry = await testRegistry();
    await registry.commit('publish', await registry.submission(NAME, '1.0.0'));
    expect(await run(registry)).toMatchObject({ decision: 'review', versions: [{ name: NAME }] });
    const refused = await run(registry, { submitter: EVE });
    expect([refused.decision, codes(refused)]).toEqual(['refuse', expect.arrayContaining(['NOT_OWNER'])]);
  });

  it('is no pass without a vulnerability database', async () => {
    const registry = await second({ manifest: { dependencies: { pg: '^8.0.0' } } });
    const report = await run(registry);
    expect(resultOf(report, 'dependencies')).not.toBe('pass');
    expect(report.decision).not.toBe('merge');
  });

  it('says what the code of npm dependencies can do, and leaves what is not declared to a person', async () => {
    const templates = await serveNpmPackage(
      { name: 'templates', version: '1.2.0' },
      { 'index.js': 'module.exports = (text) => new Function(text);\n' },
    );
    const dependencies = { templates: '^1.0.0' };
    const files = { 'ar-deps.lock.json': lockOf(templates, dependencies) };
    const report = await run(await second({ manifest: { dependencies }, files }));
    expect(report.versions[0]?.dependencies).toMatchObject([
      { name: 'templates', version: '1.2.0', capabilities: ['codeGeneration'], reviewed: false },
    ]);
    expect(report.decision).toBe('review');
    const found = report.versions[0]?.checks.find(({ id }) => id === 'capabilities')?.findings;
    expect(found?.map(({ code, file }) => [code, file])).toEqual([['DEPENDENCY_CAPABILITY', 'ar-deps.lock.json']]);
    const declared = { manifest: { dependencies, permissions: { codeGeneration: true } }, files };
    const versions = (await run(await second(declared))).versions;
    expect(versions[0]?.checks.find(({ id }) => id === 'capabilities')).toMatchObject({ result: 'pass', findings: [] });
  });

  it('refuses what changes more files than anybody looks at, without looking at each', async () => {
    const registry = await second();
    const many = Array.from({ length: 5001 }, (_, index) => [`registry-index/x/${index}`, 'x'] as const);
    await registry.commit('publish', new Map<string, string | Uint8Array>(many), 'publish');
    const report = await run(registry);
    expect([codes(report), report.versions]).toEqual([['CHANGE_TOO_LARGE'], []]);
  });

  it('names what a package permits itself more than the version before it', async () => {
    const report = await run(await second({ manifest: { permissions: { network: ['slack.com'] } } }));
    expect(report.versions[0]?.permissions.change).toMatchObject({ from: '1.0.0', removed: [] });
    expect(report.versions[0]?.permissions.change?.added).toHaveLength(1);
    expect(report.decision).toBe('review');
  });

  it('looks into the archive, and names files by their path in the package', async () => {
    const report = await run(await second({ files: { 'dist/index.js': 'export default eval("1");\n' } }));
    expect(codes(report)).toContain('CODE_GENERATED');
    const found = report.versions[0]?.checks
      .flatMap(({ findings }) => findings)
      .find(({ code }) => code === 'CODE_GENERATED');
    expect(found).toMatchObject({ file: 'dist/index.js', line: 1 });
    expect(report.decision).toBe('refuse');
  });

  it('says the rest of one version although another one’s archive is damaged', async () => {
    const registry = await second();
    const files = await registry.submission(NAME, '1.0.2', { first: false });
    for (const path of files.keys()) if (path.startsWith('store/')) files.set(path, Buffer.from('broken'));
    await registry.commit('publish', files, 'publish');
    const { versions } = await run(registry);
    const results = versions.map(({ version, checks }) => [version, checks.find(({ id }) => id === 'archive')?.result]);
    expect(new Map(results as [string, string][])).toEqual(
      new Map([
        ['1.0.1', 'pass'],
        ['1.0.2', 'fail'],
      ]),
    );
  });

  it('takes who submits and the labels from the event, for the commit of that event alone', async () => {
    const registry = await second();
    const [base, head] = await Promise.all([registry.git('rev-parse', 'main'), registry.git('rev-parse', 'publish')]);
    const event = { pull_request: { number: 1, user: EVE, labels: [], base: { sha: base }, head: { sha: head } } };
    const file = join(registry.folder, 'event.json');
    await writeFile(file, JSON.stringify(event));
    const args = ['--index', registry.bare, '--event', file, '--out', join(registry.folder, 'out')];
    const answer = await program(registry, 'check', ...args, '--json');
    expect(answer.exitCode).toBe(1);
    const output = JSON.parse(answer.stdout) as { report: SubmissionReport };
    expect([isCheck(output).ok, output.report.submitter]).toEqual([true, EVE]);
    const other = await program(registry, 'check', ...args, '--head', 'main');
    expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining('error[USAGE]')]);
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['an event of another kind', '{"ref":"refs/heads/main"}'],
    ['a login that is none', '{"pull_request":{"number":1,"user":{"login":"a b\\u001b[31m","id":1}}}'],
  ])('refuses %s as an event', async (_what, text) => {
    const registry = await second();
    const file = join(registry.folder, 'event.json');
    await writeFile(file, text);
    const args = ['--index', registry.bare, '--event', file, '--out', join(registry.folder, 'out')];
    const { exitCode, stderr } = await program(registry, 'check', ...args);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('error[FILE_INVALID]')]);
  });

  it('leaves three files, the report last', async () => {
    const registry = await second();
    const out = join(registry.folder, 'out');
    const args = [
      '--index',
      registry.bare,
      '--base',
      'main',
      '--head',
      'publish',
      '--submitter',
      'ada:1',
      '--out',
      out,
    ];
    await program(registry, 'check', ...args);
    for (const name of ['submission-report.json', 'report.sarif', 'report.md'])
      expect((await readFile(join(out, name), 'utf8')).length).toBeGreaterThan(10);
  });
});

async function program(registry: TestRegistry, ...args: readonly string[]) {
  let [stdout, stderr] = ['', ''];
  const streams = { stdout: (text: string) => void (stdout += text), stderr: (text: string) => void (stderr += text) };
  const exitCode = await runProgram(args, { cwd: registry.folder, clock: CLOCK, env: process.env, signal }, streams);
  return { exitCode, stdout, stderr };
}

describe('an archive that is elsewhere', () => {
  it.each<[string, string, string]>([
    ['refuses an address of this machine’s network', 'https://169.254.169.254/x.tgz', 'fail'],
    ['refuses an address that is not https', 'http://example.com/x.tgz', 'fail'],
    ['could not run where the host is not known', 'https://host.invalid/x.tgz', 'could-not-run'],
  ])('%s', async (_title, url, result) => {
    const registry = await remote(url);
    const report = await run(registry);
    expect([resultOf(report, 'archive'), resultOf(report, 'scan')]).toEqual([result, 'could-not-run']);
    expect(report.decision).not.toBe('merge');
  });

  it('is fetched, hashed and looked into', async () => {
    const registry = await remote('http://127.0.0.1:1/x.tgz');
    const archive = await archiveOf(registry);
    const server = await serve((response) => void response.end(archive));
    await rewrite(registry, `${server}/x.tgz`);
    const allowed = await run(registry, { allowLoopback: true });
    expect([resultOf(allowed, 'archive'), resultOf(allowed, 'scan')]).toEqual(['pass', 'pass']);
    expect(resultOf(await run(registry), 'archive')).toBe('fail');
  });

  it('is refused if it is another one', async () => {
    const registry = await remote('http://127.0.0.1:1/x.tgz');
    await rewrite(registry, `${await serve((response) => void response.end('other'))}/x.tgz`);
    expect(codes(await run(registry, { allowLoopback: true }))).toContain('ARCHIVE_REFUSED');
  });

  it('is not followed to where it may not go', async () => {
    const registry = await remote('http://127.0.0.1:1/x.tgz');
    const server = await serve((response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    });
    await rewrite(registry, `${server}/x.tgz`);
    expect(resultOf(await run(registry, { allowLoopback: true }), 'archive')).toBe('fail');
  });
});

/** 1.0.1 is submitted with its archive at `url` alone. */
async function remote(url: string): Promise<TestRegistry> {
  const registry = await second();
  await mkdir(join(registry.folder, 'kept'));
  await writeFile(join(registry.folder, 'kept/archive.tgz'), await storedArchive(registry));
  await rewrite(registry, url);
  return registry;
}

async function rewrite(registry: TestRegistry, url: string): Promise<void> {
  const path = indexPaths.version(NAME, '1.0.1');
  const files = await registry.submission(NAME, '1.0.1', {
    first: false,
    record: (record) => ({ ...record, dist: { ...record.dist, tarball: url } }),
  });
  for (const file of files.keys()) if (file.startsWith('store/')) files.delete(file);
  expect(files.has(path)).toBe(true);
  await registry.git('update-ref', '-d', 'refs/heads/publish');
  await registry.commit('publish', files);
}

async function storedArchive(registry: TestRegistry): Promise<Uint8Array> {
  const repository = await openRepository(registry.bare);
  const blob = async (path: string): Promise<Uint8Array> => {
    const entry = (await repository.listTree('refs/heads/publish')).find(
      (one) => one.path === `registry-index/${path}`,
    );
    return (await repository.readBlobs([entry?.oid ?? ''])).get(entry?.oid ?? '') ?? new Uint8Array();
  };
  const path = indexPaths.version(NAME, '1.0.1');
  const parsed = parseVersionRecord(new TextDecoder().decode(await blob(path)), path);
  return blob(`store/${archiveStorePath(parsed.ok ? parsed.record.dist.integrity : '')}`);
}

async function archiveOf(registry: TestRegistry): Promise<Uint8Array> {
  return readFile(join(registry.folder, 'kept/archive.tgz'));
}

async function serve(answer: (response: http.ServerResponse) => void): Promise<string> {
  const server = http.createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
