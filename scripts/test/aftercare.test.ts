/** What goes on after a version was accepted: archives are kept, versions checked again, links followed. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { openAdvisories } from '@ar-registry/io/osv';
import type { Validator } from '@ar-registry/schemas';
import { validator as isBuild } from '@ar-registry/schemas/validators/cli/build';
import { validator as isFetch } from '@ar-registry/schemas/validators/cli/fetch';
import { validator as isLinks } from '@ar-registry/schemas/validators/cli/links';
import { validator as isReports } from '@ar-registry/schemas/validators/cli/reports';
import { validator as isReport } from '@ar-registry/schemas/validators/report';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../src/program.ts';
import { build } from '../src/stages/build/index.ts';
import { createApp } from '../src/stages/serve/app.ts';
import { createFolderFiles } from '../src/stages/serve/folder-files.ts';
import { CLOCK, testRegistry, type PluginOptions, type TestRegistry } from './registry-fixture.ts';

const { signal } = new AbortController();
const NAME = '@acme/audit';

async function accepted(options: PluginOptions = {}): Promise<TestRegistry> {
  const registry = await testRegistry();
  await registry.commit('first', await registry.submission(NAME, '1.0.0', options));
  await registry.accept('first');
  return registry;
}

/** Runs a command with `--json`, and reads what it says by its schema. */
async function run<T>(
  { folder }: TestRegistry,
  validate: Validator<T>,
  args: readonly string[],
): Promise<{ readonly exitCode: number; readonly output: T }> {
  let stdout = '';
  const streams = { stdout: (text: string) => void (stdout += text), stderr: () => undefined };
  const exitCode = await runProgram([...args, '--json'], { cwd: folder, clock: CLOCK, env: {}, signal }, streams);
  const checked = validate(JSON.parse(stdout));
  if (!checked.ok) throw new Error(stdout);
  return { exitCode, output: checked.value };
}

type Answer = (path: string, response: http.ServerResponse) => void;

