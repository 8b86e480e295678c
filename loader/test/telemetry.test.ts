/** What a daemon tells registries: real processes, and a registry on loopback that writes down what it is told. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { routes } from '@ar-registry/core/layout';
import { LOAD_BUCKETS } from '@ar-registry/core/telemetry';
import { createApiClient } from '@ar-registry/io/api-client';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createProject, dataDir, removeWorkDir, workDir, type TestProject } from './support/project.ts';
import { silenceRelay } from './support/relay.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const TELEMETRY = join(dataDir, 'plugins/telemetry');
const HOME = join(workDir, 'home');
const GOOD = '@acme/good';
const BAD = '@acme/bad';

let registry: ServedRegistry;
let told: string[];
let held: ServerResponse[];
let holds: boolean;
let listeners: (() => void)[];

beforeAll(silenceRelay);
afterAll(removeWorkDir);
beforeEach(async () => {
  [told, held, holds, listeners] = [[], [], false, []];
  registry = await serveRegistry([]);
  const config = JSON.parse(String(registry.files.get(routes.config))) as object;
  registry.files.set(routes.config, Buffer.from(JSON.stringify({ ...config, telemetryUrl: 't/v1/' })));
  registry.intercept = ({ url = '' }, response) => {
    if (!url.startsWith('/t/')) return false;
    told.push(url);
    if (holds) held.push(response);
    else response.writeHead(200, { 'content-length': 0 }).end();
    for (const heard of listeners) heard();
    return true;
  };
  // As the command line leaves it when it installs something.
  const cacheDir = join(dataDir, 'plugins/cache/http');
  await createApiClient({ registryUrl: registry.url, userAgent: 'test', cacheDir }).config(AbortSignal.timeout(10_000));
});
afterEach(async () => {
  await senderEnded();
  await registry[Symbol.asyncDispose]();
  rmSync(TELEMETRY, { recursive: true, force: true });
  rmSync(HOME, { recursive: true, force: true });
});

function toldTimes(count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => (told.length >= count ? resolve() : undefined);
  listeners.push(look);
  look();
  return promise;
}

async function senderEnded(): Promise<void> {
  const marker = join(TELEMETRY, 'sending');
  if (!existsSync(marker)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(TELEMETRY, () => (existsSync(marker) ? undefined : resolve()));
  if (!existsSync(marker)) resolve();
  await promise;
  watcher.close();
}

/** Two plugins that the registry published, of which one fails, and a folder of the user's own. */
async function projectOf(): Promise<TestProject> {
  const project = createProject();
  await project.install({ name: GOOD, version: '1.2.0', code: 'export default {};' });
  await project.install({ name: BAD, code: `export default { onLoad() { throw new Error('no'); } };` });
  project.addFolder('own', { name: '@test/own', code: 'export default {};' });
  const lock = readFileSync(join(project.dir, 'ar-plugins.lock'), 'utf8');
  project.write('ar-plugins.lock', lock.replaceAll('http://127.0.0.1/', registry.url));
  project.write('ar.config.json', JSON.stringify({ plugins: [GOOD, BAD, './own'] }));
  return project;
}

function allow(folder = join(HOME, '.config/agent-relay')): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), 'schemaVersion: 1\ntelemetry: true\n');
}

/** Runs the project's daemon until `meanwhile` is over. @returns its exit code */
async function runHost(
  project: TestProject,
  meanwhile: () => Promise<unknown>,
  env: Readonly<Record<string, string>> = {},
): Promise<number | null> {
  const own = { PATH: process.env['PATH'] ?? '', HOME, ...project.env, ...env };
  const child = spawn(process.execPath, ['--conditions=ar-source', MAIN, '--project', project.dir], { env: own });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const stderr = text(child.stderr);
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  let seen = '';
  child.stdout.on('data', (chunk) => {
    seen += String(chunk);
    if (/^ready$/m.test(seen)) resolve();
  });
  void exit.then(async () => reject(new Error(await stderr)));
  await ready;
  await meanwhile();
  child.kill('SIGTERM');
  return exit;
}

test('tells which plugins of the registry are in use, how long they took and that one failed; nothing of a folder', async () => {
  allow();
  const project = await projectOf();
  expect(await runHost(project, () => toldTimes(3))).toBe(0);
  const [load = '', ...others] = told.toSorted((a, b) => Number(b.includes('/load?')) - Number(a.includes('/load?')));
  const [, bucket] = /^\/t\/v1\/load\?p=@acme\/good&v=1\.2\.0&ms=(\d+)$/.exec(load) ?? [];
  expect(LOAD_BUCKETS).toContain(Number(bucket));
  expect(others.toSorted()).toEqual([`/t/v1/active?p=${GOOD}&v=1.2.0`, `/t/v1/error?p=${BAD}&v=1.0.0`]);
  await senderEnded();
  // Started again on the same day: in use as before.
  told = [];
  expect(await runHost(project, () => toldTimes(2))).toBe(0);
  await senderEnded();
  expect(told.filter((address) => address.includes('/active?'))).toEqual([]);
});

test('a registry that does not answer keeps no daemon', async () => {
  allow();
  holds = true;
  const code = await runHost(await projectOf(), () => toldTimes(1));
  expect([code, held[0]?.writableEnded, held[0]?.destroyed]).toEqual([0, false, false]);
});

test.each([
  ['nobody said that it may', {}, () => undefined],
  ['DO_NOT_TRACK is set', { DO_NOT_TRACK: '1' }, allow],
  ['this is CI', { GITLAB_CI: 'true' }, allow],
])('tells nothing where %s', async (_why, env, prepare) => {
  prepare();
  expect(await runHost(await projectOf(), async () => undefined, env)).toBe(0);
  expect([existsSync(TELEMETRY), told]).toEqual([false, []]);
});

test('a project cannot allow it, and can forbid it', async () => {
  const hostile = await projectOf();
  allow(join(hostile.dir, 'config/agent-relay'));
  hostile.write('.env', `XDG_CONFIG_HOME=${join(hostile.dir, 'config')}\nHOME=${hostile.dir}\nCI=false\n`);
  expect(await runHost(hostile, async () => undefined, {})).toBe(0);
  allow();
  expect(await runHost(hostile, async () => undefined, { GITHUB_ACTIONS: 'true' })).toBe(0);
  const modest = await projectOf();
  modest.write('.env', 'DO_NOT_TRACK=1\n');
  expect(await runHost(modest, async () => undefined)).toBe(0);
  expect([existsSync(TELEMETRY), told]).toEqual([false, []]);
});
