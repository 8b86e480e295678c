/**
 * Gzip as archives use it: one member, nothing after it.
 *
 * @source RFC 1952
 */
import { constants, createInflateRaw, crc32, gzip, inflateRawSync, type InflateRaw } from 'node:zlib';

const compress = (bytes: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    gzip(bytes, { level: 9, memLevel: 8, windowBits: 15, strategy: constants.Z_DEFAULT_STRATEGY }, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });

/** Position and value of the header's OS byte: unknown. zlib would write the machine's. */
const OS_OFFSET = 9;
const OS_UNKNOWN = 255;

/**
 * Compresses with all settings fixed; the header holds no time, no name and no operating system.
 *
 * The same bytes come out wherever the same zlib is at work: the official builds of Node.js 20 and 24 agree. A Node.js
 * that was linked with the system's zlib may compress the same tar to other bytes; what unpacks from them is the same.
 */
export async function gzipDeterministic(bytes: Uint8Array): Promise<Uint8Array> {
  const compressed = await compress(bytes);
  compressed[OS_OFFSET] = OS_UNKNOWN;
  return compressed;
}

/** Bytes, or why there are none. */
export type Gunzipped =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'invalid'; readonly problem: string; readonly cause?: unknown };

export interface GunzipOptions {
  readonly limitBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decompresses a file that is exactly one gzip member.
 *
 * Attacker-controlled: no more than `limitBytes` are ever held, checksum and length must be right, and nothing may
 * follow, since programs differ in what they make of a second member or of bytes after the first.
 */
export async function gunzipSingle(bytes: Uint8Array, options: GunzipOptions): Promise<Gunzipped> {
  const start = headerBytes(bytes);
  if (start === undefined) return { kind: 'invalid', problem: describeForeign(bytes) };
  const body = bytes.subarray(start);
  const inflated = inflateSmall(body, options) ?? (await inflate(body, options));
  if (inflated.kind !== 'inflated') return inflated;
  const content = Buffer.concat(inflated.chunks);
  const trailer = bytes.subarray(start + inflated.consumedBytes);
  const problem = checkTrailer(trailer, content);
  return problem === undefined ? { kind: 'bytes', bytes: content } : { kind: 'invalid', problem };
}

const FTEXT = 1;
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const ALL_FLAGS = FTEXT | FHCRC | FEXTRA | FNAME | FCOMMENT;
const FIXED_HEADER_BYTES = 10;
const DEFLATE = 8;

/** Length of the member's header, or undefined if there is none. @source RFC 1952 section 2.3 */
function headerBytes(bytes: Uint8Array): number | undefined {
  const [id1, id2, method, flags = 0] = bytes;
  const known = id1 === 0x1f && id2 === 0x8b && method === DEFLATE && flags <= ALL_FLAGS;
  if (!known || bytes.length < FIXED_HEADER_BYTES) return undefined;
  const fields = [
    { flag: FEXTRA, skip: (at: number) => at + 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0) },
    { flag: FNAME, skip: (at: number) => afterNul(bytes, at) },
    { flag: FCOMMENT, skip: (at: number) => afterNul(bytes, at) },
    { flag: FHCRC, skip: (at: number) => at + 2 },
  ];
  const end = fields.reduce((at, { flag, skip }) => (flags & flag ? skip(at) : at), FIXED_HEADER_BYTES);
  return end <= bytes.length ? end : undefined;
}

function afterNul(bytes: Uint8Array, start: number): number {
  const nul = bytes.indexOf(0, start);
  return nul === -1 ? Infinity : nul + 1;
}

function describeForeign(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 512)).toString('latin1');
  if (bytes.length === 0) return 'it is empty';
  if (start.startsWith('\u001f\u008b')) return 'its gzip header is damaged';
  if (start.startsWith('PK')) return 'it is a zip file, not a gzipped tar';
  if (start.trimStart().startsWith('<')) return 'it is an HTML or XML page, not a gzipped tar';
  if (start.slice(257, 262) === 'ustar') return 'it is a tar that is not gzipped';
  return 'it is not a gzip file';
}

interface Inflated {
  readonly kind: 'inflated';
  readonly chunks: readonly Buffer[];
  readonly consumedBytes: number;
}

/** Where making and ending a stream takes ten times as long as the work. */
const SMALL_BYTES = 64 * 1024;
const SMALL_INFLATED_BYTES = 1024 * 1024;

/** At once, where both ends are small; undefined otherwise, and where something is wrong. */
function inflateSmall(bytes: Uint8Array, { limitBytes }: GunzipOptions): Inflated | undefined {
  if (bytes.length > SMALL_BYTES) return undefined;
  try {
    const options = { info: true, maxOutputLength: Math.min(limitBytes, SMALL_INFLATED_BYTES) };
    const { buffer, engine } = inflateRawSync(bytes, options) as unknown as { buffer: Buffer; engine: InflateRaw };
    return { kind: 'inflated', chunks: [buffer], consumedBytes: engine.bytesWritten };
  } catch {
    // Too large or damaged: the stream says which.
    return undefined;
  }
}

async function inflate(
  bytes: Uint8Array,
  { limitBytes, signal }: GunzipOptions,
): Promise<Inflated | Exclude<Gunzipped, { kind: 'bytes' }>> {
  const engine = createInflateRaw({ chunkSize: 256 * 1024 });
  const chunks: Buffer[] = [];
  let total = 0;
  engine.end(bytes);
  try {
    for await (const chunk of engine as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      total += chunk.length;
      if (total > limitBytes) return { kind: 'too-large' };
      chunks.push(chunk);
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    return { kind: 'invalid', problem: 'its gzip data is damaged or cut off', cause: error };
  }
  return { kind: 'inflated', chunks, consumedBytes: engine.bytesWritten };
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

const TRAILER_BYTES = 8;

function checkTrailer(trailer: Uint8Array, content: Buffer): string | undefined {
  if (trailer.length < TRAILER_BYTES) return 'its gzip data is damaged or cut off';
  if (trailer.length > TRAILER_BYTES) return 'something follows the end of its gzip data';
  const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER_BYTES);
  const intact = view.getUint32(0, true) === crc32(content) && view.getUint32(4, true) === content.length % 2 ** 32;
  return intact ? undefined : 'its gzip checksum is wrong';
}
