/** Digests of documents, and names of the files that hold them: beginnings of SHA-512, in the letters of base64url. */
import { routes } from '../layout/index.ts';
import type { Hash } from '../ports.ts';

/**
 * Of a digest, those that say whose it is: 30 bits of the path. The first two are the number of the bin.
 *
 * They are what keeps one publisher's documents from being taken for those of another: see docs/decisions/024-delta.md.
 */
export const PATH_LETTERS = 5;
/** Those that say what it was made of: 30 bits, so that one change in 10⁹ is not seen. */
const CONTENT_LETTERS = 5;
export const DIGEST_LETTERS = PATH_LETTERS + CONTENT_LETTERS;
/** Of the letters of a digest, those that a bin leaves out: all that are in it begin with them. */
const BIN_LETTERS = 2;
/** What is left of a digest in the file of its bin. */
export const SHORT_LETTERS = DIGEST_LETTERS - BIN_LETTERS;
/** In how many bins the documents of a large registry are: as many as two letters can say. */
export const BINS = 64 ** BIN_LETTERS;
/** 72 bits: whoever publishes into a bin and looks for the name that it had before has that many tries to make. */
export const BIN_NAME_LETTERS = 12;
/** 120 bits. */
const NAME_LETTERS = 20;

/** A document, by its path from the root of the registry, and its digest. */
export interface DocumentDigest {
  readonly path: string;
  readonly digest: string;
}

/** Whether the delta speaks of the file at this path: what a client keeps and asks for again, many at a time. */
export function isInDelta(path: string): boolean {
  return path === routes.advisories || /^api\/v1\/plugins\/@[^/]+\/[^/]+\.json$/.test(path);
}

/**
 * Of path and bytes. The list of advisories is what withdraws others' versions, and there is one: it has 120 bits.
 *
 * @param body as it is served, uncompressed
 */
export function digestOf(path: string, body: Uint8Array, hash: Hash): string {
  const text = `${path}\n${hash(body)}`;
  if (path === routes.advisories) return beginningOf(text, NAME_LETTERS, hash);
  return pathLettersOf(path, hash) + beginningOf(text, CONTENT_LETTERS, hash);
}

/** How the digest of the document at this path begins, whatever it says. */
export function pathLettersOf(path: string, hash: Hash): string {
  return beginningOf(path, PATH_LETTERS, hash);
}

/** The number of the bin that a digest is in. @param digest or the letters that it begins with */
export function binOf(digest: string): number {
  return ALPHABET.indexOf(digest.charAt(0)) * 64 + ALPHABET.indexOf(digest.charAt(1));
}

/** The letters that all digests of a bin begin with. */
export function lettersOfBin(bin: number): string {
  return ALPHABET.charAt(bin >> 6) + ALPHABET.charAt(bin & 63);
}

/** What a file beside the head is called. @param body its text, or its bytes */
export function partNameOf(body: string | Uint8Array, hash: Hash): string {
  return beginningOf(body, NAME_LETTERS, hash);
}

/** What the file of a bin is called: shorter, since the index has the names of all. */
export function binNameOf(body: string | Uint8Array, hash: Hash): string {
  return beginningOf(body, BIN_NAME_LETTERS, hash);
}

function beginningOf(text: string | Uint8Array, letters: number, hash: Hash): string {
  const digest = hash(typeof text === 'string' ? new TextEncoder().encode(text) : text).slice('sha512-'.length);
  return digest.slice(0, letters).replaceAll('+', '-').replaceAll('/', '_');
}

/** @source RFC 4648 section 5 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
