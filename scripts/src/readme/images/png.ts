/** Still pictures as PNG: decoded up to the pixels, by zlib. @source PNG (third edition) §5, §7, §9, §11 */
import { crc32, inflateSync } from 'node:zlib';
import { isOfBearableSize, join, lettersAt, viewOf, type Picture } from './picture.ts';

const SIGNATURE = '\u0089PNG\r\n\u001a\n';
/** What pixels need. Text, profiles, animation and what nobody knows are left out. */
const KEPT = new Set(['IHDR', 'PLTE', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'IDAT', 'IEND']);
/** Colour type → samples a pixel, and the depths that it has (§11.2.2). */
const COLOURS: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitsAPixel: number;
  readonly isInterlaced: boolean;
}

/** @returns undefined for anything that is not one whole picture */
export function readPng(bytes: Uint8Array): Picture | undefined {
  const chunks = chunksIn(bytes);
  const [first] = chunks ?? [];
  if (!chunks || first?.type !== 'IHDR') return undefined;
  const header = headerIn(first.data);
  const data = join(chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.data));
  if (!header || !isOfBearableSize(header.width, header.height) || !holdsPixels(data, header)) return undefined;
  const kept = chunks.filter(({ type }) => KEPT.has(type)).map(({ whole }) => whole);
  return { format: 'png', width: header.width, height: header.height, bytes: join([bytes.subarray(0, 8), ...kept]) };
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  readonly whole: Uint8Array;
}

/** Up to the end of the picture; what stands behind it is no part of it. @returns undefined where one is damaged */
function chunksIn(bytes: Uint8Array): readonly Chunk[] | undefined {
  if (lettersAt(bytes, 0, 8) !== SIGNATURE) return undefined;
  const view = viewOf(bytes);
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length || crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) return undefined;
    const type = lettersAt(bytes, at + 4);
    // §14.2: one that a reader must understand, and we do not.
    if (/^[A-Z]/.test(type) && !KEPT.has(type)) return undefined;
    chunks.push({ type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) });
    if (type === 'IEND') return chunks;
    at = end;
  }
  return undefined;
}

function headerIn(data: Uint8Array): Header | undefined {
  if (data.length !== 13) return undefined;
  const view = viewOf(data);
  const [depth = 0, type = 0, compression, filter, interlace = 0] = data.subarray(8);
  const colour = COLOURS[type];
  if (!colour?.depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) return undefined;
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    bitsAPixel: depth * colour.samples,
    isInterlaced: interlace === 1,
  };
}

/** Start and step of each pass, in columns and rows (§8.2). */
const PASSES = [
  [0, 8, 0, 8],
  [4, 8, 0, 8],
  [0, 4, 4, 8],
  [2, 4, 0, 4],
  [0, 2, 2, 4],
  [1, 2, 0, 2],
  [0, 1, 1, 2],
] as const;

/** Whether it inflates to all rows and nothing else, each with a filter that there is. No more than that is inflated. */
function holdsPixels(data: Uint8Array, { width, height, bitsAPixel, isInterlaced }: Header): boolean {
  const parts = (isInterlaced ? PASSES : ([[0, 1, 0, 1]] as const))
    .map(([x, stepX, y, stepY]) => ({ columns: Math.ceil((width - x) / stepX), rows: Math.ceil((height - y) / stepY) }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0)
    .map(({ columns, rows }) => ({ rows, rowBytes: 1 + Math.ceil((columns * bitsAPixel) / 8) }));
  const length = parts.reduce((sum, { rows, rowBytes }) => sum + rows * rowBytes, 0);
  const pixels = inflate(data, length);
  if (pixels?.length !== length) return false;
  let at = 0;
  for (const { rows, rowBytes } of parts)
    for (let row = 0; row < rows; row += 1, at += rowBytes) if ((pixels[at] ?? 5) > 4) return false;
  return true;
}

function inflate(data: Uint8Array, maxOutputLength: number): Uint8Array | undefined {
  try {
    return inflateSync(data, { maxOutputLength });
  } catch {
    return undefined; // damaged, or a bomb
  }
}
