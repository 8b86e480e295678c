/**
 * As much of the API of S3 as a deployment uses, in this process: it counts what it is asked, and keeps of each object what a list
 * says of it.
 *
 * @source https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export interface Bucket extends AsyncDisposable {
  readonly endpoint: string;
  /** How many requests there were since it was last asked. */
  take(): number;
}

interface Stored {
  readonly size: number;
  readonly md5: string;
  /** Of what is read again: the mark of a deployment. */
  readonly body?: Buffer;
}

const PAGE = 1000;
const KEPT_BYTES = 4096;

/** @param folder what is in it already; names that begin with a dot are not of a site */
export async function serveBucket(folder: string): Promise<Bucket> {
  const objects = new Map<string, Stored>();
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const key = path.relative(folder, file);
    if (entry.isFile() && !key.startsWith('.ar-')) objects.set(key, objectOf(fs.readFileSync(file)));
  }
  let requests = 0;
  const server = http.createServer((request, response) => {
    requests += 1;
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => answer(objects, { request, response, body: Buffer.concat(parts) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = requests;
      requests = 0;
      return taken;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Exchange {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly body: Buffer;
}

function answer(objects: Map<string, Stored>, exchange: Exchange): void {
  const { request, response } = exchange;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bucket.example');
  const key = pathname.split('/').slice(2).map(decodeURIComponent).join('/');
  if (request.method === 'PUT') return put(objects, key, exchange);
  if (request.method === 'DELETE') {
    objects.delete(key);
    return void response.writeHead(204).end();
  }
  if (key === '') return list(objects, searchParams, response);
  const there = objects.get(key);
  if (!there) return void response.writeHead(404).end();
  response.writeHead(200, { etag: `"${there.md5}"`, 'content-length': there.size });
  response.end(request.method === 'HEAD' ? undefined : there.body);
}

function put(objects: Map<string, Stored>, key: string, { request, response, body }: Exchange): void {
  const there = objects.get(key);
  const { 'if-match': same, 'if-none-match': none } = request.headers;
  const isTaken = none !== undefined && there !== undefined;
  const isOther = same !== undefined && same.replaceAll('"', '') !== there?.md5;
  if (isTaken || isOther) return void response.writeHead(412).end();
  const object = objectOf(body);
  objects.set(key, object);
  response.writeHead(200, { etag: `"${object.md5}"` }).end();
}

function objectOf(bytes: Buffer): Stored {
  const md5 = createHash('md5').update(bytes).digest('hex');
  return { size: bytes.length, md5, ...(bytes.length <= KEPT_BYTES && { body: bytes }) };
}

function list(objects: ReadonlyMap<string, Stored>, search: URLSearchParams, response: http.ServerResponse): void {
  const keys = [...objects.keys()];
  const from = Number(search.get('continuation-token') ?? 0);
  const contents = keys.slice(from, from + PAGE).map((key) => {
    const { size, md5 } = objects.get(key) ?? { size: 0, md5: '' };
    const name = key.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return `<Contents><Key>${name}</Key><Size>${size}</Size><ETag>"${md5}"</ETag></Contents>`;
  });
  const more = from + PAGE < keys.length;
  const next = more ? `<NextContinuationToken>${from + PAGE}</NextContinuationToken>` : '';
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
  );
}
