/**
 * What runs in a plugin's process, as it is published: a few files, or a snapshot of them. The other tests run its modules
 * one by one.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { grantAll } from '@ar-registry/core/permission';
import type { Permissions } from '@ar-registry/schemas';
import { afterAll, describe, expect, test } from 'vitest';
import { createFrameReader, encodeFrame } from '../src/bridge/frames.ts';
import { createPeer } from '../src/bridge/peer.ts';
import type { StartMessage } from '../src/bridge/protocol.ts';
import { guestCommand } from '../src/sandbox/command.ts';
import { bundledGuest } from '../src/sandbox/guest-program.ts';
import { startProcess } from '../src/sandbox/guest-process.ts';
import type { SandboxPolicy } from '../src/sandbox/policy.ts';
import { probeRuntime, type Runtime } from '../src/sandbox/runtime.ts';
import { findSnapshot, makeSnapshot } from '../src/sandbox/snapshot.ts';
import { removeWorkDir, workDir } from './support/project.ts';
import { STARTS, type Start } from './support/sandbox.ts';

afterAll(removeWorkDir);

const PLUGIN = `
  import { createRequire } from 'node:module';
  import { Worker } from 'node:worker_threads';
  const attempts = {
    plain: () => 'works',
    environment: () => Object.keys(process.env),
    inspector: () => import('node:inspector'),
    program: async () => (await import('node:child_process')).spawnSync('/bin/true'),
    required: () => createRequire(import.meta.url)('child_process').execSync('true'),
    text: () => new Function('return 1')(),
    mistaken: () => { try { Buffer.alloc('x'); } catch (error) { return error.code; } },
    prototype: () => String(({}).__proto__),
    outside: () => import('node:fs').then((fs) => fs.readFileSync('/etc/hostname', 'utf8')),
    written: () => import('node:fs').then((fs) => fs.writeFileSync('/tmp/ar-written', '')),
    builtin: () => process.getBuiltinModule('dgram').createSocket('udp4'),
    names: async () => (await import('node:dns')).promises.lookup('somewhere.test'),
    secure: async () => (await import('node:https')).get({ host: 'h', socketPath: '/s' }),
    fetched: () => fetch('https://somewhere.test/').then(() => 'answered', (error) => error.cause?.code ?? error.message),
    thread: () => new Promise((resolve, reject) => {
      const worker = new Worker("import('node:inspector').then(() => 'imported', (e) => e.permission ?? e.message).then((said) => require('node:worker_threads').parentPort.postMessage(said))", { eval: true });
      worker.on('message', resolve).on('error', reject);
    }),
  };
  export default {
    beforeMessage: async (name) => {
      try { return { returned: await attempts[name]() }; } catch (error) { return { threw: error.permission ?? error.message }; }
    },
  };`;

interface Started {
  readonly attempt: (name: string) => Promise<unknown>;
  /** What the plugin asked the daemon's process to open or to look up. */
  readonly asked: readonly string[];
  readonly end: () => Promise<unknown>;
}

const program = bundledGuest(process.env['AR_TEST_GUEST'] ?? '');

/** Made by the first test of each runtime that needs one. */
function snapshotOf(runtime: Runtime): Promise<string> {
  const ports = {
    folder: join(workDir, 'guests'),
    builder: program.builder ?? '',
    signal: new AbortController().signal,
  };
  return findSnapshot(runtime, ports).then((found) => found ?? makeSnapshot(runtime, ports));
}

