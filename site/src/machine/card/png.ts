/** A picture of at most sixteen colours as PNG. @source PNG (third edition) §5, §11 */
import { constants, crc32, deflateSync } from 'node:zlib';

/** A fraction of the time of the highest level, and a tenth larger: ten thousand cards are drawn at a time. */
const COMPRESSION = { level: 4, strategy: constants.Z_FILTERED, memLevel: 9 } as const;

/** @returns for pictures of this size: an index below 16 for each pixel, row by row → the file */
export function createPngEncoder(
  { width, height }: { readonly width: number; readonly height: number },
  colours: readonly (readonly [number, number, number])[],
): (pixels: Uint8Array) => Uint8Array<ArrayBuffer> {
  const rowBytes = Math.ceil(width / 2);
  // Used for each picture again: what is as large as this costs more to make than to fill.
  const packed = new Uint8Array((rowBytes + 1) * height);
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  // Four bits a pixel, of a palette.
  header.setUint8(8, 4);
  header.setUint8(9, 3);
  const start = Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('PLTE', Uint8Array.from(colours.flat())),
  ]);
  const end = chunk('IEND', new Uint8Array());
  return (pixels) => {
    pack(pixels, packed, { width, rowBytes });
    return new Uint8Array(Buffer.concat([start, chunk('IDAT', deflateSync(packed, COMPRESSION)), end]));
  };
}

/** Two pixels in a byte; the last of an odd row is alone. */
function pack(
  pixels: Uint8Array,
  into: Uint8Array,
  { width, rowBytes }: { readonly width: number; readonly rowBytes: number },
): void {
  let from = 0;
  for (let to = 0; to < into.length; to += rowBytes + 1) {
    // Each row begins with its filter: none, which is what the buffer holds.
    const pairs = width >> 1;
    for (let pair = 1; pair <= pairs; pair += 1, from += 2)
      into[to + pair] = ((pixels[from] ?? 0) << 4) | (pixels[from + 1] ?? 0);
    if (width % 2 === 0) continue;
    into[to + rowBytes] = (pixels[from] ?? 0) << 4;
    from += 1;
  }
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}
