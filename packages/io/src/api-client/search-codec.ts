/**
 * How the files of a search index in shards go over the network: as JSON compressed with gzip, whatever the server does
 * about compression. It is what every browser unpacks as well, and takes 6 % more bytes than Brotli. Their names are hashes
 * of the JSON, so that a better compressor changes no name.
 */

/** More than any file of an index comes to, and no bomb. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** The next ones find hardly more: worth it for the one file that every query needs. */
const LEVEL = 6;
const BEST_LEVEL = 9;
/** What nearly every file of an index comes to at most. */
const PACKED_CHUNK_BYTES = 128 * 1024;
/** Of the length that stands at the end of what is compressed. */
const SIZE_BYTES = 4;
/** What says that it is longer is not believed before it has arrived. */
const LARGEST_CHUNK_BYTES = 1024 * 1024;
/** Where zlib says on which system it ran, and what stands for any. @source RFC 1952 section 2.3 */
const SYSTEM_OFFSET = 9;
const ANY_SYSTEM = 255;

/**
 * Where a column of a table ends, as JSON. In a text it may stand too, and does no harm: only where blocks begin is decided by
 * it.
 */
const COLUMN_END = '],"';
/** What is shorter shares a block with what is beside it: each begins with a table of its letters. */
const BLOCK_CHARACTERS = 2500;

/**
 * Off the main thread: several at a time use several cores.
 *
 * Columns are compressed in blocks of their own, since names and numbers are made of other letters: 3 % less than in blocks
 * that begin wherever they do.
 */
export function packSearchFile(json: string): Promise<Uint8Array> {
  const { createGzip, constants } = process.getBuiltinModule('node:zlib');
  return new Promise((resolve, reject) => {
    // In one piece: after each, it waits for the main thread, which may be busy with the next file.
    const gzip = createGzip({ level: LEVEL, chunkSize: PACKED_CHUNK_BYTES, flush: constants.Z_BLOCK });
    const packed: Buffer[] = [];
    gzip.on('data', (bytes: Buffer) => packed.push(bytes));
    gzip.on('error', reject);
    gzip.on('end', () => resolve(ofAnySystem(Buffer.concat(packed))));
    for (const block of blocksOf(json)) gzip.write(block);
    gzip.end();
  });
}

/** One after the other they are the text. */
function blocksOf(json: string): readonly string[] {
  const blocks: string[] = [];
  let from = 0;
  for (let at = json.indexOf(COLUMN_END); at !== -1; at = json.indexOf(COLUMN_END, at + 1)) {
    const end = at + 1;
    if (end - from < BLOCK_CHARACTERS) continue;
    blocks.push(json.slice(from, end));
    from = end;
  }
  return [...blocks, json.slice(from)];
}

/** The same bytes wherever they are made. */
function ofAnySystem(bytes: Buffer): Buffer {
  bytes[SYSTEM_OFFSET] = ANY_SYSTEM;
  return bytes;
}

/** @param bytes attacker-controlled @returns undefined for what is no such file, or too large a one */
export function unpackSearchFile(bytes: Uint8Array): Buffer | undefined {
  const { gunzipSync } = process.getBuiltinModule('node:zlib');
  try {
    return gunzipSync(bytes, { maxOutputLength: LIMIT_BYTES, chunkSize: chunkSizeFor(bytes) });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined; // zlib and the limit: nothing else can fail here
    throw error;
  }
}

/** All of it, where that is what it says: one piece need not be put together. @source RFC 1952 section 2.3.1, ISIZE */
function chunkSizeFor(bytes: Uint8Array): number {
  const said =
    bytes.length < SIZE_BYTES
      ? 0
      : new DataView(bytes.buffer, bytes.byteOffset + bytes.length - SIZE_BYTES).getUint32(0, true);
  // With some room, by which zlib sees that it is at the end.
  return Math.min(said, LARGEST_CHUNK_BYTES) + 64;
}

/** `search/index.json` of a registry in shards. */
export function toShardedIndex(root: object): string {
  const { gzipSync } = process.getBuiltinModule('node:zlib');
  const packed = ofAnySystem(gzipSync(JSON.stringify(root), { level: BEST_LEVEL })).toString('base64');
  return `${JSON.stringify({ schemaVersion: 1, format: 'sharded', root: packed })}\n`;
}
