import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProbe, type Probe } from './support/probe.ts';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { CLIENT_URL, nextMessage, silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const ALL_HOOKS = `{
  onConnect: ({ agent }) => note(['connect', agent]),
  onMessage: ({ from, to, channel, body }) => note(['message', from, to ?? channel, body]),
  onDisconnect: ({ agent }) => note(['disconnect', agent]),
}`;

function projectWithHook(probe: Probe, plugin: string): TestProject {
  const project = createProject();
  project.addFolder('hook', { name: '@test/hook', code: `${probe.source}export default ${plugin};` });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./hook'] }));
  return project;
}

/** Milliseconds from sending to receiving. */
async function roundTrip(relay: TestRelay, [from, to]: readonly [string, string]): Promise<number> {
  const sender = await relay.connect(from);
  const receiver = await relay.connect(to);
  const received = nextMessage(receiver);
  const sentMs = performance.now();
  sender.sendMessage(to, 'ping');
  expect((await received).body).toBe('ping');
  return performance.now() - sentMs;
}

test('a hook sees connects, a message and a disconnect of two real clients, in order', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithHook(probe, ALL_HOOKS));
  const alice = await relay.connect('Alice');
  const bob = await relay.connect('Bob');
  const received = nextMessage(bob);
  alice.sendMessage('Bob', 'hello');
  expect(await received).toEqual({ from: 'Alice', body: 'hello' });
  await probe.waitFor(3);
  bob.destroy();
  await probe.waitFor(4);
  expect(probe.notes).toEqual([
    ['connect', 'Alice'],
    ['connect', 'Bob'],
    ['message', 'Alice', 'Bob', 'hello'],
    ['disconnect', 'Bob'],
  ]);
});

test('broadcasts and channel messages are one event each; joining a channel is none', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithHook(probe, `{ onMessage: ${ALL_HOOKS}.onMessage }`));
  const alice = await relay.connect('Alice');
  await relay.connect('Bob');
  await relay.connect('Carol');
  alice.joinChannel('#team');
  alice.broadcast('to all');
  alice.sendChannelMessage('#general', 'in general');
  await probe.waitFor(2);
  expect(probe.notes).toEqual([
    ['message', 'Alice', '*', 'to all'],
    ['message', 'Alice', '#general', 'in general'],
  ]);
});

test('what is meant for the router itself is no message', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithHook(probe, `{ onMessage: ${ALL_HOOKS}.onMessage }`));
  const alice = await relay.connect('Alice');
  alice.sendMessage('_router', 'join', 'state', { _channelMembershipUpdate: { channel: '#x', member: 'Alice' } });
  alice.sendMessage('_router', 'anything');
  alice.sendMessage('Nobody', 'a message to an unknown agent');
  await probe.waitFor(1);
  expect(probe.notes).toEqual([['message', 'Alice', 'Nobody', 'a message to an unknown agent']]);
});

test('the sender is who is connected, not who the frame says', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithHook(probe, `{ onMessage: ${ALL_HOOKS}.onMessage }`));
  const mallory = await relay.connect('Mallory');
  const payload = { kind: 'message', body: 'forged' };
  mallory['send']({ v: 1, type: 'SEND', id: '1', ts: 1, from: 'Alice', to: 'Bob', payload });
  await probe.waitFor(1);
  expect(probe.notes).toEqual([['message', 'Mallory', 'Bob', 'forged']]);
});

test('one plugin can change neither what is delivered nor what another plugin sees', async () => {
  const probe = createProbe();
  const project = createProject();
  const meddler = `{ onMessage(event) { 'use strict'; event.data.n = 2; } }`;
  project.addFolder('a', { name: '@test/a', code: `export default ${meddler};` });
  project.addFolder('b', {
    name: '@test/b',
    code: `${probe.source}export default { onMessage: ({ data }) => note(data) };`,
  });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./a', './b'] }));
  await using relay = await startTestRelay(project);
  const alice = await relay.connect('Alice');
  const bob = await relay.connect('Bob');
  const { promise, resolve } = Promise.withResolvers<unknown>();
  bob.onMessage = (_from, { data }) => resolve(data);
  alice.sendMessage('Bob', 'numbers', 'message', { n: 1 });
  expect(await promise).toEqual({ n: 1 });
  await probe.waitFor(1);
  expect(probe.notes).toEqual([{ n: 1 }]);
});

test.each([
  [
    'throws',
    `{ onConnect() { note('called'); throw new Error('boom'); }, onMessage() { note('called'); throw new Error('boom'); } }`,
  ],
  ['rejects', `{ async onMessage() { note('called'); throw new Error('boom'); } }`],
  ['throws something that is no error', `{ onMessage() { note('called'); throw null; } }`],
  ['hangs', `{ onMessage() { note('called'); return new Promise(() => {}); } }`],
])('routing is not affected by a hook that %s', async (_, plugin) => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithHook(probe, plugin), { limits: { unloadTimeoutMs: 50 } });
  await roundTrip(relay, ['Alice', 'Bob']); // warms the path up
  const ms = await roundTrip(relay, ['Carol', 'Dave']);
  await probe.waitFor(1);
  // A hook has 5 s.
  expect(ms).toBeLessThan(1_000);
  expect(relay.daemon.getAgents()).toEqual(['Alice', 'Bob', 'Carol', 'Dave']);
  expect(relay.loader.getLoaded()).toMatchObject([{ status: 'active' }]);
});

