/** What a plugin is refused is in its log, with the permission that would allow it; see docs/sandbox.md. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeWorkDir } from './support/project.ts';
import { silenceRelay } from './support/relay.ts';
import { plantPlugin, RUNTIMES, type SandboxedPlugin } from './support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

/** Each fails, and the plugin goes on. Ports differ, so that each library's own attempt is known by its line. */
const ATTEMPTS = `
  import child from 'node:child_process';
  import dgram from 'node:dgram';
  import dns from 'node:dns';
  import fs from 'node:fs';
  import http from 'node:http';
  import http2 from 'node:http2';
  import https from 'node:https';
  import net from 'node:net';
  import tls from 'node:tls';
  import vm from 'node:vm';
  const failing = (emitter) => new Promise((_, reject) => emitter.on('error', reject));
  export const attempts = {
    net: () => failing(net.connect(7001, 'net.test')),
    tls: () => failing(tls.connect(7002, 'tls.test')),
    http: () => failing(http.get('http://http.test:7003/')),
    https: () => failing(https.get('https://https.test:7004/')),
    http2: () => failing(http2.connect('http://http2.test:7005')),
    fetch: () => fetch('http://fetch.test:7006/'),
    webSocket: () => new Promise((_, reject) => { new WebSocket('ws://ws.test:7007/').onerror = () => reject(new Error('failed')); }),
    lookup: () => dns.promises.lookup('lookup.test'),
    resolve: () => dns.promises.resolve4('resolve.test'),
    udp: () => dgram.createSocket('udp4'),
    unix: () => net.connect('/run/some.sock'),
    listen: () => failing(net.createServer().listen(7008)),
    program: () => child.execFileSync('id'),
    vm: () => vm.runInNewContext('1'),
    dataUrl: () => import('data:text/javascript,1'),
    addon: () => process.dlopen({ exports: {} }, '/x.node'),
    signal: () => process.kill(process.pid, 0),
    inspector: () => import('node:inspector'),
  };`;

const NEVER = 'none: this cannot be granted';

const DENIED: readonly (readonly [permission: string, resource: string])[] = [
  ['network: [net.test:7001]', 'net.test:7001: it is not declared'],
  ['network: [tls.test:7002]', 'tls.test:7002: it is not declared'],
  ['network: [http.test:7003]', 'http.test:7003: it is not declared'],
  ['network: [https.test:7004]', 'https.test:7004: it is not declared'],
  ['network: [http2.test:7005]', 'http2.test:7005: it is not declared'],
  ['network: [fetch.test:7006]', 'fetch.test:7006: it is not declared'],
  ['network: [ws.test:7007]', 'ws.test:7007: it is not declared'],
  ['network: [lookup.test]', 'lookup.test: it is not declared'],
  [NEVER, 'asking a name server'],
  [NEVER, 'a UDP socket'],
  [NEVER, 'a unix socket'],
  ['listen: [127.0.0.1:7008]', 'listening on 127.0.0.1:7008'],
  ['childProcess: [id]', 'starting id'],
  ['codeGeneration', 'node:vm'],
  ['codeGeneration', 'importing a data: URL'],
  ['nativeAddons', 'loading compiled code'],
  [NEVER, 'sending a signal'],
  [NEVER, 'the module node:inspector'],
];

/** What only the runtime refuses: how, and what is told where the plugin does not catch it. */
const UNCAUGHT: readonly (readonly [code: string, permission: string, resource: string])[] = [
  [`fs.readFileSync('/etc/hostname')`, 'filesystem.read', '/etc/hostname'],
  [`await fs.promises.writeFile('/etc/ar-probe', '')`, 'filesystem.write', '/etc/ar-probe'],
  [`new Worker('1', { eval: true })`, 'workers', ''],
  [`new Function('return 1')()`, 'codeGeneration', 'code from text'],
];

describe.each(RUNTIMES)('on %s', (name, node) => {
  test('what it is refused is told, whatever it makes of it', async () => {
    await using planted = await plantPlugin({ node, attempts: ATTEMPTS });
    const results = await planted.attempt();
    expect(Object.entries(results).filter(([, result]) => !('threw' in result))).toEqual([]);
    await expect.poll(() => deniedIn(planted)).toEqual(DENIED);
  });

  test.each(UNCAUGHT)(
    '%s, not caught, is told in its log and as the reason that it does not run',
    async (code, permission, resource) => {
      await using planted = await plantPlugin({
        node,
        attempts: `
        import fs from 'node:fs';
        import { Worker } from 'node:worker_threads';
        export const attempts = {};
        export const loading = async () => { ${code}; };`,
      });
      expect(planted.reason()).toBe(`${resource || 'this'} is not allowed: it needs the permission ${permission}`);
      await expect.poll(() => deniedIn(planted)).toEqual([[permission, resource]]);
    },
  );

  // Earlier, the runtime tells nobody but the plugin.
  if (name === 'Node 22') return;
  test('files and threads that it is refused are told, also where it catches that', async () => {
    const attempts = `
      import fs from 'node:fs';
      import { Worker } from 'node:worker_threads';
      export const attempts = {
        read: () => fs.readFileSync('/etc/hostname'),
        write: () => fs.promises.writeFile('/etc/ar-probe', ''),
        worker: () => new Worker('1', { eval: true }),
      };`;
    await using planted = await plantPlugin({ node, attempts });
    await planted.attempt();
    await expect.poll(() => deniedIn(planted)).toEqual(UNCAUGHT.slice(0, 3).map(([, ...told]) => told));
  });
});

/** Permission and resource of each line, in their order. */
function deniedIn(planted: SandboxedPlugin): readonly (readonly [string, string])[] {
  return planted
    .log()
    .split('\n')
    .filter((line) => line.includes('"access denied"'))
    .map((line) => {
      const { extra } = JSON.parse(line) as {
        readonly extra: { readonly permission: string; readonly resource: string };
      };
      return [extra.permission, extra.resource];
    });
}
