import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProbe } from './support/probe.ts';
import { createProject, removeWorkDir } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

type Router = Record<string, unknown>;
const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length;
const routerOf = (daemon: unknown): Router => (daemon as { router: Router }).router;

test('reload runs the code of a folder and its manifest as they are now', async () => {
  const project = createProject();
  const probe = createProbe();
  const write = (n: number): void =>
    project.addFolder('p', {
      name: '@test/p',
      version: `1.0.${n}`,
      code: `${probe.source}export default { async onLoad() { note(${n}); } };`,
    });
  write(1);
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  await using relay = await startTestRelay(project);
  write(2);
  const reloaded = await relay.loader.reload('@test/p');
  expect(reloaded).toMatchObject({ name: '@test/p', version: '1.0.2', status: 'active' });
  expect(probe.notes).toEqual([1, 2]);
  expect(relay.loader.getLoaded()).toEqual([reloaded]);
});

test('reload sees an edit in a file that the main module imports', async () => {
  const project = createProject();
  const code = `import { helper } from './lib/helper.js'; export default { async onLoad() { globalThis.note(helper); } };`;
  project.addFolder('p', { name: '@test/p', code, files: { 'lib/helper.js': 'export const helper = 1;' } });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  const script = fileURLToPath(new URL('support/reload-script.ts', import.meta.url));
  const args = ['--conditions=ar-source', script, project.dir, 'p/lib/helper.js', 'export const helper = 2;'];
  const { stderr } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, ...project.env, AGENT_RELAY_LOG_LEVEL: 'ERROR' },
  });
  expect(stderr).toBe('[1,2]');
});

