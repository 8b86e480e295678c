import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoadedPlugin } from '../src/loaded-plugin.ts';
import { createProbe, type Probe } from './support/probe.ts';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const HEALTHY = 'export default {};';

/** A project with one faulty plugin, of which an entry speaks, and a healthy one after it. */
async function startWith(project: TestProject, entry: unknown): Promise<TestRelay> {
  project.addFolder('healthy', { name: '@test/healthy', code: HEALTHY });
  project.write('ar.config.json', JSON.stringify({ plugins: [entry, './healthy'] }));
  return startTestRelay(project);
}

/** What became of the faulty one; the healthy one must run, and so must the daemon. */
async function outcome(relay: TestRelay): Promise<{ code: string | undefined; plugin: LoadedPlugin | undefined }> {
  const [plugin, healthy] = relay.loader.getLoaded();
  expect(healthy).toMatchObject({ name: '@test/healthy', status: 'active' });
  const alice = await relay.connect('Alice');
  const received = nextMessage(alice);
  (await relay.connect('Bob')).sendMessage('Alice', 'still here');
  expect(await received).toEqual({ from: 'Bob', body: 'still here' });
  return { code: plugin?.error?.code, plugin };
}

test.each([
  ['throws in onLoad', 'PLUGIN_LOAD_FAILED', `{ onLoad() { throw new Error('boom'); } }`],
  ['rejects in onLoad', 'PLUGIN_LOAD_FAILED', `{ async onLoad() { throw new Error('boom'); } }`],
  ['throws what cannot be printed', 'PLUGIN_LOAD_FAILED', `{ onLoad() { throw { toString() { throw 1; } }; } }`],
  ['exports a function', 'PLUGIN_EXPORT_INVALID', `() => ({})`],
  ['exports nothing', 'PLUGIN_EXPORT_INVALID', `undefined`],
  ['exports an onLoad that is no function', 'PLUGIN_EXPORT_INVALID', `{ onLoad: 'soon' }`],
])('a plugin that %s ends with %s', async (_, code, plugin) => {
  const project = createProject();
  project.addFolder('faulty', { name: '@ar/faulty', code: `export default ${plugin};` });
  await using relay = await startWith(project, './faulty');
  expect(await outcome(relay)).toMatchObject({ code, plugin: { name: '@ar/faulty', type: 'hook', status: 'error' } });
});

test.each([
  ['throws when imported', `throw new Error('boom');`],
  ['has a syntax error', `export default {`],
  ['imports what is not there', `import './missing.js'; export default {};`],
])('a plugin that %s ends with PLUGIN_IMPORT_FAILED', async (_, code) => {
  const project = createProject();
  project.addFolder('faulty', { name: '@ar/faulty', code });
  await using relay = await startWith(project, './faulty');
  expect((await outcome(relay)).code).toBe('PLUGIN_IMPORT_FAILED');
});

test.each([
  ['onLoad', `export default { onLoad: () => new Promise(() => {}) };`],
  ['its import', `await new Promise(() => {}); export default {};`],
])('a plugin that hangs in %s ends with PLUGIN_LOAD_TIMEOUT after its own time limit', async (_, code) => {
  const project = createProject();
  project.addFolder('faulty', { name: '@ar/faulty', code });
  const startedMs = performance.now();
  await using relay = await startWith(project, { name: './faulty', loadTimeoutMs: 100 });
  expect(performance.now() - startedMs).toBeLessThan(3_000);
  expect((await outcome(relay)).code).toBe('PLUGIN_LOAD_TIMEOUT');
});

test('a hanging plugin does not delay the others', async () => {
  const project = createProject();
  const probe = createProbe();
  const noteLoad = (name: string): string => `${probe.source}export default { onLoad() { note('${name}'); } };`;
  project.addFolder('slow', { name: '@test/slow', code: `export default { onLoad: () => new Promise(() => {}) };` });
  project.addFolder('fast', { name: '@test/fast', code: noteLoad('fast') });
  project.write('ar.config.json', JSON.stringify({ plugins: [{ name: './slow', loadTimeoutMs: 2_000 }, './fast'] }));
  const stop = new AbortController();
  const starting = startTestRelay(project, { signal: stop.signal });
  await probe.waitFor(1);
  stop.abort(); // the slow one is still loading: this gives it up
  await using relay = await starting;
  expect(probe.notes).toEqual(['fast']);
  expect(relay.daemon.isRunning).toBe(true);
});

