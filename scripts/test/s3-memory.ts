/**
 * As much of the API of S3 as deployments use, in memory, with conditions and in pages as the real one has them, and with
 * whatever else a test wants to have answered.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface S3Request {
  readonly method: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
}

export interface S3Answer {
  readonly status: number;
  /** What went wrong. */
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the connection in place of an answer, after the request was carried out. */
  readonly isLost?: boolean;
}

export interface S3Memory {
  readonly endpoint: string;
  readonly objects: Map<string, Uint8Array>;
  /** Since it was emptied last. */
  readonly requests: S3Request[];
  /** Answers in place of the server where it returns something. */
  answer: (request: S3Request) => S3Answer | undefined;
  /** The order of its lists; that of keys unless given. */
  order: (a: string, b: string) => number;
}

const PAGE = 1000;
const byKey = (a: string, b: string): number => (a < b ? -1 : 1);

/** Of one bucket, whatever it is called. */
export async function startS3Memory(): Promise<S3Memory> {
  const memory: { -readonly [K in keyof S3Memory]: S3Memory[K] } = {
    endpoint: '',
    objects: new Map(),
    requests: [],
    answer: () => undefined,
    order: byKey,
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => respond(memory, { request, response, body: Buffer.concat(parts) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  memory.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return memory;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
}

function respond(memory: S3Memory, exchange: Exchange): void {
  const { request, response } = exchange;
  const { method = '', url = '', headers } = request;
  const { pathname, searchParams } = new URL(url, 'http://s3.example');
  const [, , ...names] = pathname.split('/').map(decodeURIComponent);
  const asked = { method, key: names.join('/'), headers };
  memory.requests.push(asked);
  const answer = memory.answer(asked);
  if (answer && answer.isLost !== true) return say(response, answer, method);
  if (answer) response.end = () => response.socket?.destroy() as never;
  if (asked.key === '') return list(memory, searchParams, response);
  handleObject(memory, asked, exchange);
}

function handleObject({ objects }: S3Memory, asked: S3Request, { response, body }: Exchange): void {
  const { method, key } = asked;
  const there = objects.get(key);
  if (method === 'GET' || method === 'HEAD') return send(response, there, method);
  const refusal = method === 'PUT' ? refusalOf(asked, there, body) : undefined;
  if (refusal) return say(response, refusal, method);
  if (method === 'PUT') objects.set(key, body);
  else objects.delete(key);
  say(response, { status: method === 'PUT' ? 200 : 204, headers: { etag: etagOf(body) } }, method);
}

function send(response: ServerResponse, there: Uint8Array | undefined, method: string): void {
  if (!there) return say(response, { status: 404, code: 'NoSuchKey' }, method);
  response.writeHead(200, { etag: etagOf(there), 'content-length': there.length });
  response.end(method === 'HEAD' ? undefined : there);
}

function refusalOf({ headers }: S3Request, there: Uint8Array | undefined, body: Buffer): S3Answer | undefined {
  const { 'if-match': same, 'if-none-match': none, 'content-md5': sum } = headers;
  if (sum !== undefined && sum !== md5(body, 'base64')) return { status: 400, code: 'BadDigest' };
  if (same !== undefined && !there) return { status: 404, code: 'NoSuchKey' };
  const isTaken = none !== undefined && there !== undefined;
  return isTaken || !isSame(same, there) ? { status: 412, code: 'PreconditionFailed' } : undefined;
}

/** Without quotes, too: the services of the large ones take both. */
function isSame(tag: string | undefined, there: Uint8Array | undefined): boolean {
  return tag === undefined || (there !== undefined && tag.replaceAll('"', '') === md5(there, 'hex'));
}

function say(response: ServerResponse, { status, code, headers = {} }: S3Answer, method: string): void {
  response.writeHead(status, { 'content-type': 'application/xml', ...headers });
  const hasBody = code !== undefined && method !== 'HEAD';
  response.end(hasBody ? `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>` : undefined);
}

function list({ objects, order }: S3Memory, search: URLSearchParams, response: ServerResponse): void {
  const prefix = search.get('prefix') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).toSorted(order);
  const from = Number(search.get('continuation-token') ?? 0);
  const more = from + PAGE < keys.length;
  const contents = keys.slice(from, from + PAGE).map((key) => {
    const bytes = objects.get(key) ?? new Uint8Array();
    const name = key.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return `<Contents><Key>${name}</Key><Size>${bytes.length}</Size><ETag>${etagOf(bytes)}</ETag></Contents>`;
  });
  const next = more ? `<NextContinuationToken>${from + PAGE}</NextContinuationToken>` : '';
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
  );
}

function etagOf(bytes: Uint8Array): string {
  return `"${md5(bytes, 'hex')}"`;
}

function md5(bytes: Uint8Array, encoding: 'hex' | 'base64'): string {
  return createHash('md5').update(bytes).digest(encoding);
}