async function startBundled({ node, isSnapshot }: Start, permissions: Permissions): Promise<Started> {
  const runtime = await probeRuntime({ node, platform: process.platform, path: process.env['PATH'] ?? '' });
  const dir = join(workDir, `bundled-${runtime.version}-${isSnapshot}-${Object.keys(permissions).join('-')}`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'index.mjs'), PLUGIN);
  const { nativeAddons, workers, codeGeneration, childProcess } = grantAll(permissions);
  const allowed = { nativeAddons, workers, codeGeneration, childProcess };
  const folder = { path: dir, isFolder: true };
  const policy: SandboxPolicy = {
    ...allowed,
    read: [folder],
    write: [folder],
    network: [],
    listen: [],
    env: {},
    unkept: [],
  };
  const snapshot = isSnapshot ? await snapshotOf(runtime) : undefined;
  const guest = await startProcess(guestCommand(runtime, policy, { maxHeapMb: 128, program, snapshot }), dir);
  guest.stderr.resume();
  const asked: string[] = [];
  const peer = createPeer({
    side: 'host',
    send: (frame) => void guest.pipe.write(encodeFrame(frame)),
    onCall: (method, args) => {
      asked.push(`${method} ${String(args[0])}`);
      return [{ address: '192.0.2.1', family: 4 }];
    },
    onNote: () => undefined,
  });
  const reader = createFrameReader((frame) => {
    // Numbers below 16 are messages; what opens a connection carries its host and port.
    if (frame.type < 16) peer.receive(frame);
    else asked.push(`open ${Buffer.from(frame.payload).toString('utf8').replace('\n', ':')}`);
    if (frame.type >= 16) guest.pipe.destroy();
  });
  guest.pipe.on('data', (chunk: Buffer) => reader.push(chunk));
  guest.pipe.on('error', () => undefined);
  void guest.ended.then((reason) => peer.close(new Error(reason)));
  const start: StartMessage = {
    plugin: '@test/bundled',
    mainUrl: pathToFileURL(join(dir, 'index.mjs')).href,
    agentName: 'bundled',
    dataDir: dir,
    config: {},
    env: { GRANTED: 'yes' },
    allowed,
    methods: ['beforeMessage'],
    daemon: { agents: [], connectionCount: 0, isRunning: true },
  };
  await peer.call('start', [start]);
  return {
    asked,
    attempt: (name) => peer.call('method', ['beforeMessage', name]),
    end: async () => {
      guest.kill();
      return guest.ended;
    },
  };
}

const NEVER = 'none: this cannot be granted';

describe.each(STARTS)('on %s', (_name, way) => {
  test('a plugin without grants starts, and gets at nothing, whenever it first asks for it', async () => {
    const plugin = await startBundled(way, {});
    const attempt = plugin.attempt;
    expect(await attempt('plain')).toEqual({ returned: 'works' });
    expect(await attempt('environment')).toEqual({ returned: ['GRANTED'] });
    expect(await attempt('inspector')).toEqual({ threw: NEVER });
    expect(await attempt('program')).toEqual({ threw: 'childProcess: [/bin/true]' });
    expect(await attempt('required')).toEqual({ threw: 'childProcess: [/bin/sh]' });
    expect(await attempt('builtin')).toEqual({ threw: NEVER });
    expect(await attempt('text')).toMatchObject({ threw: expect.stringContaining('disallowed') as string });
    expect(await attempt('mistaken')).toEqual({ returned: 'ERR_INVALID_ARG_TYPE' });
    expect(await attempt('prototype')).toEqual({ returned: 'undefined' });
    expect(await attempt('outside')).toEqual({ threw: 'FileSystemRead' });
    expect(await attempt('written')).toEqual({ threw: 'FileSystemWrite' });
    expect(await attempt('names')).toEqual({ returned: { address: '192.0.2.1', family: 4 } });
    expect(await attempt('secure')).toEqual({ threw: NEVER });
    expect(plugin.asked).toEqual(['lookup somewhere.test']);
    await plugin.end();
  });

  test('what opens sockets without a module goes through the daemon’s process', async () => {
    const plugin = await startBundled(way, {});
    await plugin.attempt('fetched').catch(() => undefined);
    expect(plugin.asked).toEqual(['open somewhere.test:443']);
    await plugin.end();
  });

  test('a plugin to which code from text is granted makes it', async () => {
    const plugin = await startBundled(way, { codeGeneration: true });
    expect(await plugin.attempt('text')).toEqual({ returned: 1 });
    expect(await plugin.attempt('inspector')).toEqual({ threw: NEVER });
    await plugin.end();
  });

  test('a thread of a plugin that may start them gets nothing of what the plugin itself does not get', async () => {
    const plugin = await startBundled(way, { workers: true });
    expect(await plugin.attempt('thread')).toEqual({ returned: NEVER });
    await plugin.end();
  });
});