test('a plugin that made things before it failed is told to give them back', async () => {
  const project = createProject();
  const probe = createProbe();
  const code = `${probe.source}export default {
    onLoad({ signal, client }) {
      signal.addEventListener('abort', () => note('aborted'));
      return client.connect().then(() => { throw new Error('too late'); });
    },
    async onUnload() { note('unloaded'); },
    onMessage() { note('message'); },
  };`;
  project.addFolder('faulty', { name: '@ar/faulty', code });
  await using relay = await startWith(project, './faulty');
  expect(await outcome(relay)).toMatchObject({ code: 'PLUGIN_LOAD_FAILED' });
  expect(probe.notes).toEqual(['aborted', 'unloaded']);
  expect(relay.daemon.getAgents()).not.toContain('faulty');
});

test('a plugin without its entry point ends with PLUGIN_ENTRY_POINT_MISSING', async () => {
  const project = createProject();
  project.addFolder('faulty', { name: '@ar/faulty' });
  await using relay = await startWith(project, './faulty');
  expect((await outcome(relay)).code).toBe('PLUGIN_ENTRY_POINT_MISSING');
});

test('a plugin that is not installed ends with PLUGIN_NOT_INSTALLED', async () => {
  await using relay = await startWith(createProject(), '@test/absent');
  expect(await outcome(relay)).toMatchObject({ code: 'PLUGIN_NOT_INSTALLED', plugin: { name: '@test/absent' } });
});

test('a plugin that is locked but not in the store ends with PLUGIN_NOT_FETCHED: a bare install fetches it', async () => {
  const project = createProject();
  const { packageDir } = await project.install({ name: '@ar/faulty', version: '9.9.9', code: HEALTHY });
  rmSync(join(packageDir, '..'), { recursive: true });
  await using relay = await startWith(project, '@ar/faulty');
  expect((await outcome(relay)).code).toBe('PLUGIN_NOT_FETCHED');
});

test('a plugin of another version ends with PLUGIN_VERSION_MISMATCH', async () => {
  const project = createProject();
  await project.install({ name: '@ar/faulty', version: '1.2.0', code: HEALTHY });
  await using relay = await startWith(project, '@ar/faulty@^2.0.0');
  expect(await outcome(relay)).toMatchObject({ code: 'PLUGIN_VERSION_MISMATCH', plugin: { version: '1.2.0' } });
});

test.each(['verified', 'community'] as const)('a %s plugin runs in a process of its own', async (trust) => {
  const project = createProject();
  const probe = createProbe();
  await project.install({ name: '@ar/faulty', code: NOTING(probe) }, { trust });
  await using relay = await startWith(project, '@ar/faulty');
  expect(await outcome(relay)).toMatchObject({ plugin: { status: 'active' } });
  expect(probe.notes).toEqual([]);
});

test('official in the lockfile counts for nothing outside the reserved scopes', async () => {
  const project = createProject();
  const probe = createProbe();
  await project.install({ name: '@test/faulty', code: NOTING(probe) }, { trust: 'official' });
  await using relay = await startWith(project, '@test/faulty');
  expect(await outcome(relay)).toMatchObject({ plugin: { status: 'active' } });
  expect(probe.notes).toEqual([]);
});

/** A plugin that reaches the test only if it runs in its process. */
const NOTING = ({ source }: Probe): string => source.replace(';', '?? (() => {});') + "note('ran'); export default {};";

test('a package of another type than the lockfile says is not run', async () => {
  const project = createProject();
  const probe = createProbe();
  const code = `${probe.source}note('ran'); export default {};`;
  await project.install({ name: '@ar/faulty', version: '3.1.0', code }, { lockedType: 'bridge' });
  await using relay = await startWith(project, '@ar/faulty');
  expect((await outcome(relay)).code).toBe('PACKAGE_MISMATCH');
  expect(probe.notes).toEqual([]);
});

test('a community plugin runs when its entry says isolation none', async () => {
  const project = createProject();
  await project.install({ name: '@test/trusted', code: HEALTHY }, { trust: 'community' });
  await using relay = await startWith(project, { name: '@test/trusted', isolation: 'none' });
  expect(await outcome(relay)).toMatchObject({ plugin: { status: 'active' } });
});

test('isolation process gives an official plugin a process of its own', async () => {
  const project = createProject();
  const probe = createProbe();
  await project.install({ name: '@ar/faulty', version: '1.0.1', code: NOTING(probe) });
  await using relay = await startWith(project, { name: '@ar/faulty', isolation: 'process' });
  expect(await outcome(relay)).toMatchObject({ plugin: { status: 'active' } });
  expect(probe.notes).toEqual([]);
});