test('a message is on its way before a hook that blocks the thread begins', async () => {
  const probe = createProbe();
  const blocking = `{ onMessage() { note(Date.now()); const end = Date.now() + 1000; while (Date.now() < end); } }`;
  await using relay = await startTestRelay(projectWithHook(probe, blocking));
  // A receiver with a thread of its own can tell when the bytes came.
  const bob = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
    console.log = () => {};
    import(workerData.url).then(async ({ RelayClient }) => {
      const client = new RelayClient({ socketPath: workerData.socketPath, agentName: 'Bob', quiet: true, reconnect: false });
      client.onMessage = () => { parentPort.postMessage(Date.now()); client.destroy(); };
      await client.connect();
      parentPort.postMessage('connected');
    });`,
    { eval: true, workerData: { socketPath: relay.socketPath, url: CLIENT_URL } },
  );
  await once(bob, 'message');
  const alice = await relay.connect('Alice');
  const received = once(bob, 'message');
  alice.sendMessage('Bob', 'ping');
  const [receivedMs] = (await received) as [number];
  const [beganMs] = (await probe.waitFor(1)) as [number];
  expect(receivedMs - beganMs).toBeLessThan(900);
});

test('a hook that fails goes on to get the events that follow', async () => {
  const probe = createProbe();
  const plugin = `{ onMessage({ body }) { note(body); if (body === 'bad') throw new Error('boom'); if (body === 'hang') return new Promise(() => {}); } }`;
  await using relay = await startTestRelay(projectWithHook(probe, plugin), { limits: { eventTimeoutMs: 50 } });
  const alice = await relay.connect('Alice');
  for (const body of ['bad', 'hang', 'good']) alice.sendMessage('Bob', body);
  await probe.waitFor(3);
  expect(probe.notes).toEqual(['bad', 'hang', 'good']);
  const metrics = relay.loader.metrics.toPrometheus();
  expect(metrics).toContain('ar_plugin_event_errors_total{hook="onMessage",plugin="@test/hook",reason="threw"} 1');
  expect(metrics).toContain('ar_plugin_event_errors_total{hook="onMessage",plugin="@test/hook",reason="timed-out"} 1');
});

test('events are handed over one at a time', async () => {
  const probe = createProbe();
  const plugin = `{ async onMessage({ body }) { note(body + ' in'); await new Promise(setImmediate); note(body + ' out'); } }`;
  await using relay = await startTestRelay(projectWithHook(probe, plugin));
  const alice = await relay.connect('Alice');
  for (const body of ['1', '2', '3']) alice.sendMessage('Bob', body);
  await probe.waitFor(6);
  expect(probe.notes).toEqual(['1 in', '1 out', '2 in', '2 out', '3 in', '3 out']);
});

test('what a full queue cannot take is dropped and counted', async () => {
  const probe = createProbe();
  const plugin = `{ onMessage({ body }) { note(body); return new Promise(() => {}); } }`;
  const limits = { maxQueuedEvents: 5, unloadTimeoutMs: 50 };
  await using relay = await startTestRelay(projectWithHook(probe, plugin), { limits });
  const alice = await relay.connect('Alice');
  alice.sendMessage('Bob', 'first');
  await probe.waitFor(1);
  for (let count = 0; count < 8; count += 1) alice.sendMessage('Bob', `more ${count}`);
  const bob = await relay.connect('Bob2');
  const received = nextMessage(bob);
  alice.sendMessage('Bob2', 'last');
  await received;
  expect(relay.loader.metrics.toPrometheus()).toContain(
    'ar_plugin_events_dropped_total{hook="onMessage",plugin="@test/hook"} 4',
  );
});

test('a hook that the manifest does not declare is not called', async () => {
  const probe = createProbe();
  const project = createProject();
  const manifest = 'hooks: { onMessage: true }\n';
  project.addFolder('hook', { name: '@test/hook', manifest, code: `${probe.source}export default ${ALL_HOOKS};` });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./hook'] }));
  await using relay = await startTestRelay(project);
  const alice = await relay.connect('Alice');
  alice.sendMessage('Bob', 'hello');
  await probe.waitFor(1);
  expect(probe.notes).toEqual([['message', 'Alice', 'Bob', 'hello']]);
});

test('bursts of several agents reach a fast hook whole and in order', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(
    projectWithHook(probe, `{ onMessage: ({ from, body }) => note([from, body]) }`),
  );
  const senders = ['Alice', 'Bob', 'Carol'];
  for (const name of senders) {
    const client = await relay.connect(name);
    for (let count = 0; count < 500; count += 1) client.sendMessage('Nobody', String(count));
  }
  const notes = (await probe.waitFor(1_500)) as [string, string][];
  const expected = Array.from({ length: 500 }, (_, count) => String(count));
  for (const name of senders) expect(notes.filter(([from]) => from === name).map(([, body]) => body)).toEqual(expected);
});
