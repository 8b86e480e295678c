/**
 * The first of two passes over a tar: where its entries are, and nothing else.
 *
 * Attacker-controlled. Tar programs differ in what they make of odd sizes, of types they do not know, of headers that
 * override headers and of what follows the end. Here all that is refused, and the second pass (tar's own parser) has
 * to find exactly the same entries.
 *
 * @source POSIX.1-2024 pax, ustar Interchange Format and pax Extended Header; GNU tar manual, "Basic Tar Format"
 */
import { checkEntryType, FILE_FLAGS } from '@ar-registry/core/archive';
import { parsePax } from './pax.ts';
import { BLOCK_BYTES, type Block, readBlock } from './tar-block.ts';

/** Enough for one path of any length that is allowed, and for the times and owners that tar programs add. */
const META_LIMIT_BYTES = 64 * 1024;

/** A file or folder as its header block states it. */
export interface Frame {
  readonly kind: 'file' | 'folder';
  readonly sizeBytes: number;
}

export type Framing =
  | { readonly kind: 'frames'; readonly frames: readonly Frame[] }
  | { readonly kind: 'invalid'; readonly problem: string }
  | { readonly kind: 'too-many' };

/** What extended headers have said about the entry that comes next. */
interface Pending {
  readonly sizeBytes?: number;
}

/**
 * The entries of `tar`, or why it is refused.
 *
 * Stops at twice `limit` headers: one and an extended one for each entry. The entries are counted by `checkEntries`.
 */
export function readFraming(tar: Buffer, limit: number): Framing {
  const frames: Frame[] = [];
  let pending: Pending | undefined;
  let position = 0;
  for (let headers = 0; !isZeroBlock(tar, position); headers += 1) {
    if (headers >= 2 * limit) return { kind: 'too-many' };
    const block = readBlock(tar, position);
    if (typeof block === 'string') return { kind: 'invalid', problem: block };
    const step = isMeta(block.flag) ? readMeta(block, pending) : readEntry(block, pending);
    if (typeof step === 'string') return { kind: 'invalid', problem: step };
    if (step.frame) frames.push(step.frame);
    pending = step.pending;
    position = block.next;
  }
  const problem = checkEnd(tar.subarray(position), pending);
  return problem === undefined ? { kind: 'frames', frames } : { kind: 'invalid', problem };
}

/** True at the end marker, and where a whole block is missing: `checkEnd` tells the two apart. */
function isZeroBlock(tar: Buffer, position: number): boolean {
  return tar.subarray(position, position + BLOCK_BYTES).every((byte) => byte === 0);
}

/** tar programs fill up to 10 KiB with zeros, or to a few times that when told to. */
const END_LIMIT_BYTES = 64 * 1024;

function checkEnd(end: Buffer, pending: Pending | undefined): string | undefined {
  if (pending) return 'an extended header belongs to no entry';
  if (end.length < 2 * BLOCK_BYTES) return 'the tar is cut off: it has no end marker';
  if (end.length % BLOCK_BYTES !== 0) return 'the tar does not end on a whole block';
  const blank = end.length <= END_LIMIT_BYTES && end.every((byte) => byte === 0);
  return blank ? undefined : 'something follows the end of the tar';
}

type Step = { readonly frame?: Frame; readonly pending?: Pending | undefined };

const PAX = 'x';
const PAX_GLOBAL = 'g';
const GNU_LONG_NAME = 'L';

function isMeta(flag: string): boolean {
  return [PAX, PAX_GLOBAL, GNU_LONG_NAME].includes(flag);
}

function readMeta(block: Block, pending: Pending | undefined): Step | string {
  if (block.sizeBytes > META_LIMIT_BYTES) return `an extended header has more than ${META_LIMIT_BYTES} bytes`;
  if (block.sizeBytes === 0) return 'an extended header is empty';
  if (pending) return 'one entry has several extended headers';
  return block.flag === GNU_LONG_NAME ? readLongName(block) : readPax(block);
}

function readPax(block: Block): Step | string {
  const header = parsePax(block.body);
  if (header.kind === 'invalid') return header.problem;
  const { records } = header;
  if (block.flag === PAX_GLOBAL) {
    return records.has('path') || records.has('size') ? 'a global header renames or resizes entries' : {};
  }
  const size = records.get('size');
  if (size !== undefined && !/^(?:0|[1-9][0-9]{0,14})$/.test(size)) return 'an extended header has no valid size';
  return { pending: size === undefined ? {} : { sizeBytes: Number(size) } };
}

/** The name, and one NUL at its end: without it some programs read on. */
function readLongName({ body }: Block): Step | string {
  return body.indexOf(0) === body.length - 1 ? { pending: {} } : 'a long name does not end where its header says';
}

function readEntry(block: Block, pending: Pending | undefined): Step | string {
  const wrongType = checkEntryType(block.flag, block.shownName);
  if (wrongType !== undefined) return wrongType;
  if (pending?.sizeBytes !== undefined && pending.sizeBytes !== block.sizeBytes) {
    return `${block.shownName} states two different sizes`;
  }
  const kind = FILE_FLAGS.includes(block.flag) ? 'file' : 'folder';
  if (kind === 'folder' && block.sizeBytes > 0) return `the folder ${block.shownName} has content`;
  return { frame: { kind, sizeBytes: block.sizeBytes } };
}
