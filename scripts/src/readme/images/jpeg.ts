/** Photographs as JPEG: every segment up to the end of the picture. @source ITU-T T.81 annex B */
import { isOfBearableSize, join, lettersAt, viewOf, type Picture } from './picture.ts';

/** Baseline, extended and progressive, coded by Huffman: what browsers show. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2]);
/** Tables, the interval of restarts. */
const TABLES = new Set([0xc4, 0xdb, 0xdd]);
const START_OF_SCAN = 0xda;
const END = 0xd9;
/** A progressive picture of ever more scans keeps a reader busy. */
const MOST_SCANS = 100;

/** @returns undefined for anything that is not one whole picture */
export function readJpeg(bytes: Uint8Array): Picture | undefined {
  const segments = segmentsIn(bytes) ?? [];
  const [frame, ...others] = segments.filter(({ size }) => size !== undefined);
  const scans = segments.filter(({ marker }) => marker === START_OF_SCAN);
  if (!frame?.size || others.length > 0 || scans.length < 1 || scans.length > MOST_SCANS) return undefined;
  if ((scans[0]?.start ?? 0) < frame.start) return undefined;
  const kept = segments.filter(({ isKept }) => isKept).map(({ start, end }) => bytes.subarray(start, end));
  const [width, height] = frame.size;
  return {
    format: 'jpg',
    width,
    height,
    bytes: join([bytes.subarray(0, 2), ...kept, Uint8Array.of(0xff, END)]),
  };
}

interface Segment {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
  readonly isKept: boolean;
  /** Of a frame header. */
  readonly size?: readonly [width: number, height: number];
}

/** Up to the end of the picture. */
function segmentsIn(bytes: Uint8Array): readonly Segment[] | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const found: Segment[] = [];
  for (let at = 2; at + 2 <= bytes.length;) {
    const marker = bytes[at] === 0xff ? (bytes[at + 1] ?? 0) : 0;
    if (marker === END) return found;
    const segment = segmentAt(bytes, at, marker);
    if (!segment) return undefined;
    found.push(segment);
    at = segment.end;
  }
  return undefined;
}

function segmentAt(bytes: Uint8Array, start: number, marker: number): Segment | undefined {
  if (marker < 0xc0 || start + 4 > bytes.length) return undefined;
  const length = viewOf(bytes).getUint16(start + 2);
  const end = start + 2 + length;
  if (length < 2 || end > bytes.length) return undefined;
  const segment = { marker, start, end, isKept: true };
  if (TABLES.has(marker)) return segment;
  if (marker === START_OF_SCAN) return { ...segment, end: endOfScan(bytes, end) };
  const data = bytes.subarray(start + 4, end);
  if (!FRAMES.has(marker)) return isAdded(marker) ? { ...segment, isKept: saysColours(marker, data) } : undefined;
  const size = sizeIn(data);
  return size && { ...segment, size };
}

/** By programs: what they made it with, when and where. */
function isAdded(marker: number): boolean {
  return (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
}

/** Without it the colours would be others. */
function saysColours(marker: number, data: Uint8Array): boolean {
  const isJfif = marker === 0xe0 && lettersAt(data, 0, 5) === 'JFIF\0' && data.length === 14;
  return isJfif || (marker === 0xee && lettersAt(data, 0, 5) === 'Adobe' && data.length === 12);
}

function sizeIn(data: Uint8Array): Segment['size'] {
  const [precision, components = 0] = [data[0], data[5]];
  if (precision !== 8 || ![1, 3, 4].includes(components) || data.length !== 6 + 3 * components) return undefined;
  const view = viewOf(data);
  const [height, width] = [view.getUint16(1), view.getUint16(3)];
  return isOfBearableSize(width, height) ? [width, height] : undefined;
}

/** Coded data lasts until a marker that is no restart; a byte of 255 in it has a zero behind it (B.1.1.5). */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = start; at + 1 < bytes.length; at += 1) {
    const next = bytes[at + 1] ?? 0;
    if (bytes[at] === 0xff && next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}
