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
  readonly made?: Buffer | undefined;
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
      // Check sums tell one that a power failure cut off; of each part, so that where it ends cannot be damaged unseen.
      const ofMade = made && { bodyBytes: body.length, madeChecksum: checksum(made) };
      const about = { etag, lastModified, checkedBy, integrity, maxAgeSeconds, ...ofMade };
      const head = JSON.stringify({ url: shown(url), checksum: checksum(body), ...about });
      const file = fileOf(url);
      const bytes = Buffer.concat([Buffer.from(`${head}\n`), body, ...(made ? [made] : [])]);
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
  // Where two names of files are the same but for capitals, they may be one.
  if (head?.['url'] !== shown(url)) return undefined;
  const parts = partsOf(bytes.subarray(end + 1), head);
  if (!parts) return undefined;
  const { etag, lastModified, checkedBy, integrity, maxAgeSeconds } = head;
  return {
    checkedAtMs: writtenAtMs,
    ...parts,
    ...(typeof etag === 'string' ? { etag } : {}),
    ...(typeof lastModified === 'string' ? { lastModified } : {}),
    ...(typeof checkedBy === 'string' ? { checkedBy } : {}),
    ...(typeof integrity === 'string' ? { integrity } : {}),
    ...(typeof maxAgeSeconds === 'number' ? { maxAgeSeconds } : {}),
  };
}

/** @returns undefined where it is not as it was written */
function partsOf(content: Buffer, head: Head): Pick<CachedResponse, 'body' | 'made'> | undefined {
  const { checksum: sum, bodyBytes, madeChecksum } = head;
  const end = typeof bodyBytes === 'number' ? bodyBytes : content.length;
  const body = content.subarray(0, end);
  if (checksum(body) !== sum) return undefined;
  if (bodyBytes === undefined) return { body };
  const made = content.subarray(end);
  return checksum(made) === madeChecksum ? { body, made } : undefined;
}

/** Whether a file of the cache is as it was written; of what it says, the address alone is not looked at. */
export function isWholeResponse(bytes: Buffer): boolean {
  const end = bytes.indexOf(0x0a);
  const head = end === -1 ? undefined : parseHead(bytes.subarray(0, end).toString('utf8'));
  return head ? partsOf(bytes.subarray(end + 1), head) !== undefined : false;
}

type Head = Readonly<Record<string, unknown>>;

function parseHead(text: string): Head | undefined {
  try {
    return JSON.parse(text) as Head;
  } catch {
    return undefined; // a damaged cache file counts as none
  }
}
