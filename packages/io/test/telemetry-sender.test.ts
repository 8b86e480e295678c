/** Sending over real sockets; `cli/test/telemetry.test.ts` has the whole of it, as processes. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createEventQueue, type EventQueue, type QueuedEvent } from '@ar-registry/io/telemetry';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sendWaiting } from '../src/telemetry-sender/send-waiting.ts';

const NOW = new Date('2026-11-23T12:00:00Z');

let folder: string;
let queue: EventQueue;
let server: http.Server;
let url: string;
let asked: string[];
let answer: (response: http.ServerResponse) => void;

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-telemetry-'));
  queue = createEventQueue(folder);
  asked = [];
  answer = (response) => response.writeHead(204).end();
  server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const eventOf = (version: string, at = NOW, registry = url): QueuedEvent => ({
  at: at.toISOString(),
  registry,
  event: { kind: 'install', name: '@a/b', version },
});

const send = (timeoutMs = 2000): Promise<number> =>
  sendWaiting({
    queue,
    collectors: async (registry) => (registry === url ? { known: true, collector: `${url}/t/v1/` } : { known: true }),
    version: '1.2.3',
    now: () => NOW,
    timeoutMs,
  });

it('asks once for each event, the same twice once, and nobody who does not want to be told', async () => {
  queue.add([eventOf('1.0.0'), eventOf('1.0.0'), eventOf('2.0.0'), eventOf('3.0.0', NOW, 'https://silent.example')]);
  expect(await send()).toBe(4);
  expect(asked).toEqual(['/t/v1/install?p=@a/b&v=1.0.0', '/t/v1/install?p=@a/b&v=2.0.0']);
  expect(queue.remembered().map(({ sent }) => sent)).toEqual([true, true]);
  expect(await send()).toBe(0);
});

it('leaves out what waited for a day, and what has no time', async () => {
  const old = new Date(NOW.getTime() - 86_400_000);
  queue.add([eventOf('1.0.0', old), { ...eventOf('2.0.0'), at: 'yesterday' }]);
  expect(await send()).toBe(0);
  expect(asked).toEqual([]);
});

it('asks nobody again who was silent once', async () => {
  answer = () => undefined;
  queue.add([eventOf('1.0.0'), eventOf('2.0.0'), eventOf('3.0.0')]);
  await send(50);
  expect(asked).toHaveLength(1);
  expect(queue.remembered().map(({ sent }) => sent)).toEqual([false, false, false]);
});

it('gives up on who begins an answer and does not end it', async () => {
  answer = (response) => response.writeHead(200).write('x');
  queue.add([eventOf('1.0.0')]);
  await send(50);
  expect([asked.length, queue.remembered()[0]?.sent]).toEqual([1, true]);
});

it.each([[[]], [['relative', 'relative', '1.0.0', 'relative']]])(
  'writes nothing where it is given no folders: %j',
  (words) => {
    const program = path.resolve(import.meta.dirname, '../src/telemetry-sender/main.ts');
    const { status } = spawnSync(process.execPath, ['--conditions=ar-source', program, ...words], { cwd: folder });
    expect([status, fs.readdirSync(folder)]).toEqual([0, []]);
  },
);
