import { brotliCompressSync, zstdCompressSync } from 'node:zlib';
import { type Attack, PLUGIN_ENTRIES, pluginWith } from '../attack.ts';
import { type RawGzip, rawGzip, rawTar } from '../raw-tar.ts';

const RESERVED_FLAG = 0x20;

/** Files that are not exactly one gzip member. */
export const GZIP_ATTACKS: readonly Attack[] = [
  file('an empty file', () => Buffer.alloc(0)),
  file('a tar that is not compressed', (_, tar) => tar),
  file('a zip file', () => Buffer.from('504b0304140000000800', 'hex')),
  file('an HTML page', () => Buffer.from('<!doctype html><title>Sign in</title>')),
  file('a JSON answer', () => Buffer.from('{"message":"Not Found"}')),
  file('a brotli file', (_, tar) => brotliCompressSync(tar)),
  file('a zstd file', (_, tar) => zstdCompressSync(tar)),
  file('gzip that is cut off', (gzip) => gzip.subarray(0, gzip.length / 2)),
  file('gzip without its checksum', (gzip) => gzip.subarray(0, -8)),
  file('gzip without its last byte', (gzip) => gzip.subarray(0, -1)),
  file('the start of a gzip header', (gzip) => gzip.subarray(0, 5)),
  file('bytes behind the gzip data', (gzip) => Buffer.concat([gzip, Buffer.from('evil')])),
  file('zeros behind the gzip data', (gzip) => Buffer.concat([gzip, Buffer.alloc(512)])),
  file('two gzip members', (gzip) => Buffer.concat([gzip, gzip])),
  file('a second gzip member that is empty', (gzip) => Buffer.concat([gzip, rawGzip(Buffer.alloc(0))])),
  member('a wrong gzip checksum', { crc: 0 }),
  member('a wrong gzip length', { size: 1 }),
  member('a reserved gzip flag', { flags: RESERVED_FLAG }),
  file('a gzip file name without an end', () => Buffer.from(`1f8b0808${'00'.repeat(6)}${'61'.repeat(50)}`, 'hex')),
  member('data that is not deflated', { deflated: Buffer.alloc(600, 0xff) }),
];

function file(name: string, change: (gzip: Uint8Array, tar: Uint8Array) => Uint8Array): Attack {
  return { name, expect: 'ARCHIVE_INVALID', build: () => change(pluginWith(), rawTar(PLUGIN_ENTRIES)) };
}

function member(name: string, wrong: RawGzip): Attack {
  return { name, expect: 'ARCHIVE_INVALID', build: () => rawGzip(rawTar(PLUGIN_ENTRIES), wrong) };
}
