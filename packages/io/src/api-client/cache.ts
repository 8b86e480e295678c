/**
 * Responses kept on disk for conditional requests: one file each, a line of JSON, the body, and what was made of it.
 *
 * It belongs to the user, as the installed plugins do, and is written after a document was checked: so it says by whom,
 * and the same client need not load its validators again, which cost more than everything else. A file that is damaged
 * counts as none, and a cache that cannot be written is no error; the next command asks again.
 *
 * To read it must cost nothing (docs/decisions/014-fast-start.md): hence a check sum and no digest, which would be no
 * proof either, since who can write the file can write that, and files read at once and not by promises.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { createClock } from '../clock/index.ts';
import { writeAtomically } from '../files/index.ts';
import type { Integrity } from '@ar-registry/schemas';
import { checksum } from './checksum.ts';
import { shown } from './report.ts';

export interface CachedResponse {
  readonly etag?: string;
  readonly lastModified?: string;
  /** The client, with its version, that found the body to be a document of its kind; absent for what is none. */
  readonly checkedBy?: string;
  /** Of the body, for a document that others pin by hash. */
  readonly integrity?: Integrity;
  /** How long the registry calls it fresh. */
  readonly maxAgeSeconds?: number;
  readonly body: Buffer;
  /** What was made of the body, and need not be made again. */
  readonly made?: Buffer;
}

/** As it is found again. */
export interface KeptResponse extends CachedResponse {
  /** When it was written, or the registry said that it is still so. */
  readonly checkedAtMs: number;
}

export interface ResponseCache {
  /** False for one that forgets everything at once. */
  readonly keeps: boolean;
  get(url: string): Promise<KeptResponse | undefined>;
  set(url: string, response: CachedResponse): Promise<void>;
  /** Says that what is kept is as good as new: what grows old is removed. */
  renew(url: string): Promise<void>;
}

export function createResponseCache(folder: string | undefined): ResponseCache {
  if (folder === undefined) return FORGETFUL;
  const fileOf = (url: string): string => path.join(folder, nameOf(url));
  return {
    keeps: true,
    get: async (url) => {
      const file = readIfThere(fileOf(url));
      return file && decode(file, url);
    },
    set: async (url, response) => {
      const { body, made, etag, lastModified, checkedBy, integrity, maxAgeSeconds } = response;
      const content = made ? Buffer.concat([body, made]) : body;
      const bodyBytes = made ? body.length : undefined;
      const about = { etag, lastModified, checkedBy, integrity, maxAgeSeconds, bodyBytes };
      const head = JSON.stringify({ url: shown(url), checksum: checksum(content), ...about });
      const file = fileOf(url);
      // The check sum tells one that a power failure cut off.
      const bytes = Buffer.concat([Buffer.from(`${head}\n`), content]);
      await writeAtomically(file, bytes, { durable: false }).catch(() => forget(file));
    },
    renew: async (url) => {
      const seconds = createClock().nowMs() / 1000;
      try {
        utimesSync(fileOf(url), seconds, seconds);
      } catch {
        // It is asked for again sooner than need be.
      }
    },
  };
}

const FORGETFUL: ResponseCache = {
  keeps: false,
  get: async () => undefined,
  set: async () => undefined,
  renew: async () => undefined,
};

function forget(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What is left there is not whole, and counts as none.
  }
}

/** The address, where it may be written to disk, and else a hash of it. */
function nameOf(url: string): string {
  const name = encodeURIComponent(url).replaceAll('*', '%2A');
  if (name.length <= 200 && shown(url) === url) return name;
  return createHash('sha256').update(url).digest('hex');
}

interface KeptFile {
  readonly bytes: Buffer;
  readonly writtenAtMs: number;
}

function readIfThere(file: string): KeptFile | undefined {
  try {
    const descriptor = openSync(file, 'r');
    try {
      return { bytes: readFileSync(descriptor), writtenAtMs: fstatSync(descriptor).mtimeMs };
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined; // what cannot be read counts as none
  }
}

function decode({ bytes, writtenAtMs }: KeptFile, url: string): KeptResponse | undefined {
  const end = bytes.indexOf(0x0a);
  if (end === -1) return undefined;
  const head = parseHead(bytes.subarray(0, end).toString('utf8'));
  const content = bytes.subarray(end + 1);
  // Where two names of files are the same but for capitals, they may be one.
  if (head?.['url'] !== shown(url) || head['checksum'] !== checksum(content)) return undefined;
  const { etag, lastModified, checkedBy, integrity, maxAgeSeconds, bodyBytes } = head;
  return {
    checkedAtMs: writtenAtMs,
    ...partsOf(content, bodyBytes),
    ...(typeof etag === 'string' ? { etag } : {}),
    ...(typeof lastModified === 'string' ? { lastModified } : {}),
    ...(typeof checkedBy === 'string' ? { checkedBy } : {}),
    ...(typeof integrity === 'string' ? { integrity } : {}),
    ...(typeof maxAgeSeconds === 'number' ? { maxAgeSeconds } : {}),
  };
}

function partsOf(content: Buffer, bodyBytes: unknown): Pick<CachedResponse, 'body' | 'made'> {
  if (typeof bodyBytes !== 'number') return { body: content };
  return { body: content.subarray(0, bodyBytes), made: content.subarray(bodyBytes) };
}

/** Whether a file of the cache is as it was written; of what it says, the address alone is not looked at. */
export function isWholeResponse(bytes: Buffer): boolean {
  const end = bytes.indexOf(0x0a);
  return (
    end !== -1 && parseHead(bytes.subarray(0, end).toString('utf8'))?.['checksum'] === checksum(bytes.subarray(end + 1))
  );
}

function parseHead(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined; // a damaged cache file counts as none
  }
}
