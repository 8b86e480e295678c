/** Small servers on loopback, and what they have in common. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Answer } from './answer.ts';

export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Uint8Array;
}

/** Sends what a host answers; `cut` ends the connection without an answer. */
export type Outcome = { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'cut' };

export type Host = (received: Received) => Promise<Outcome>;

/** Has the request before its body was read; returns true when it answers by itself. */
export type Streaming = (request: http.IncomingMessage, response: http.ServerResponse, url: URL) => boolean;

export interface Server {
  readonly origin: string;
  /** Told once everything is in place; until then every request is answered by 503. */
  host: Host;
  streaming: Streaming;
  close(): Promise<void>;
}

/** A server on a port of its own on 127.0.0.1. `onBug` is told of what a host throws. */
export async function listen(onBug: (error: unknown) => void): Promise<Server> {
  const nodeServer = http.createServer((request, response) => {
    serve(server, request, response).catch((error: unknown) => {
      onBug(error);
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, body: { message: 'The double has a bug.' } });
    });
  });
  await new Promise<void>((resolve) => nodeServer.listen(0, '127.0.0.1', resolve));
  const server: Server = {
    origin: `http://127.0.0.1:${(nodeServer.address() as AddressInfo).port}`,
    host: async () => ({ kind: 'answer', answer: { status: 503 } }),
    streaming: () => false,
    close: () =>
      new Promise((resolve) => {
        nodeServer.close(() => resolve());
        nodeServer.closeAllConnections();
      }),
  };
  return server;
}

async function serve(server: Server, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  // Clients go away while they are answered: tests of cancelling do.
  response.on('error', () => undefined);
  const url = new URL(request.url ?? '/', server.origin);
  if (server.streaming(request, response, url)) return;
  const bytes = await readAll(request);
  if (bytes === undefined) return;
  const outcome = await server.host({ method: request.method ?? 'GET', url, headers: request.headers, bytes });
  if (outcome.kind === 'cut') request.socket.destroy();
  else send(response, outcome.answer);
}

/** Undefined when the client went away in between, which clients may. */
async function readAll(request: http.IncomingMessage): Promise<Uint8Array | undefined> {
  try {
    return await buffer(request);
  } catch (error) {
    if (request.destroyed) return undefined;
    throw error;
  }
}

function send(response: http.ServerResponse, { status, body, headers = {} }: Answer): void {
  if (body === undefined) {
    response.writeHead(status, { ...headers, ...(status === 204 || status === 304 ? {} : { 'content-length': '0' }) });
    response.end();
    return;
  }
  const isRaw = body instanceof Uint8Array || typeof body === 'string';
  const bytes = isRaw ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': isRaw ? 'application/octet-stream' : 'application/json; charset=utf-8',
    'content-length': String(bytes.length),
    ...headers,
  });
  response.end(bytes);
}
