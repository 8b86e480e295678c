// `await using` needs these types.
/// <reference lib="esnext.disposable" />
/** The logs intake of Datadog, over real HTTP, as strict as it is documented. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Intake extends AsyncDisposable {
  readonly config: Readonly<Record<string, string>>;
  /** Messages of all entries that were accepted, in order. */
  readonly accepted: string[];
  /** Of every request: how many entries, how many bytes, what it was answered. */
  readonly requests: { readonly entries: number; readonly bytes: number; readonly status: number }[];
  /** Answers to come, instead of the intake's own. */
  readonly answers: Answer[];
  /** Accepts nothing larger than that, in bytes. */
  limitBytes: number;
  /** Settles when it was asked so many times. */
  asked(times: number): Promise<void>;
}

export const API_KEY = 'k'.repeat(32);

export async function startIntake(): Promise<Intake> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const intake: Intake = {
    config: {
      auditDatadogUrl: `http://127.0.0.1:${port}/api/v2/logs`,
      ddApiKey: API_KEY,
      auditDatadogTags: 'env:test',
    },
    accepted: [],
    requests: [],
    answers: [],
    limitBytes: 5_000_000,
    async asked(times) {
      while (intake.requests.length < times) await once(server, 'answered');
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, headers } = await answer(request, intake);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end('{}');
    server.emit('answered');
  };
  server.on('request', (request, response) => {
    // Whoever is killed while it sends gets no answer.
    serve(request, response).catch(() => response.destroy());
  });
  return intake;
}

async function answer(request: IncomingMessage, intake: Intake): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = gunzipSync(Buffer.concat(chunks));
  const entries = JSON.parse(body.toString()) as readonly Entry[];
  const given = intake.answers.shift() ?? judge(request, { body, entries }, intake);
  intake.requests.push({ entries: entries.length, bytes: body.length, status: given.status });
  if (given.status === 202) intake.accepted.push(...entries.map(({ message }) => message));
  return given;
}

interface Entry {
  readonly message: string;
  readonly ddsource: string;
  readonly service: string;
  readonly ddtags: string;
}

function judge(
  { method, url, headers }: IncomingMessage,
  { body, entries }: { readonly body: Buffer; readonly entries: readonly Entry[] },
  { limitBytes }: Intake,
): Answer {
  if (method !== 'POST' || url !== '/api/v2/logs' || headers['content-type'] !== 'application/json')
    return { status: 400 };
  if (headers['dd-api-key'] !== API_KEY) return { status: 403 };
  const isTooLarge = entries.some((entry) => Buffer.byteLength(JSON.stringify(entry)) > 1_000_000);
  if (body.length > limitBytes || entries.length > 1_000 || isTooLarge) return { status: 413 };
  const isWhole = entries.every(({ message, ddsource, service, ddtags }) => message && ddsource && service && ddtags);
  return { status: isWhole ? 202 : 400 };
}
