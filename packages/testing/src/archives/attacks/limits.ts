import { constants, deflateRawSync } from 'node:zlib';
import { type Attack, pluginWith } from '../attack.ts';
import { paxHeader, rawEntry, rawGzip } from '../raw-tar.ts';

const MEBIBYTE = 1024 * 1024;

/** Archives that are too much of something, measured against the default limits. */
export const LIMIT_ATTACKS: readonly Attack[] = [
  large('an archive of 10 MiB and a byte', () => Buffer.alloc(10 * MEBIBYTE + 1)),
  large('a file of 3 GiB in 3 MB', () => zerosBomb(3 * 1024)),
  large('a file of 21 MiB', () => pluginWith({ path: 'package/big.bin', body: Buffer.alloc(21 * MEBIBYTE) })),
  large('60 files of 1 MiB', () => pluginWith(...numbered(60, Buffer.alloc(MEBIBYTE)))),
  large('5,001 files', () => pluginWith(...numbered(4998, Buffer.alloc(0)))),
  large('100,000 empty files', () => pluginWith(...numbered(100_000, Buffer.alloc(0)))),
  large('20,000 extended headers', () => {
    const header = rawEntry(paxHeader({ comment: 'x' }, 'g'));
    return pluginWith(Buffer.concat(Array.from({ length: 20_000 }, () => header)));
  }),
];

/** A gzip member of `mebibytes` of zeros, from one piece that is repeated: quick to make, slow to believe. */
export function zerosBomb(mebibytes: number): Uint8Array {
  const header = rawEntry({ path: 'package/zeros.bin', size: (mebibytes * MEBIBYTE).toString(8).padStart(11, '0') });
  const flushed = { finishFlush: constants.Z_FULL_FLUSH };
  const piece = deflateRawSync(Buffer.alloc(MEBIBYTE), flushed);
  const pieces = Array.from({ length: mebibytes }, () => piece);
  const end = deflateRawSync(Buffer.alloc(0));
  return rawGzip(Buffer.alloc(0), { deflated: Buffer.concat([deflateRawSync(header, flushed), ...pieces, end]) });
}

function large(name: string, build: () => Uint8Array): Attack {
  return { name, expect: 'ARCHIVE_TOO_LARGE', build };
}

function numbered(count: number, body: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) => rawEntry({ path: `package/f${index}`, body }));
}
