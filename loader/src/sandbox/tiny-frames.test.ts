/** Many frames of few bytes, which a plugin and the server that it talks to can make as they like: they cost their bytes. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CREDIT_BYTES, createFrameReader, FRAME, ProtocolError, type Frame } from '../bridge/frames.ts';
import { createChannel } from './channel.ts';
import { readNetworkRules } from './network-rules.ts';
import { createTunnels } from './tunnels.ts';

const FRAMES = 200_000;
const MOST_MB = 12;

let received = 0;
const server = createServer((socket) => socket.on('data', ({ length }) => (received += length)));
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => server.close());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heldMb(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}

const nothing = (): void => undefined;
const byte = (id: number): Frame => ({ type: FRAME.data, id, payload: Uint8Array.of(120) });

test('what a plugin sends faster than it can be written is kept in one piece, and all of it arrives', async () => {
  const { port } = server.address() as AddressInfo;
  const { promise: opened, resolve } = Promise.withResolvers<Frame>();
  let credited = 0;
  const tunnels = createTunnels({
    rules: readNetworkRules([`127.0.0.1:${port}`], () => undefined),
    resolve: () => Promise.resolve([]),
    ownNetwork: () => () => false,
    onDenied: () => undefined,
    send: (frame) => {
      if (frame.type === FRAME.opened) resolve(frame);
      if (frame.type === FRAME.credit) credited += Buffer.from(frame.payload).readUInt32BE();
    },
    maxConnections: 1,
    maxAccepted: 1,
  });
  tunnels.receive({ type: FRAME.open, id: 1, payload: Buffer.from(`127.0.0.1\n${port}`) });
  await opened;
  const before = heldMb();
  for (let sent = 0; sent < FRAMES; sent += 1) tunnels.receive(byte(1));
  expect(heldMb() - before).toBeLessThan(MOST_MB);
  await expect.poll(() => received).toBe(FRAMES);
  // What is left is not worth a frame.
  await expect.poll(() => FRAMES - credited).toBeLessThan(CREDIT_BYTES);
  // Nothing takes no room, so nothing would bound how much of it there is.
  expect(() => tunnels.receive({ type: FRAME.data, id: 1, payload: new Uint8Array() })).toThrow(ProtocolError);
  tunnels.receive(byte(1));
  tunnels.receive(byte(1));
  tunnels.receive({ type: FRAME.end, id: 1, payload: new Uint8Array() });
  tunnels.receive({ type: FRAME.close, id: 1, payload: new Uint8Array() });
  await expect.poll(() => received).toBe(FRAMES + 2);
  tunnels.close();
});

test('what a plugin does not read is kept in one piece, and comes in order', async () => {
  const read: Frame[] = [];
  const reader = createFrameReader(({ type, id, payload }) => read.push({ type, id, payload }));
  let proceed: (() => void) | undefined;
  const pipe = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _, callback) => {
      reader.push(bytes);
      if (proceed) callback();
      else proceed = callback;
    },
  });
  const channel = createChannel({ pipe, now: () => 0, onFrame: nothing, onViolation: nothing, onClose: nothing });
  const before = heldMb();
  for (let id = 0; id < FRAMES; id += 1) channel.send(byte(id));
  expect(heldMb() - before).toBeLessThan(MOST_MB);
  proceed?.();
  await expect.poll(() => read.length).toBe(FRAMES);
  expect(read.every(({ id }, at) => id === at)).toBe(true);
  channel.close();
});
