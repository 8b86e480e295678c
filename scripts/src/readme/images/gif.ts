/** Pictures and animations as GIF: every code of every frame is followed. @source GIF89a §17 to §27, appendix F */
import {
  isOfBearableSize,
  join,
  lettersAt,
  MOST_ANIMATED_PIXELS,
  MOST_FRAMES,
  viewOf,
  type Picture,
} from './picture.ts';

/** @returns undefined for anything that is not one whole picture */
export function readGif(bytes: Uint8Array): Picture | undefined {
  if (!['GIF87a', 'GIF89a'].includes(lettersAt(bytes, 0, 6)) || bytes.length < 14) return undefined;
  const view = viewOf(bytes);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  const start = 13 + tableBytes(bytes[10] ?? 0);
  const blocks = isOfBearableSize(width, height) ? blocksFrom(bytes, start, { width, height }) : undefined;
  return blocks && { format: 'gif', width, height, bytes: join([bytes.subarray(0, start), ...blocks]) };
}

interface Screen {
  readonly width: number;
  readonly height: number;
}

/** What is shown, up to the trailer. */
function blocksFrom(bytes: Uint8Array, start: number, screen: Screen): readonly Uint8Array[] | undefined {
  const kept: Uint8Array[] = [];
  let [frames, pixels] = [0, 0];
  for (let at = start; at < bytes.length;) {
    if (bytes[at] === 0x3b) return frames === 0 ? undefined : [...kept, Uint8Array.of(0x3b)];
    const isFrame = bytes[at] === 0x2c;
    const block = isFrame ? frameAt(bytes, at, screen) : extensionAt(bytes, at);
    if (!block) return undefined;
    frames += isFrame ? 1 : 0;
    pixels += block.pixels;
    if (frames > MOST_FRAMES || pixels > MOST_ANIMATED_PIXELS) return undefined;
    if (block.isKept) kept.push(bytes.subarray(at, block.end));
    at = block.end;
  }
  return undefined;
}

interface Block {
  readonly end: number;
  readonly pixels: number;
  readonly isKept: boolean;
}

function frameAt(bytes: Uint8Array, at: number, screen: Screen): Block | undefined {
  if (at + 11 > bytes.length) return undefined;
  const view = viewOf(bytes);
  const [left, top] = [view.getUint16(at + 1, true), view.getUint16(at + 3, true)];
  const [width, height] = [view.getUint16(at + 5, true), view.getUint16(at + 7, true)];
  if (width === 0 || height === 0 || left + width > screen.width || top + height > screen.height) return undefined;
  const codes = at + 10 + tableBytes(bytes[at + 9] ?? 0);
  const data = subBlocksAt(bytes, codes + 1);
  const pixels = width * height;
  if (!data || pixelsIn(join(data.parts), bytes[codes] ?? 0) < pixels) return undefined;
  return { end: data.end, pixels, isKept: true };
}

const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;

/** Of extensions, how long a frame stays and how often all are shown; comments and what others hide there are left out. */
function extensionAt(bytes: Uint8Array, at: number): Block | undefined {
  if (bytes[at] !== 0x21) return undefined;
  const data = subBlocksAt(bytes, at + 2);
  if (!data) return undefined;
  const [control = Uint8Array.of(), loops] = data.parts;
  const isLoop = lettersAt(control, 0, 11) === 'NETSCAPE2.0' && data.parts.length === 2 && loops?.length === 3;
  const isKept =
    bytes[at + 1] === GRAPHIC_CONTROL
      ? control.length === 4 && data.parts.length === 1
      : bytes[at + 1] === APPLICATION && isLoop;
  return { end: data.end, pixels: 0, isKept };
}

/** Up to the empty one at the end. */
function subBlocksAt(
  bytes: Uint8Array,
  start: number,
): { readonly parts: readonly Uint8Array[]; readonly end: number } | undefined {
  const parts: Uint8Array[] = [];
  for (let at = start; at < bytes.length;) {
    const length = bytes[at] ?? 0;
    if (length === 0) return { parts, end: at + 1 };
    parts.push(bytes.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return undefined;
}

function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** How many pixels the codes stand for (appendix F). 0 where it is damaged. */
function pixelsIn(data: Uint8Array, firstBits: number): number {
  if (firstBits < 2 || firstBits > 8) return 0;
  const table = createTable(firstBits);
  let [held, count, total] = [0, 0, 0];
  for (const byte of data) {
    held |= byte << count;
    count += 8;
    for (let bits = table.bits(); count >= bits; bits = table.bits()) {
      const taken = table.take(held & (2 ** bits - 1));
      if (taken === 'end') return total;
      if (taken === 'damaged') return 0;
      held >>>= bits;
      count -= bits;
      total += taken;
    }
  }
  return total;
}

interface Table {
  /** Of the next code. */
  bits(): number;
  /** @returns how many pixels it stands for */
  take(code: number): number | 'end' | 'damaged';
}

const MOST_CODES = 4096;

/** The table of LZW, of which only the lengths of its strings are kept. */
function createTable(firstBits: number): Table {
  const [clear, end] = [2 ** firstBits, 2 ** firstBits + 1];
  const lengths = new Uint32Array(MOST_CODES).fill(1, 0, clear);
  let [size, bits, before] = [end + 1, firstBits + 1, -1];
  const grow = (): void => {
    if (before === -1 || size === MOST_CODES) return;
    lengths[size] = (lengths[before] ?? 0) + 1;
    size += 1;
    if (size === 2 ** bits && bits < 12) bits += 1;
  };
  return {
    bits: () => bits,
    take: (code) => {
      if (code === end) return 'end';
      if (code === clear) {
        [size, bits, before] = [end + 1, firstBits + 1, -1];
        return 0;
      }
      if (code > size || (code === size && before === -1)) return 'damaged';
      grow();
      before = code;
      return lengths[code] ?? 0;
    },
  };
}
