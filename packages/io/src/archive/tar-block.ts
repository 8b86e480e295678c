import { showPath } from '@ar-registry/core/archive';

export const BLOCK_BYTES = 512;

/** A header block and the body behind it. The type flag and the body are as they are in the tar, unchecked. */
export interface Block {
  readonly flag: string;
  /** The name in the header, which an extended header may override; fit for a message. */
  readonly shownName: string;
  readonly sizeBytes: number;
  readonly body: Buffer;
  /** Where the next header is. */
  readonly next: number;
}

/** `ustar`, NUL, version 00 (POSIX) or `ustar`, two spaces, NUL (GNU). With any other, programs disagree on the path. */
const MAGICS: readonly string[] = ['ustar\u000000', 'ustar  \0'];

/**
 * The header at `position` with its body, or why it is refused. The checksum is left to tar's parser.
 *
 * @source POSIX.1-2024 pax, ustar Interchange Format
 */
export function readBlock(tar: Buffer, position: number): Block | string {
  const header = tar.subarray(position, position + BLOCK_BYTES);
  if (header.length < BLOCK_BYTES) return 'the tar is cut off';
  // tar's parser would unpack a second time what starts like gzip.
  if (!MAGICS.includes(header.toString('latin1', 257, 265)) || header.readUInt16BE(0) === 0x1f8b) {
    return position === 0 ? 'it does not hold a tar' : 'the tar is damaged';
  }
  const shownName = showPath(header.toString('utf8', 0, 100).replace(/\0.*$/s, ''));
  if (!NUMBERS.every(([start, bytes]) => isNumber(header, start, bytes))) return `${shownName} has a damaged header`;
  const sizeBytes = parseSize(header);
  if (sizeBytes === undefined) return `${shownName} has no valid size`;
  const start = position + BLOCK_BYTES;
  const next = start + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
  if (next > tar.length) return `the tar is cut off in ${shownName}`;
  const flag = header.toString('latin1', 156, 157);
  return { flag, shownName, sizeBytes, body: tar.subarray(start, start + sizeBytes), next };
}

/** Start and length of mode, owner, group, time, checksum and the two device numbers. Some programs stop where one is malformed. */
const NUMBERS: readonly (readonly [number, number])[] = [
  [100, 8],
  [108, 8],
  [116, 8],
  [136, 12],
  [148, 8],
  [329, 8],
  [337, 8],
];

/** Octal digits or nothing, or the binary form that GNU tar gives to large owners and early times. */
function isNumber(header: Buffer, start: number, bytes: number): boolean {
  const first = header[start];
  return first === 0x80 || first === 0xff || /^ *[0-7]*[ \0]*$/.test(header.toString('latin1', start, start + bytes));
}

/** Octal digits as all tar programs write them; neither signs nor the binary form, which is for more than 8 GiB. */
function parseSize(header: Buffer): number | undefined {
  const digits = /^ *([0-7]+)[ \0]*$/.exec(header.toString('latin1', 124, 136))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}