test.each([
  ['changed', (dir: string) => writeFileSync(join(dir, 'index.js'), 'globalThis.evil = true; export default {};')],
  ['added', (dir: string) => writeFileSync(join(dir, 'added.js'), '')],
  ['removed', (dir: string) => rmSync(join(dir, 'index.js'))],
])('a plugin of which a file was %s after installation is not run', async (what, damage) => {
  const project = createProject();
  const { packageDir } = await project.install({ name: '@ar/faulty', code: `export default {}; // ${what}` });
  damage(packageDir);
  await using relay = await startWith(project, '@ar/faulty');
  expect((await outcome(relay)).code).toBe('STORE_DAMAGED');
  expect(globalThis).not.toHaveProperty('evil');
});

test('a package that holds another plugin than the lockfile says is not run', async () => {
  const project = createProject();
  await project.install({
    name: '@ar/faulty',
    version: '3.0.0',
    manifest: '# other\n',
    files: { 'ar-plugin.yaml': otherManifest },
    code: HEALTHY,
  });
  await using relay = await startWith(project, '@ar/faulty');
  expect((await outcome(relay)).code).toBe('PACKAGE_MISMATCH');
});

const otherManifest = `name: "@test/other"
version: "1.0.0"
type: hook
description: Another plugin
author: { name: Test }
repository: { type: git, url: "https://example.com/test" }
license: MIT
main: ./index.js
`;

test('a plugin for a later agent-relay ends with AGENT_RELAY_TOO_OLD', async () => {
  const project = createProject();
  project.addFolder('faulty', { name: '@ar/faulty', manifest: 'minVersion: "1.99.0"\n', code: HEALTHY });
  await using relay = await startWith(project, './faulty');
  expect((await outcome(relay)).code).toBe('AGENT_RELAY_TOO_OLD');
});

test.each([
  ['^2.0.0', 'AGENT_RELAY_UNFIT'],
  ['~1.5.0', 'AGENT_RELAY_UNFIT'],
  ['^1.3.0', undefined],
])('a plugin for agent-relay %s as a peer ends with %s', async (range, code) => {
  const project = createProject();
  const manifest = `peerDependencies: { agent-relay: "${range}" }\n`;
  project.addFolder('faulty', { name: '@ar/faulty', manifest, code: HEALTHY });
  await using relay = await startWith(project, './faulty');
  expect(relay.loader.getLoaded()[0]?.error?.code).toBe(code);
});

test('a plugin whose configuration lacks a required key ends with PLUGIN_CONFIG_INVALID', async () => {
  const project = createProject();
  const manifest = 'config: { required: [API_TOKEN] }\n';
  project.addFolder('faulty', { name: '@ar/faulty', manifest, code: HEALTHY });
  await using relay = await startWith(project, './faulty');
  expect(await outcome(relay)).toMatchObject({
    code: 'PLUGIN_CONFIG_INVALID',
    plugin: { error: { facts: { plugin: '@ar/faulty', key: 'API_TOKEN' } } },
  });
});

test('a folder with a broken manifest ends with FILE_INVALID that names the line', async () => {
  const project = createProject();
  project.addFolder('faulty', { name: 'not a name', code: HEALTHY });
  await using relay = await startWith(project, './faulty');
  const { code, plugin } = await outcome(relay);
  expect(code).toBe('FILE_INVALID');
  expect(plugin?.error?.facts).toMatchObject({ problem: expect.stringContaining('line 1') as string });
});

test.each([
  ['a folder that does not exist', './nowhere'],
  ['a file in place of a folder', './package.json'],
  ['no name', { config: {} }],
  ['a number', 42],
  ['a misspelt key', { name: './healthy', configs: {} }],
  ['a dist-tag', '@test/healthy@latest'],
])('an entry with %s ends with PLUGIN_ENTRY_INVALID', async (_, entry) => {
  await using relay = await startWith(createProject(), entry);
  expect((await outcome(relay)).code).toBe('PLUGIN_ENTRY_INVALID');
});

test('the daemon runs when every plugin fails', async () => {
  const project = createProject();
  project.write('ar.config.json', JSON.stringify({ plugins: ['@test/absent', '../gone', {}] }));
  await using relay = await startTestRelay(project);
  expect(relay.loader.getLoaded().map(({ status }) => status)).toEqual(['error', 'error', 'error']);
  expect(relay.daemon.isRunning).toBe(true);
});
