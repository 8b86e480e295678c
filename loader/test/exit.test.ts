import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProbe } from './support/probe.ts';
import { createProject, removeWorkDir } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

test.each([
  ['onLoad', 'PLUGIN_LOAD_FAILED', 'export default { onLoad() { process.exit(0); } };'],
  ['an asynchronous onLoad', 'PLUGIN_LOAD_FAILED', 'export default { async onLoad() { await 1; process.exit(0); } };'],
  ['its import', 'PLUGIN_IMPORT_FAILED', 'process.exit(0); export default {};'],
  ['its import, later', 'PLUGIN_IMPORT_FAILED', 'await 1; process.exit(0); export default {};'],
])('a plugin that exits in %s ends with %s, and the others go on', async (_, code, source) => {
  const project = createProject();
  project.addFolder('p', { name: '@test/p', code: source });
  project.addFolder('q', { name: '@test/q', code: 'export default {};' });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p', './q'] }));
  await using relay = await startTestRelay(project);
  expect(relay.loader.getLoaded()).toMatchObject([
    { status: 'error', error: { code, facts: { reason: 'it called process.exit(0)' } } },
    { name: '@test/q', status: 'active' },
  ]);
  expect(relay.daemon.isRunning).toBe(true);
});

test('a hook that exits is counted as one that throws, and delivery goes on', async () => {
  const project = createProject();
  const probe = createProbe();
  project.addFolder('p', { name: '@test/p', code: 'export default { onMessage() { process.exit(0); } };' });
  const code = `${probe.source}export default { onMessage({ body }) { note(body); } };`;
  project.addFolder('q', { name: '@test/q', code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p', './q'] }));
  await using relay = await startTestRelay(project);
  const alice = await relay.connect('Alice');
  const received = nextMessage(alice);
  (await relay.connect('Bob')).sendMessage('Alice', 'hello');
  expect(await received).toMatchObject({ body: 'hello' });
  expect(await probe.waitFor(1)).toEqual(['hello']);
  await expect
    .poll(() => relay.loader.metrics.toPrometheus())
    .toMatch(/^ar_plugin_event_errors_total\{.*plugin="@test\/p".*\} 1$/m);
});

test('the functions that end the process are the originals again after stop', async () => {
  const names = ['exit', 'abort', 'kill'] as const;
  const originals = names.map((name) => process[name]);
  const project = createProject();
  project.addFolder('p', { name: '@test/p', code: 'export default {};' });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  const relay = await startTestRelay(project);
  expect(names.some((name, index) => process[name] === originals[index])).toBe(false);
  await relay.stop();
  expect(names.map((name) => process[name])).toEqual(originals);
});
