/** The part of both doubles that is HTTP: a port that stays the same, faults on demand, and a list of what was wrong. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a handler gets it; `body` is parsed JSON. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  readonly sizeBytes: number;
}

export interface Answer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that the service would refuse. Clients under test are not to send any. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(status: number, message: string) {
    super(message);
    this.answer = { status, body: { error: { code: 'INVALID_ARGUMENT', message }, status, message } };
  }
}

export interface DoubleServer extends AsyncDisposable {
  readonly url: string;
  /** Each request that was answered, in order. */
  readonly asked: readonly Asked[];
  /** What was wrong with requests; a test expects none. */
  readonly violations: readonly string[];
  /** The next requests get this answer instead. */
  failNext(answer: Answer, count?: number): void;
  /** Nobody listens any more, and open connections end. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
}

export async function startDouble(handle: (asked: Asked) => Answer): Promise<DoubleServer> {
  const asked: Asked[] = [];
  const violations: string[] = [];
  const faults: Answer[] = [];
  let server: Server | undefined;
  let port = 0;
  const answer = (request: Asked): Answer => faults.shift() ?? answerOr(handle, request, violations);
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const read = await readAsked(request);
    asked.push(read);
    send(response, answer(read));
  };
  const double: DoubleServer = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    asked,
    violations,
    failNext: (fault, count = 1) => void faults.push(...Array.from({ length: count }, () => fault)),
    async start() {
      server = createServer((request, response) => {
        void respond(request, response);
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
    },
    async stop() {
      const ending = server;
      server = undefined;
      if (!ending) return;
      const closed = once(ending, 'close');
      ending.close();
      ending.closeAllConnections();
      await closed;
    },
    [Symbol.asyncDispose]: () => double.stop(),
  };
  await double.start();
  return double;
}

function answerOr(handle: (asked: Asked) => Answer, asked: Asked, violations: string[]): Answer {
  try {
    return handle(asked);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    violations.push(`${asked.method} ${asked.url.pathname}: ${error.message}`);
    return error.answer;
  }
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const { method = '', url = '/', headers } = request;
  const body: unknown = bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
  return { method, url: new URL(url, 'http://double'), headers, body, sizeBytes: bytes.length };
}

function send(response: ServerResponse, { status, body = {}, headers = {} }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
