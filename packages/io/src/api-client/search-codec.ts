/**
 * How the files of a search index in shards go over the network: as JSON compressed with Brotli, whatever the server does
 * about compression. Their names are hashes of the JSON, so that a better compressor changes no name.
 */
import type { BrotliOptions } from 'node:zlib';

/** More than any file of an index comes to, and no bomb. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** The next ones that find more take eight times as long: worth it for the one file that every query needs. */
const QUALITY = 6;
const BEST_QUALITY = 11;
/** 256 KiB, which is more than most files have. */
const WINDOW_BITS = 18;

/** Off the main thread: several at a time use several cores. */
export function packSearchFile(json: string): Promise<Uint8Array> {
  const { brotliCompress } = process.getBuiltinModule('node:zlib');
  return new Promise((resolve, reject) => {
    brotliCompress(json, settings(json, QUALITY), (error, bytes) => {
      if (error) reject(error);
      else resolve(bytes);
    });
  });
}

function settings(json: string, quality: number): BrotliOptions {
  const { constants } = process.getBuiltinModule('node:zlib');
  return {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(json),
    },
  };
}

/** @param bytes attacker-controlled @returns undefined for what is no such file, or too large a one */
export function unpackSearchFile(bytes: Uint8Array): Buffer | undefined {
  const { brotliDecompressSync } = process.getBuiltinModule('node:zlib');
  try {
    return brotliDecompressSync(bytes, { maxOutputLength: LIMIT_BYTES });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined; // zlib and the limit: nothing else can fail here
    throw error;
  }
}

/** `search/index.json` of a registry in shards. */
export function toShardedIndex(root: object): string {
  const { brotliCompressSync } = process.getBuiltinModule('node:zlib');
  const json = JSON.stringify(root);
  const packed = brotliCompressSync(json, settings(json, BEST_QUALITY)).toString('base64');
  return `${JSON.stringify({ schemaVersion: 1, format: 'sharded', root: packed })}\n`;
}
