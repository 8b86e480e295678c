/**
 * Responses kept on disk for conditional requests: one file each, a line of JSON and the body.
 *
 * It belongs to the user, as the installed plugins do, and is written after a document was checked: so it says by whom,
 * and the same client need not load its validators again, which cost more than everything else. A file that is damaged
 * counts as none, and a cache that cannot be written is no error; the next command asks again.
 */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../files/index.ts';
import type { Integrity } from '@ar-registry/schemas';
import { shown } from './report.ts';

export interface CachedResponse {
  readonly etag?: string;
  readonly lastModified?: string;
  /** The client, with its version, that found the body to be a document of its kind; absent for what is none. */
  readonly checkedBy?: string;
  /** Of the body, for a document that others pin by hash. */
  readonly integrity?: Integrity;
  readonly body: Buffer;
}

export interface ResponseCache {
  /** False for one that forgets everything at once. */
  readonly keeps: boolean;
  get(url: string): Promise<CachedResponse | undefined>;
  set(url: string, response: CachedResponse): Promise<void>;
}

export function createResponseCache(folder: string | undefined): ResponseCache {
  if (folder === undefined) return { keeps: false, get: async () => undefined, set: async () => undefined };
  // The name stands for the whole address, also for what of it may not be written to disk.
  const fileOf = (url: string): string => path.join(folder, sha256(url));
  return {
    keeps: true,
    get: async (url) => {
      const bytes = await readFile(fileOf(url)).catch(() => undefined);
      return bytes && decode(bytes, url);
    },
    set: async (url, { body, ...about }) => {
      const head = JSON.stringify({ url: shown(url), body: sha256(body), ...about });
      const file = fileOf(url);
      await writeAtomically(file, Buffer.concat([Buffer.from(`${head}\n`), body])).catch(() => forget(file));
    },
  };
}

async function forget(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => undefined);
}

function decode(bytes: Buffer, url: string): CachedResponse | undefined {
  const end = bytes.indexOf(0x0a);
  if (end === -1) return undefined;
  const head = parseHead(bytes.subarray(0, end).toString('utf8'));
  const body = bytes.subarray(end + 1);
  if (head?.['url'] !== shown(url) || head['body'] !== sha256(body)) return undefined;
  const { etag, lastModified, checkedBy, integrity } = head;
  return {
    body,
    ...(typeof etag === 'string' ? { etag } : {}),
    ...(typeof lastModified === 'string' ? { lastModified } : {}),
    ...(typeof checkedBy === 'string' ? { checkedBy } : {}),
    ...(typeof integrity === 'string' ? { integrity } : {}),
  };
}

/** Whether a file of the cache is as it was written; of what it says, the address alone is not looked at. */
export function isWholeResponse(bytes: Buffer): boolean {
  const end = bytes.indexOf(0x0a);
  return end !== -1 && parseHead(bytes.subarray(0, end).toString('utf8'))?.['body'] === sha256(bytes.subarray(end + 1));
}

function parseHead(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined; // a damaged cache file counts as none
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
