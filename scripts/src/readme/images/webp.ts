/** Pictures and animations as WebP: every chunk, and the head of every frame. @source RFC 9649 §2 */
import {
  isOfBearableSize,
  join,
  lettersAt,
  MOST_ANIMATED_PIXELS,
  MOST_FRAMES,
  viewOf,
  type Picture,
} from './picture.ts';

type Size = readonly [width: number, height: number];

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  readonly whole: Uint8Array;
}

const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF']);
/** Of the extended form: that there is transparency, and animation. Profiles and metadata are left out. */
const KEPT_FLAGS = 0b1_0010;

/** @returns undefined for anything that is not one whole picture */
export function readWebp(bytes: Uint8Array): Picture | undefined {
  if (lettersAt(bytes, 0) !== 'RIFF' || lettersAt(bytes, 8) !== 'WEBP' || bytes.length < 20) return undefined;
  const end = 8 + viewOf(bytes).getUint32(4, true);
  const chunks =
    end > bytes.length ? undefined : chunksIn(bytes.subarray(12, end))?.filter(({ type }) => KEPT.has(type));
  const size = chunks && sizeIn(chunks);
  if (!size || !isOfBearableSize(...size)) return undefined;
  const [width, height] = size;
  return { format: 'webp', width, height, bytes: written(chunks) };
}

function chunksIn(bytes: Uint8Array): readonly Chunk[] | undefined {
  const view = viewOf(bytes);
  const chunks: Chunk[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length % 2);
    if (end > bytes.length) return undefined;
    const data = bytes.subarray(at + 8, at + 8 + length);
    chunks.push({ type: lettersAt(bytes, at), data, whole: bytes.subarray(at, end) });
    at = end;
  }
  return at === bytes.length ? chunks : undefined;
}

/** Of the whole picture, where all that it is made of fits into it. */
function sizeIn(chunks: readonly Chunk[]): Size | undefined {
  const [first] = chunks;
  if (first?.type !== 'VP8X') return chunks.length === 1 && first ? sizeOfFrame(first) : undefined;
  if (first.data.length !== 10) return undefined;
  const size: Size = [1 + threeBytes(first.data, 4), 1 + threeBytes(first.data, 7)];
  const frames = chunks.filter(({ type }) => type === 'ANMF');
  const pictures = frames.length > 0 ? frames.map(({ data }) => chunksIn(data.subarray(16))) : [chunks.slice(1)];
  if (frames.length > MOST_FRAMES || frames.length * size[0] * size[1] > MOST_ANIMATED_PIXELS) return undefined;
  return pictures.every((picture) => picture && fits(picture, size)) ? size : undefined;
}

function fits(picture: readonly Chunk[], [width, height]: Size): boolean {
  const drawn = picture.filter(({ type }) => type === 'VP8 ' || type === 'VP8L');
  const [own] = drawn.map(sizeOfFrame);
  return drawn.length === 1 && own !== undefined && own[0] <= width && own[1] <= height;
}

function sizeOfFrame({ type, data }: Chunk): Size | undefined {
  return type === 'VP8L' ? sizeWithoutLoss(data) : sizeOfKeyFrame(type, data);
}

/** @source RFC 9649 §3.4 */
function sizeWithoutLoss(data: Uint8Array): Size | undefined {
  if (data.length <= 5 || data[0] !== 0x2f) return undefined;
  const bits = viewOf(data).getUint32(1, true);
  return [1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff)];
}

/** @source RFC 6386 §9.1 */
function sizeOfKeyFrame(type: string, data: Uint8Array): Size | undefined {
  const isKeyFrame = type === 'VP8 ' && data.length > 10 && ((data[0] ?? 1) & 1) === 0;
  if (!isKeyFrame || lettersAt(data, 3, 3) !== '\u009d\u0001*') return undefined;
  const view = viewOf(data);
  return [view.getUint16(6, true) & 0x3fff, view.getUint16(8, true) & 0x3fff];
}

function threeBytes(data: Uint8Array, at: number): number {
  return (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16);
}

function written(chunks: readonly Chunk[]): Uint8Array {
  const parts = chunks.map(({ type, whole }) => {
    const copy = whole.slice();
    if (type === 'VP8X') copy[8] = (copy[8] ?? 0) & KEPT_FLAGS;
    return copy;
  });
  const head = Buffer.from('RIFF....WEBP', 'latin1');
  head.writeUInt32LE(4 + parts.reduce((sum, part) => sum + part.length, 0), 4);
  return join([head, ...parts]);
}
