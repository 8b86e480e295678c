/** A picture of at most sixteen colours as PNG. @source PNG (third edition) §5, §11 */
import { constants, crc32, deflateSync } from 'node:zlib';

/** A tenth of the time of the highest level, and 7 % larger: ten thousand cards are drawn at a time. */
const COMPRESSION = { level: 6, strategy: constants.Z_FILTERED, memLevel: 9 } as const;

/** @param pixels an index below 16 for each, row by row */
export function encodePng(
  { width, height, pixels }: { readonly width: number; readonly height: number; readonly pixels: Uint8Array },
  colours: readonly (readonly [number, number, number])[],
): Uint8Array<ArrayBuffer> {
  const rowBytes = Math.ceil(width / 2);
  // Each row begins with its filter: none.
  const packed = new Uint8Array((rowBytes + 1) * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 2) {
      const at = y * width + x;
      packed[y * (rowBytes + 1) + 1 + x / 2] = ((pixels[at] ?? 0) << 4) | (x + 1 < width ? (pixels[at + 1] ?? 0) : 0);
    }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  // Four bits a pixel, of a palette.
  header.setUint8(8, 4);
  header.setUint8(9, 3);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('PLTE', Uint8Array.from(colours.flat())),
    chunk('IDAT', deflateSync(packed, COMPRESSION)),
    chunk('IEND', new Uint8Array()),
  ];
  return new Uint8Array(Buffer.concat(parts));
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}
