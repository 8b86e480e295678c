/** Digests of documents, and names of the files that hold them: beginnings of SHA-512, in the letters of base64url. */
import { routes } from '../layout/index.ts';
import type { Hash } from '../ports.ts';

/** 48 bits: among 4,096 digests, a document that changed is taken for one of them once in 10¹⁰ times. */
export const DIGEST_LETTERS = 8;
/** 120 bits. */
const NAME_LETTERS = 20;
/** In how many bins the documents of a large registry are: as many as two letters can say. */
export const BINS = 64 * 64;

/** A document, by its path from the root of the registry, and its digest. */
export interface DocumentDigest {
  readonly path: string;
  readonly digest: string;
}

/** Whether the delta speaks of the file at this path: what a client keeps and asks for again, many at a time. */
export function isInDelta(path: string): boolean {
  return path === routes.advisories || /^api\/v1\/plugins\/@[^/]+\/[^/]+\.json$/.test(path);
}

/** Of the path too, so that no document is taken for another one. @param body as it is served, uncompressed */
export function digestOf(path: string, body: Uint8Array, hash: Hash): string {
  return beginningOf(`${path}\n${hash(body)}`, DIGEST_LETTERS, hash);
}

/** The number of the bin that a document is in, whatever it says. */
export function binOf(path: string, hash: Hash): number {
  const [high = '', low = ''] = beginningOf(path, 2, hash);
  return ALPHABET.indexOf(high) * 64 + ALPHABET.indexOf(low);
}

/** What a file beside the head is called. @param body its text, or its bytes */
export function partNameOf(body: string | Uint8Array, hash: Hash): string {
  return beginningOf(body, NAME_LETTERS, hash);
}

/** What the file of a bin is called: shorter, since the index has the names of all. */
export function binNameOf(body: string | Uint8Array, hash: Hash): string {
  return beginningOf(body, DIGEST_LETTERS, hash);
}

function beginningOf(text: string | Uint8Array, letters: number, hash: Hash): string {
  const digest = hash(typeof text === 'string' ? new TextEncoder().encode(text) : text).slice('sha512-'.length);
  return digest.slice(0, letters).replaceAll('+', '-').replaceAll('/', '_');
}

/** @source RFC 4648 section 5 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
