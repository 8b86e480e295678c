/** A web server of static files in this very process, which knows what it was asked for and how much it sent. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Answered {
  readonly path: string;
  readonly status: number;
  /** Of the body as it was sent. */
  readonly bodyBytes: number;
  /** The same and the head: what the connection carried. */
  readonly bytes: number;
}

export interface CountingServer extends AsyncDisposable {
  readonly url: string;
  /** What was answered since it was last asked. */
  take(): readonly Answered[];
}

/**
 * Answers with gzip, as static hosts do, and to conditions.
 *
 * @param hidden a folder that is answered as if it was not there
 */
export async function countRequests(folder: string, hidden?: string): Promise<CountingServer> {
  let answered: Answered[] = [];
  const server = http.createServer((request, response) => {
    const asked = path.posix.normalize(decodeURIComponent(request.url ?? '/'));
    const isHidden = hidden !== undefined && asked.startsWith(`/${hidden}/`);
    const file = path.join(folder, isHidden ? '' : asked);
    const { status, headers, body } = answerTo(file, request.headers['if-none-match']);
    const { socket } = request;
    const before = socket.bytesWritten;
    response.writeHead(status, headers).end(body, () => {
      answered.push({ path: asked, status, bodyBytes: body.length, bytes: socket.bytesWritten - before });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = answered;
      answered = [];
      return taken;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer;
}

function answerTo(file: string, condition: string | undefined): Sent {
  const none = Buffer.alloc(0);
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return { status: 404, headers: {}, body: none };
  const bytes = fs.readFileSync(file);
  const etag = `"${createHash('sha1').update(bytes).digest('hex')}"`;
  const headers = { etag, 'cache-control': 'no-cache' };
  if (condition === etag) return { status: 304, headers, body: none };
  const body = gzipSync(bytes);
  return { status: 200, headers: { ...headers, 'content-encoding': 'gzip', 'content-length': body.length }, body };
}
