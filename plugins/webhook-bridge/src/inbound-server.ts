/**
 * The HTTP server for inbound posts. Whoever can reach the port may send anything: requests are bounded in size and
 * time, and nothing is done for one before its signature, where there is a secret, was verified.
 */
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InboundAddress } from './config.ts';

export interface InboundServer {
  /** The port that was bound. */
  readonly port: number;
  /** Takes no more connections, lets requests finish for `limitMs`, then cuts them off. */
  close(limitMs: number): Promise<void>;
}

export interface InboundReply {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers one request. What it rejects with becomes status 500, and goes to `onError`. */
export type InboundHandler = (request: IncomingMessage) => Promise<InboundReply>;

const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 2000,
};

/** Listens. @throws {Error} naming the address, if it cannot be bound */
export async function startInboundServer(
  { host, port }: InboundAddress,
  handler: InboundHandler,
  onError: (error: unknown) => void,
): Promise<InboundServer> {
  const server = createServer(TIMEOUTS, (request, response) => {
    handler(request)
      .catch((error: unknown): InboundReply => {
        if (!isGone(request)) onError(error);
        return { status: 500, body: { error: 'The bridge failed.' } };
      })
      .then((reply) => send(response, reply))
      .catch(onError);
  });
  server.maxConnections = 100;
  await listen(server, { host, port });
  server.on('error', onError);
  return {
    port: (server.address() as AddressInfo).port,
    async close(limitMs) {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const limit = setTimeout(() => server.closeAllConnections(), limitMs);
      await closed;
      clearTimeout(limit);
    },
  };
}

/** A sender that hangs up, or is too slow, is its own affair: it could fill the log otherwise. */
function isGone(request: IncomingMessage): boolean {
  return request.destroyed && !request.complete;
}

async function listen(server: Server, { host, port }: InboundAddress): Promise<void> {
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Error(`Inbound posts cannot be accepted on ${host}, port ${port}: ${code}.`, { cause: error });
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: InboundReply): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
