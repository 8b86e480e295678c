/** What comes byte by byte while nobody takes it waits in the system: here each byte would cost some hundreds. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { readListenRules } from './listen-rules.ts';
import { createListeners } from './listeners.ts';
import { readNetworkRules } from './network-rules.ts';
import { connectTo } from './outbound.ts';

const BYTES = 200;
const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

interface Ends {
  /** As the plugin's connections hold it. */
  readonly socket: Socket;
  readonly other: Socket;
}

async function goOut(): Promise<Ends> {
  const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const ports = {
    rules: readNetworkRules([`127.0.0.1:${port}`], () => undefined),
    resolve: () => Promise.resolve([]),
    ownNetwork: () => () => false,
    onDenied: () => undefined,
  };
  const attempt = { signal: new AbortController().signal, onSocket: () => undefined };
  const socket = await connectTo({ host: '127.0.0.1', port }, attempt, ports);
  const [other] = await accepted;
  ends.push(
    () => socket.destroy(),
    () => other.destroy(),
    () => server.close(),
  );
  return { socket, other };
}

async function comeIn(): Promise<Ends> {
  const { promise: accepted, resolve } = Promise.withResolvers<Socket>();
  const listeners = createListeners({
    rules: readListenRules(['127.0.0.1:0'], { given: () => undefined, onUnkept: () => undefined }),
    accept: (_, socket) => resolve(socket),
    onDenied: () => undefined,
  });
  const { port } = await listeners.listen({ listener: 1, host: '127.0.0.1', port: 0 });
  const other = connect({ port, host: '127.0.0.1', noDelay: true });
  const socket = await accepted;
  listeners.close();
  ends.push(
    () => socket.destroy(),
    () => other.destroy(),
  );
  return { socket, other };
}

test.each([
  ['that a plugin opens', goOut],
  ['that others open to it', comeIn],
])('on a connection %s, bytes that came one by one meanwhile are one piece', async (_, open) => {
  const { socket, other } = await open();
  const write = promisify((text: string, done: (error?: Error | null) => void) => other.write(text, done));
  // Whoever has read once reads on.
  const first = once(socket, 'data');
  socket.resume();
  await write('x');
  await first;
  socket.pause();
  for (let sent = 0; sent < BYTES; sent += 1) {
    await write('x');
    await nextTurn();
  }
  const pieces: number[] = [];
  socket.on('data', ({ length }) => pieces.push(length));
  socket.resume();
  await expect.poll(() => pieces.reduce((sum, length) => sum + length, 0)).toBe(BYTES);
  // One that was read on, and all the rest.
  expect(pieces.length).toBeLessThan(10);
});