test('reload runs CommonJS code as it is now', async () => {
  const project = createProject();
  const probe = createProbe();
  const write = (n: number): void =>
    project.addFolder('p', {
      name: '@test/p',
      code: `${probe.source}const helper = require('./helper.js'); module.exports = { async onLoad() { note([${n}, helper]); } };`,
      files: { 'package.json': '{}', 'helper.js': `module.exports = ${n};` },
    });
  write(1);
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  await using relay = await startTestRelay(project);
  write(2);
  await relay.loader.reload('@test/p');
  expect(probe.notes).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test('reload brings a plugin back that had failed, under its entry', async () => {
  const project = createProject();
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  await using relay = await startTestRelay(project);
  expect(relay.loader.getLoaded()).toMatchObject([{ name: './p', status: 'error' }]);
  project.addFolder('p', { name: '@test/p', code: 'export default {};' });
  expect(await relay.loader.reload('./p')).toMatchObject({ name: '@test/p', status: 'active' });
  expect(relay.loader.getLoaded()).toMatchObject([{ name: '@test/p', status: 'active' }]);
});

test('load of a folder that had failed replaces what was told of it', async () => {
  const project = createProject();
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  await using relay = await startTestRelay(project);
  project.addFolder('p', { name: '@test/p', code: 'export default {};' });
  expect(await relay.loader.load('./p')).toMatchObject({ name: '@test/p', status: 'active' });
  expect(relay.loader.getLoaded()).toMatchObject([{ name: '@test/p', status: 'active' }]);
});

test('load adds a plugin while the daemon runs, and leaves one alone that is active', async () => {
  const project = createProject();
  const probe = createProbe();
  await project.install({
    name: '@ar/p',
    version: '1.1.0',
    code: `${probe.source}export default { async onLoad() { note('loaded'); } };`,
  });
  project.write('ar.config.json', '{"plugins": []}');
  await using relay = await startTestRelay(project);
  expect(await relay.loader.load('@ar/p', '^1.0.0')).toMatchObject({ version: '1.1.0', status: 'active' });
  expect(await relay.loader.load('@ar/p')).toMatchObject({ status: 'active' });
  expect(await relay.loader.load('@ar/p', '^2.0.0')).toMatchObject({
    status: 'error',
    error: { code: 'PLUGIN_VERSION_MISMATCH' },
  });
  expect(relay.loader.getLoaded()).toMatchObject([{ status: 'active' }]);
  expect(probe.notes).toEqual(['loaded']);
});

test('unload gives everything back: router, connection, signal, metrics', async () => {
  const project = createProject();
  const probe = createProbe();
  const code = `${probe.source}export default {
    async onLoad({ signal, metrics, client }) { signal.addEventListener('abort', () => note('aborted')); metrics.gauge('up', 1); await client.connect(); },
    async onUnload() { note('unloaded'); },
    onMessage() { note('message'); },
  };`;
  project.addFolder('p', { name: '@test/p', code });
  project.write('ar.config.json', '{"plugins": []}');
  await using relay = await startTestRelay(project);
  const before = sockets();
  await relay.loader.load('./p');
  expect(relay.daemon.getAgents()).toEqual(['p']);
  await relay.loader.unload('@test/p');
  const alice = await relay.connect('Alice');
  const received = nextMessage(alice);
  (await relay.connect('Bob')).sendMessage('Alice', 'anyone?');
  await received;
  expect(probe.notes).toEqual(['aborted', 'unloaded']);
  expect(relay.loader.getLoaded()).toEqual([]);
  expect(relay.loader.metrics.toPrometheus()).not.toContain('@test/p');
  expect(relay.daemon.getAgents()).toEqual(['Alice', 'Bob']);
  // Two clients are connected now, and each socket has two ends in this process.
  await expect.poll(() => sockets() - before).toBe(4);
});

test('metrics say of each plugin whether it is up, also of one that failed', async () => {
  const project = createProject();
  project.addFolder('good', { name: '@test/good', code: 'export default { onMessage() {} };' });
  project.addFolder('bad', { name: '@test/bad', code: `export default { onLoad() { throw new Error('no'); } };` });
  project.addFolder('off', { name: '@test/off', code: 'export default { onMessage() {} };' });
  const plugins = ['./good', './bad', { name: './off', enabled: false }];
  project.write('ar.config.json', JSON.stringify({ plugins }));
  await using relay = await startTestRelay(project);
  const text = relay.loader.metrics.toPrometheus();
  expect(text.match(/^ar_plugin_(?:up|restarts_total)\{.*$/gm)).toEqual([
    'ar_plugin_up{plugin="@test/bad"} 0',
    'ar_plugin_up{plugin="@test/good"} 1',
    'ar_plugin_restarts_total{plugin="@test/bad"} 0',
    'ar_plugin_restarts_total{plugin="@test/good"} 0',
  ]);
});

test('stop puts the router back as it was', async () => {
  const project = createProject();
  project.addFolder('p', { name: '@test/p', code: 'export default { onMessage() {} };' });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  const relay = await startTestRelay(project);
  const router = routerOf(relay.daemon);
  expect(Object.hasOwn(router, 'route')).toBe(true);
  await relay.stop();
  for (const method of ['register', 'unregister', 'route', 'routeChannelMessage'])
    expect(Object.hasOwn(router, method)).toBe(false);
});

test('stop unloads last to first, delivers what is queued, and may be called twice', async () => {
  const project = createProject();
  const probe = createProbe();
  for (const name of ['a', 'b', 'c'])
    project.addFolder(name, {
      name: `@test/${name}`,
      code: `${probe.source}export default { onMessage: ({ body }) => note('${name} ' + body), async onUnload() { note('${name} unloaded'); } };`,
    });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./a', './b', './c'] }));
  const relay = await startTestRelay(project);
  const alice = await relay.connect('Alice');
  const bob = await relay.connect('Bob');
  const received = nextMessage(bob);
  alice.sendMessage('Bob', 'last');
  await received;
  await Promise.all([relay.stop(), relay.stop()]);
  expect(probe.notes.filter((note) => String(note).endsWith('unloaded'))).toEqual([
    'c unloaded',
    'b unloaded',
    'a unloaded',
  ]);
  expect(probe.notes).toContain('a last');
  expect(relay.daemon.isRunning).toBe(false);
});

test('a plugin that hangs or throws in onUnload does not keep the daemon from stopping', async () => {
  const project = createProject();
  project.addFolder('hangs', {
    name: '@test/hangs',
    code: 'export default { onUnload: () => new Promise(() => {}) };',
  });
  project.addFolder('throws', {
    name: '@test/throws',
    code: `export default { onUnload() { throw new Error('boom'); } };`,
  });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./hangs', './throws'] }));
  const relay = await startTestRelay(project, { limits: { unloadTimeoutMs: 50 } });
  const startedMs = performance.now();
  await relay.stop();
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

test('a plugin that was unloaded is loaded again as it was configured', async () => {
  const project = createProject();
  const probe = createProbe();
  const code = `${probe.source}export default { async onLoad({ config }) { note([config.level, process.pid === ${process.pid}]); } };`;
  project.addFolder('p', { name: '@test/p', code, manifest: 'config: { optional: [LEVEL] }\n' });
  const entry = { name: './p', isolation: 'none', config: { level: 'high' } };
  project.write('ar.config.json', JSON.stringify({ plugins: [entry] }));
  await using relay = await startTestRelay(project);
  await relay.loader.unload('@test/p');
  expect(relay.loader.getLoaded()).toEqual([]);
  expect(await relay.loader.load('@test/p')).toMatchObject({ name: '@test/p', status: 'active' });
  expect(probe.notes).toEqual([
    ['high', true],
    ['high', true],
  ]);
});

test('unload and reload of a plugin that is not loaded throw PLUGIN_NOT_LOADED', async () => {
  const project = createProject();
  await using relay = await startTestRelay(project);
  await expect(relay.loader.unload('@test/none')).rejects.toMatchObject({ code: 'PLUGIN_NOT_LOADED' });
  await expect(relay.loader.reload('@test/none')).rejects.toMatchObject({ code: 'PLUGIN_NOT_LOADED' });
});

test('health asks every plugin and waits for none too long', async () => {
  const project = createProject();
  const plugins = {
    silent: '{}',
    well: `{ async health() { return { status: 'degraded', message: 'so \\u001b[31mso' }; } }`,
    hangs: `{ health: () => new Promise(() => {}) }`,
    throws: `{ health() { throw new Error('boom'); } }`,
    lies: `{ async health() { return { status: 'fine' }; } }`,
  };
  for (const [name, plugin] of Object.entries(plugins))
    project.addFolder(name, { name: `@test/${name}`, code: `export default ${plugin};` });
  project.write(
    'ar.config.json',
    JSON.stringify({ plugins: [...Object.keys(plugins).map((name) => `./${name}`), '@test/absent'] }),
  );
  await using relay = await startTestRelay(project, { limits: { healthTimeoutMs: 50 } });
  const health = await relay.loader.health();
  expect(health.map(({ name, status, health: own }) => [name, status, own?.status])).toEqual([
    ['@test/silent', 'active', 'healthy'],
    ['@test/well', 'active', 'degraded'],
    ['@test/hangs', 'active', 'unhealthy'],
    ['@test/throws', 'active', 'unhealthy'],
    ['@test/lies', 'active', 'unhealthy'],
    ['@test/absent', 'error', undefined],
  ]);
  expect(health[1]?.health?.message).toBe('so so');
});

test('onUnload is called again when an onLoad that was given up ends after all', async () => {
  const project = createProject();
  const probe = createProbe();
  const code = `${probe.source}let finish; export default {
    onLoad: () => new Promise((resolve) => { finish = () => { note('late'); resolve(); }; }),
    async onUnload() { note('unloaded'); finish(); },
  };`;
  project.addFolder('p', { name: '@test/p', code });
  project.write('ar.config.json', JSON.stringify({ plugins: [{ name: './p', loadTimeoutMs: 1000 }] }));
  await using relay = await startTestRelay(project);
  await probe.waitFor(4);
  expect(probe.notes).toEqual(['unloaded', 'late', 'unloaded', 'late']);
  expect(relay.loader.getLoaded()).toMatchObject([{ status: 'error' }]);
});

test('an error that a plugin leaves uncaught takes that plugin out of service alone', async () => {
  const project = createProject();
  const probe = createProbe();
  // The handlers of the process are the test runner's: the plugin's own timer asks instead of throwing.
  const code = `${probe.source}export default { async onLoad() { setTimeout(() => note(globalThis.arBlame(new Error('boom'), 'exception')), 5); }, async onUnload() { note('unloaded'); } };`;
  project.addFolder('p', { name: '@test/p', code });
  project.addFolder('q', { name: '@test/q', code: 'export default {};' });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p', './q'] }));
  await using relay = await startTestRelay(project, {
    onUncaught: (blame) => Object.assign(globalThis, { arBlame: blame }),
  });
  await probe.waitFor(2);
  await sleep(0);
  expect(probe.notes).toEqual(['@test/p', 'unloaded']);
  expect(relay.loader.blameUncaught(new Error('ours'), 'exception')).toBeUndefined();
  await expect
    .poll(() => relay.loader.getLoaded())
    .toMatchObject([{ status: 'error', error: { code: 'PLUGIN_UNCAUGHT' } }, { status: 'active' }]);
});
