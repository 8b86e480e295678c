/**
 * Responses kept on disk for conditional requests: one file each, a line of JSON and the body.
 *
 * Nothing in it is trusted more than the network: bodies are checked as if they had just arrived. A cache that cannot
 * be written is no error; the next command asks again.
 */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../files/index.ts';

export interface CachedResponse {
  readonly etag?: string;
  readonly lastModified?: string;
  readonly body: Buffer;
}

export interface ResponseCache {
  get(url: string): Promise<CachedResponse | undefined>;
  set(url: string, response: CachedResponse): Promise<void>;
}

export function createResponseCache(folder: string | undefined): ResponseCache {
  if (folder === undefined) return { get: async () => undefined, set: async () => undefined };
  const fileOf = (url: string): string => path.join(folder, createHash('sha256').update(url).digest('hex'));
  return {
    get: async (url) => {
      const bytes = await readFile(fileOf(url)).catch(() => undefined);
      return bytes && decode(bytes, url);
    },
    set: async (url, { etag, lastModified, body }) => {
      if (etag === undefined && lastModified === undefined) return;
      const head = Buffer.from(`${JSON.stringify({ url, etag, lastModified })}\n`);
      await writeAtomically(fileOf(url), Buffer.concat([head, body])).catch(() => rm(fileOf(url), { force: true }));
    },
  };
}

function decode(bytes: Buffer, url: string): CachedResponse | undefined {
  const end = bytes.indexOf(0x0a);
  if (end === -1) return undefined;
  const head = parseHead(bytes.subarray(0, end).toString('utf8'));
  if (head?.url !== url) return undefined;
  return {
    body: bytes.subarray(end + 1),
    ...(head.etag === undefined ? {} : { etag: head.etag }),
    ...(head.lastModified === undefined ? {} : { lastModified: head.lastModified }),
  };
}

function parseHead(text: string): { url?: string; etag?: string; lastModified?: string } | undefined {
  try {
    return JSON.parse(text) as { url?: string; etag?: string; lastModified?: string };
  } catch {
    return undefined; // a damaged cache file counts as none
  }
}