async function serve(answer: Answer): Promise<string> {
  const server = http.createServer((request, response) => answer(`${request.method} ${request.url}`, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('fetch', () => {
  it('keeps what the index holds, and then has nothing left to do', async () => {
    const registry = await accepted();
    const args = ['fetch', '--index', registry.bare, '--store', 'archives'];
    const first = await run(registry, isFetch, args);
    expect([first.exitCode, first.output.fetched]).toMatchObject([0, [{ from: 'the index' }]]);
    expect((await run(registry, isFetch, args)).output).toMatchObject({ kept: 1, fetched: [], missing: [] });
  });

  it('asks registries before the author, and takes the recorded bytes alone', async () => {
    const registry = await accepted();
    await run(registry, isBuild, ['build', '--index', registry.bare, '--out', 'site']);
    const archive = await readFile(join(registry.folder, 'site', routes.download(NAME, '1.0.0')));
    const author = await serve((_path, response) => void response.end('another archive'));
    const mirror = await serve((_path, response) => void response.end(archive));
    const elsewhere = await testRegistry();
    const files = await elsewhere.submission(NAME, '1.0.0', {
      record: (record) => ({ ...record, dist: { ...record.dist, tarball: `${author}/x.tgz` } }),
    });
    for (const path of files.keys()) if (path.startsWith('store/')) files.delete(path);
    await elsewhere.commit('lean', files);
    const args = ['fetch', '--index', `${elsewhere.bare}@lean`, '--store', 'archives', '--allow-loopback'];
    const refused = await run(elsewhere, isFetch, args);
    expect([refused.exitCode, refused.output.missing.length]).toEqual([1, 1]);
    const fetched = await run(elsewhere, isFetch, [...args, '--from', mirror]);
    expect(fetched.output.fetched).toMatchObject([{ name: NAME, from: expect.stringContaining(mirror) as string }]);
  });
});

describe('reports', () => {
  it('are made once for the same archive, rules and database, and again for another', async () => {
    const registry = await accepted();
    const args = ['reports', '--index', registry.bare, '--out', 'reports'];
    const first = await run(registry, isReports, args);
    expect(first.output.written).toBe(1);
    expect((await run(registry, isReports, args)).output).toMatchObject({ written: 0, reused: 1 });
    const file = join(registry.folder, 'reports', NAME, '1.0.0.json');
    const report = JSON.parse(await readFile(file, 'utf8')) as { ruleSet: string };
    await writeFile(file, JSON.stringify({ ...report, ruleSet: `sha256-${'A'.repeat(43)}=` }));
    expect((await run(registry, isReports, args)).output).toMatchObject({ written: 1, reused: 0 });
    await writeFile(file, '{');
    expect((await run(registry, isReports, args)).output).toMatchObject({ written: 1, reused: 0 });
  });

  it('say of a version that was accepted before what is found in it now', async () => {
    const registry = await accepted({ files: { 'dist/index.js': 'export default eval("1");\n' } });
    const { output } = await run(registry, isReports, ['reports', '--index', registry.bare, '--out', 'reports']);
    expect(output.failed).toMatchObject([{ name: NAME, codes: ['CODE_GENERATED'] }]);
  });

  it('are served with the version, under the address of the reference too', async () => {
    const registry = await accepted();
    await run(registry, isReports, ['reports', '--index', registry.bare, '--out', 'reports']);
    const args = ['build', '--index', registry.bare, '--out', 'site', '--reports', 'reports'];
    const { output } = await run(registry, isBuild, args);
    expect(output.reports).toBe(1);
    const app = createApp(createFolderFiles(join(registry.folder, 'site')));
    const answer = await app.request(`/api/v1/plugins/${NAME}/1.0.0/report`);
    expect([answer.status, isReport(await answer.json()).ok]).toEqual([200, true]);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it('are not served where they are about another archive, and stop nothing', async () => {
    const registry = await accepted();
    await run(registry, isReports, ['reports', '--index', registry.bare, '--out', 'reports']);
    const file = join(registry.folder, 'reports', NAME, '1.0.0.json');
    const report = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...report, integrity: `sha512-${'A'.repeat(86)}==` }));
    const args = ['build', '--index', registry.bare, '--out', 'site', '--reports', 'reports'];
    const { output } = await run(registry, isBuild, args);
    expect(output).toMatchObject({ reports: 0, versions: 1 });
    const input = { source: { repository: registry.bare, revision: 'main' }, out: join(registry.folder, 'site') };
    const { findings } = await build({ ...input, reports: join(registry.folder, 'reports') });
    expect(findings.map(({ code }) => code)).toEqual(['REPORT_UNUSABLE']);
    expect(existsSync(join(registry.folder, 'site', routes.report(NAME, '1.0.0')))).toBe(false);
  });
});

describe('the snapshot of known vulnerabilities', () => {
  const BUILD = ['build', '--out', 'site', '--osv', 'scan'];
  const PARTS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
  const snapshot = { source: 'OSV', takenAt: '2026-03-10T12:00:00Z', records: 0, parts: 'p1', prefixLength: 1 };

  async function staged(): Promise<TestRegistry> {
    const registry = await accepted();
    const folder = join(registry.folder, 'scan', 'osv/npm');
    await mkdir(join(folder, 'p1'), { recursive: true });
    await writeFile(join(folder, 'snapshot.json'), JSON.stringify({ schemaVersion: 1, ...snapshot }));
    for (const name of PARTS)
      await writeFile(join(folder, 'p1', `${name}.json`), JSON.stringify({ schemaVersion: 1, packages: {} }));
    await writeFile(join(folder, 'p1', 'notes.txt'), 'no part');
    return registry;
  }

  it('is published as it is, where authors read it', async () => {
    const registry = await staged();
    await run(registry, isBuild, [...BUILD, '--index', registry.bare]);
    const site = join(registry.folder, 'site', routes.osv);
    expect((await readdir(join(site, 'osv/npm/p1'))).toSorted()).toEqual(PARTS.map((name) => `${name}.json`));
    const address = await serve((path, response) => {
      readFile(join(registry.folder, 'site', path.replace('GET /', ''))).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    const advisories = openAdvisories(`${address}/${routes.osv}`, { userAgent: 'test', now: () => new Date() });
    expect(await advisories.snapshot(signal)).toMatchObject(snapshot);
    expect(await advisories.find(['left-pad'], signal)).toEqual(new Map());
  });

  it('is left out where it is broken, and stops nothing', async () => {
    const registry = await staged();
    await writeFile(join(registry.folder, 'scan/osv/npm/snapshot.json'), '{');
    const { output } = await run(registry, isBuild, [...BUILD, '--index', registry.bare]);
    expect(output).toMatchObject({ versions: 1, excluded: [] });
    const input = { source: { repository: registry.bare, revision: 'main' }, out: join(registry.folder, 'site') };
    const { findings } = await build({ ...input, osv: join(registry.folder, 'scan') });
    expect(findings.map(({ code }) => code)).toEqual(['OSV_SNAPSHOT_UNUSABLE']);
    expect(existsSync(join(registry.folder, 'site', routes.osv, 'osv'))).toBe(false);
  });

  it('is nothing that a build waits for', async () => {
    const registry = await accepted();
    expect((await run(registry, isBuild, [...BUILD, '--index', registry.bare])).exitCode).toBe(0);
  });
});

describe('links', () => {
  it('tells what is gone from what could not be asked', async () => {
    const asked: string[] = [];
    const url = await serve((path, response) => {
      asked.push(path);
      response.writeHead(path.includes('/gone') ? 404 : path.startsWith('HEAD') ? 405 : 200).end();
    });
    const registry = await accepted({
      manifest: { repository: { type: 'git', url: `${url}/gone` }, homepage: `${url}/fine` },
      plugin: { repository: { url: 'https://host.invalid/x' } },
    });
    const args = ['links', '--index', registry.bare];
    const { exitCode, output } = await run(registry, isLinks, [...args, '--allow-loopback']);
    expect([exitCode, output.checked]).toEqual([1, 3]);
    expect(output.dead).toEqual([{ url: `${url}/gone`, plugins: [NAME], status: 404 }]);
    expect(output.unknown).toMatchObject([{ url: 'https://host.invalid/x' }]);
    expect(asked).toEqual(expect.arrayContaining(['HEAD /fine', 'GET /fine']));
    const careful = await run(registry, isLinks, args);
    expect([careful.exitCode, careful.output.unknown.length, careful.output.dead]).toEqual([0, 3, []]);
  });
});
