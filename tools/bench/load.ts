/** Puts a web server under load: so many connections, each asking again as soon as it is answered. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
}

export interface LoadOptions {
  readonly connections: number;
  readonly durationMs: number;
}

/**
 * Counts answers by their bytes, which costs a fraction of reading them: what is measured is the server.
 *
 * @param url every answer of it must have the same length
 * @throws Error where an answer is not 200, or a connection ends
 */
export async function putUnderLoad(url: string, { connections, durationMs }: LoadOptions): Promise<Load> {
  const { hostname, port, pathname, search } = new URL(url);
  const request = `GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`;
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(hostname, Number(port))));
  try {
    const lengthBytes = await lengthOf(sockets[0], request);
    const latencies: number[] = [];
    const startedAt = performance.now();
    await Promise.all(
      sockets.map((socket) => askUntil(socket, { request, lengthBytes, end: startedAt + durationMs, latencies })),
    );
    const tookMs = performance.now() - startedAt;
    latencies.sort((a, b) => a - b);
    return {
      perSecond: (latencies.length / tookMs) * 1000,
      p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
    };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function open(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Of one whole answer, with its head. */
async function lengthOf(socket: Socket | undefined, request: string): Promise<number> {
  if (!socket) throw new Error('A load needs a connection.');
  socket.write(request);
  let text = '';
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end === -1) continue;
    if (!text.startsWith('HTTP/1.1 200')) throw new Error(`Not an answer: ${text.slice(0, 100)}`);
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    if (length === undefined) throw new Error('The answer does not say how long it is.');
    if (text.length >= end + 4 + Number(length)) return end + 4 + Number(length);
  }
}

interface Asking {
  readonly request: string;
  readonly lengthBytes: number;
  /** When to stop; of `performance.now()`. */
  readonly end: number;
  readonly latencies: number[];
}

function askUntil(socket: Socket, { request, lengthBytes, end, latencies }: Asking): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = 0;
    let askedAt = performance.now();
    socket.once('error', reject).once('close', () => reject(new Error('The server ended a connection.')));
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received < lengthBytes) return;
      if (received > lengthBytes) reject(new Error('An answer is longer than the one before.'));
      const now = performance.now();
      latencies.push(now - askedAt);
      received = 0;
      if (now >= end) {
        socket.removeAllListeners('data');
        resolve();
        return;
      }
      askedAt = now;
      socket.write(request);
    });
    socket.write(request);
  });
}
