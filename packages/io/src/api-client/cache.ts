/**
 * Responses kept on disk for conditional requests: one file each, a line of JSON, the body, and what was made of it, all of it
 * twice.
 *
 * It belongs to the user, as the installed plugins do, and is written after a document was checked: so it says by whom,
 * and the same client need not load its validators again, which cost more than everything else. A file that is damaged
 * counts as none, and a cache that cannot be written is no error; the next command asks again.
 *
 * To read it must cost nothing (docs/decisions/014-fast-start.md): hence both halves are compared, which takes a hundredth of
 * what a check sum takes in JavaScript, and no digest, which would be no proof either, since who can write the file can write
 * that; and files are read at once and not by promises.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { createClock } from '../clock/index.ts';
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
      const about = { etag, lastModified, checkedBy, integrity, maxAgeSeconds };
      const head = JSON.stringify({ url: shown(url), ...about, ...(made && { bodyBytes: body.length }) });
      const file = fileOf(url);
      const half = [Buffer.from(`${head}\n`), body, ...(made ? [made] : [])];
      // What a power failure cut off, or a disk has damaged, is not the same twice.
      const bytes = Buffer.concat([...half, ...half]);
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
  const whole = wholeOf(bytes);
  // Where two names of files are the same but for capitals, they may be one.
  if (whole?.head['url'] !== shown(url)) return undefined;
  const { content } = whole;
  const { etag, lastModified, checkedBy, integrity, maxAgeSeconds, bodyBytes } = whole.head;
  const isSplit = typeof bodyBytes === 'number';
  return {
    checkedAtMs: writtenAtMs,
    body: isSplit ? content.subarray(0, bodyBytes) : content,
    ...(isSplit ? { made: content.subarray(bodyBytes) } : {}),
    ...(typeof etag === 'string' ? { etag } : {}),
    ...(typeof lastModified === 'string' ? { lastModified } : {}),
    ...(typeof checkedBy === 'string' ? { checkedBy } : {}),
    ...(typeof integrity === 'string' ? { integrity } : {}),
    ...(typeof maxAgeSeconds === 'number' ? { maxAgeSeconds } : {}),
  };
}

type Head = Readonly<Record<string, unknown>>;

/** What stands there twice; undefined where it is not as it was written, or was written by a version that had check sums. */
function wholeOf(bytes: Buffer): { readonly head: Head; readonly content: Buffer } | undefined {
  const half = bytes.subarray(0, bytes.length / 2);
  if (!half.equals(bytes.subarray(bytes.length / 2))) return undefined;
  const end = half.indexOf(0x0a);
  const head = end === -1 ? undefined : parseHead(half.toString('utf8', 0, end));
  return head && { head, content: half.subarray(end + 1) };
}

function parseHead(text: string): Head | undefined {
  try {
    return JSON.parse(text) as Head;
  } catch {
    return undefined; // a damaged cache file counts as none
  }
}

/** Whether a file of the cache is as it was written. */
export function isWholeResponse(bytes: Buffer): boolean {
  return wholeOf(bytes) !== undefined;
}
