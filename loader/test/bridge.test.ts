import { setTimeout as sleep } from 'node:timers/promises';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PluginContext, RelayClient as SdkClient } from '@ar-registry/sdk';
import { attach } from '../src/attach.ts';
import { importRelay } from '../src/relay/import.ts';
import { locateRelay } from '../src/relay/locate.ts';
import { createProbe, type Probe } from './support/probe.ts';
import { createProject, dataDir, removeWorkDir, type TestProject } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

function projectWithBridge(probe: Probe, plugin: string): TestProject {
  const project = createProject();
  project.addFolder('bridge', {
    name: '@test/bridge',
    type: 'bridge',
    code: `${probe.source}export default ${plugin};`,
  });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./bridge'] }));
  return project;
}

test('a bridge is connected before onLoad, under the part of its name after the slash', async () => {
  const probe = createProbe();
  const plugin = `{ async onLoad({ client, daemon }) { note([client.state, client.agentName, daemon.getAgents()]); } }`;
  await using relay = await startTestRelay(projectWithBridge(probe, plugin));
  expect(probe.notes).toEqual([['READY', 'bridge', ['bridge']]]);
  expect(relay.daemon.getAgents()).toEqual(['bridge']);
});

test('a hook is not connected unless it connects itself', async () => {
  const probe = createProbe();
  const project = createProject();
  const code = `${probe.source}export default { async onLoad({ client }) { note(client.state); await client.connect(); note(client.state); } };`;
  project.addFolder('hook', { name: '@test/hook', code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./hook'] }));
  await using relay = await startTestRelay(project);
  expect(probe.notes).toEqual(['DISCONNECTED', 'READY']);
  expect(relay.daemon.getAgents()).toEqual(['hook']);
});

test('a bridge and a real client exchange messages', async () => {
  const probe = createProbe();
  const plugin = `{ async onLoad({ client }) { client.onMessage = (from, { body }) => client.sendMessage(from, 'echo ' + body); } }`;
  await using relay = await startTestRelay(projectWithBridge(probe, plugin));
  const alice = await relay.connect('Alice');
  const received = nextMessage(alice);
  alice.sendMessage('bridge', 'hello');
  expect(await received).toEqual({ from: 'bridge', body: 'echo hello' });
});

test.each([
  ['throws', `(from, { body }) => { note(body); if (body === 'bad') throw new Error('boom'); }`],
  ['rejects', `async (from, { body }) => { note(body); if (body === 'bad') throw new Error('boom'); }`],
])('an onMessage that %s loses none of the messages that come with it', async (_, onMessage) => {
  const probe = createProbe();
  const plugin = `{ async onLoad({ client }) { client.onMessage = ${onMessage}; } }`;
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown): unknown => rejections.push(reason);
  process.on('unhandledRejection', onRejection);
  await using relay = await startTestRelay(projectWithBridge(probe, plugin));
  const alice = await relay.connect('Alice');
  // Written in one turn, so that the client reads them at once.
  for (const body of ['1', 'bad', '2', '3']) alice.sendMessage('bridge', body);
  await probe.waitFor(4);
  await new Promise(setImmediate);
  process.off('unhandledRejection', onRejection);
  expect(probe.notes).toEqual(['1', 'bad', '2', '3']);
  expect(rejections).toEqual([]);
  expect(relay.loader.metrics.toPrometheus()).toContain(
    'ar_plugin_client_errors_total{callback="onMessage",plugin="@test/bridge"} 1',
  );
});

test('an onChannelMessage that throws is contained', async () => {
  const probe = createProbe();
  const plugin = `{ async onLoad({ client }) { client.onChannelMessage = (from, channel, body) => { note(body); throw new Error('boom'); }; } }`;
  await using relay = await startTestRelay(projectWithBridge(probe, plugin));
  const alice = await relay.connect('Alice');
  alice.sendChannelMessage('#general', '1');
  alice.sendChannelMessage('#general', '2');
  await probe.waitFor(2);
  expect(probe.notes).toEqual(['1', '2']);
});

test('a message sent in onUnload is delivered', async () => {
  const probe = createProbe();
  const plugin = `{ async onLoad(context) { this.client = context.client; }, async onUnload() { this.client.sendMessage('Alice', 'goodbye'); } }`;
  await using relay = await startTestRelay(projectWithBridge(probe, plugin));
  const alice = await relay.connect('Alice');
  const received = nextMessage(alice);
  await relay.loader.unload('@test/bridge');
  expect(await received).toEqual({ from: 'bridge', body: 'goodbye' });
});

test('an unloaded bridge does not come back', async () => {
  const probe = createProbe();
  const project = projectWithBridge(probe, `{ async onLoad({ client }) { client.onStateChange = note; } }`);
  const code = `${probe.source}export default { onDisconnect: ({ agent }) => note('gone ' + agent) };`;
  project.addFolder('hook', { name: '@test/hook', code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./bridge', './hook'] }));
  await using relay = await startTestRelay(project);
  await relay.loader.unload('@test/bridge');
  await probe.waitFor(1);
  // A client that is only disconnected comes back after a moment.
  await sleep(RECONNECT_MS);
  expect(relay.daemon.getAgents()).toEqual([]);
  expect(probe.notes).toEqual(['gone bridge']);
});

/** agent-relay's own first wait is 100 ms. */
const RECONNECT_MS = 1_000;

test('two bridges with the same last part get names of their own', async () => {
  const probe = createProbe();
  const project = createProject();
  const code = `${probe.source}export default { async onLoad({ client }) { note(client.agentName); } };`;
  project.addFolder('a', { name: '@a/slack', type: 'bridge', code });
  project.addFolder('b', { name: '@b/slack', type: 'bridge', code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./a', './b'] }));
  await using relay = await startTestRelay(project);
  expect(relay.daemon.getAgents().toSorted()).toEqual(['b-slack', 'slack']);
});

test('a bridge that cannot connect ends with PLUGIN_LOAD_FAILED, and tries no more', async () => {
  const probe = createProbe();
  const project = projectWithBridge(probe, `{ async onLoad() { note('loaded'); } }`);
  await using relay = await startTestRelay(createProject());
  const { RelayClient } = await importRelay(await locateRelay(project.dir));
  const clients: SdkClient[] = [];
  class Recorded extends RelayClient {
    constructor(config: ConstructorParameters<typeof RelayClient>[0]) {
      super(config);
      clients.push(this);
    }
  }
  const attached = await attach({
    projectDir: project.dir,
    daemon: relay.daemon,
    RelayClient: Recorded,
    relayDir: (await locateRelay(project.dir)).dir,
    relayVersion: '1.6.0',
    socketPath: `${relay.socketPath}.none`,
    projectDataDir: project.dir,
    dataDir,
    env: {},
    now: () => Date.now(),
  });
  expect(attached.loader.getLoaded()).toMatchObject([{ error: { code: 'PLUGIN_LOAD_FAILED' } }]);
  expect(clients.map(({ state }) => state)).toEqual(['DISCONNECTED']);
  await attached.detach();
  expect(probe.notes).toEqual([]);
});

test('a bridge reconnects when the daemon comes back', async () => {
  const probe = createProbe();
  const plugin = `{ async onLoad({ client }) { client.onStateChange = (state) => note(state); } }`;
  await using relay = await startTestRelay(projectWithBridge(probe, plugin));
  const daemon = relay.daemon as unknown as { start(): Promise<void>; stop(): Promise<void> };
  await daemon.stop();
  await daemon.start();
  await expect.poll(() => relay.daemon.getAgents()).toEqual(['bridge']);
  expect(probe.notes).toContain('BACKOFF');
});

test('a plugin has a data folder of its own, a log and metrics', async () => {
  const probe = createProbe();
  const plugin = `{ async onLoad({ dataDir, logger, metrics, signal }) {
    logger.info('hello \\u001b[31m\\u009b \\u202e', { n: 1 });
    logger.debug('too low');
    metrics.counter('things_total', 2, { kind: 'a' });
    note({ dataDir, aborted: signal.aborted });
  } }`;
  await using relay = await startTestRelay(projectWithBridge(probe, plugin));
  const [{ dataDir: own, aborted }] = probe.notes as [{ dataDir: string; aborted: boolean }];
  expect(aborted).toBe(false);
  expect(own.startsWith(dataDir)).toBe(true);
  expect(own.endsWith(join('plugins', 'data', 'test__bridge'))).toBe(true);
  expect(statSync(own).mode & 0o777).toBe(0o700);
  expect(relay.loader.metrics.toPrometheus()).toContain(
    'ar_plugin_test__bridge__things_total{kind="a",plugin="@test/bridge"} 2',
  );
  await relay.loader.unload('@test/bridge');
  const log = readFileSync(join(own, '..', '..', 'logs', 'test__bridge.log'), 'utf8');
  // oxlint-disable-next-line no-control-regex -- controls are what must not be there
  expect(log.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; msg: string; extra?: unknown });
  expect(lines[0]).toMatchObject({ level: 'info', msg: 'hello \u001b[31m\u009b \u202e', extra: { n: 1 } });
  expect(lines.map(({ level }) => level)).not.toContain('debug');
});

test('the context has what the SDK promises', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(
    projectWithBridge(probe, `{ async onLoad(context) { note(Object.keys(context)); } }`),
  );
  const promised: Record<keyof PluginContext, true> = {
    daemon: true,
    client: true,
    config: true,
    logger: true,
    metrics: true,
    dataDir: true,
    signal: true,
  };
  expect(relay.loader.getLoaded()).toMatchObject([{ status: 'active' }]);
  expect((probe.notes[0] as string[]).toSorted()).toEqual(Object.keys(promised).toSorted());
});
