/**
 * Tar and gzip byte by byte, for archives that no honest program writes.
 *
 * Nothing is checked here: each field can be set to anything.
 *
 * @source POSIX.1-2024 pax, ustar Interchange Format; RFC 1952
 */
import { crc32, deflateRawSync } from 'node:zlib';

const BLOCK_BYTES = 512;

/** One entry. Fields that are left out are those of a plain file. `size` and `owner` are raw fields. */
export interface RawEntry {
  readonly path: string | Uint8Array;
  readonly body?: string | Uint8Array;
  readonly type?: string;
  readonly mode?: number;
  readonly owner?: string;
  readonly size?: string | Uint8Array;
  readonly linkpath?: string;
  readonly prefix?: string;
  readonly magic?: string;
  readonly checksum?: number;
}

/** Header and body of one entry, filled up to whole blocks. */
export function rawEntry(entry: RawEntry): Uint8Array {
  const body = Buffer.from(entry.body ?? '');
  const header = Buffer.alloc(BLOCK_BYTES);
  put(header, { at: 0, bytes: 100 }, entry.path);
  put(header, { at: 100, bytes: 8 }, octal(entry.mode ?? 0o644, 7));
  put(header, { at: 108, bytes: 8 }, entry.owner ?? octal(0, 7));
  put(header, { at: 116, bytes: 8 }, octal(0, 7));
  put(header, { at: 124, bytes: 12 }, entry.size ?? octal(body.length, 11));
  put(header, { at: 136, bytes: 12 }, octal(0, 11));
  put(header, { at: 156, bytes: 1 }, entry.type ?? '0');
  put(header, { at: 157, bytes: 100 }, entry.linkpath ?? '');
  put(header, { at: 257, bytes: 8 }, entry.magic ?? 'ustar\u000000');
  put(header, { at: 345, bytes: 155 }, entry.prefix ?? '');
  put(header, { at: 148, bytes: 8 }, `${octal(entry.checksum ?? checksum(header), 6)}\0 `);
  return Buffer.concat([header, body, Buffer.alloc(-body.length & (BLOCK_BYTES - 1))]);
}

/** Entries and the two blocks that end a tar. */
export function rawTar(entries: readonly (RawEntry | Uint8Array)[]): Uint8Array {
  const blocks = entries.map((entry) => (entry instanceof Uint8Array ? entry : rawEntry(entry)));
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}

/** A pax extended header with these records, for the entry that follows it. */
export function paxHeader(records: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): RawEntry {
  const body = Object.entries(records).map(([keyword, value]) => paxRecord(keyword, value));
  return { path: 'PaxHeader/x', type, body: body.join('') };
}

/** One record of a pax header: its length counts its own digits. */
export function paxRecord(keyword: string, value: string): string {
  const rest = Buffer.byteLength(` ${keyword}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length += 1;
  return `${length} ${keyword}=${value}\n`;
}

/** Parts of a gzip member that can be set to something wrong. */
export interface RawGzip {
  readonly deflated?: Uint8Array;
  readonly flags?: number;
  readonly fields?: Uint8Array;
  readonly crc?: number;
  readonly size?: number;
}

/** One gzip member that holds `content`. */
export function rawGzip(content: Uint8Array, wrong: RawGzip = {}): Uint8Array {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(wrong.crc ?? crc32(content), 0);
  trailer.writeUInt32LE(wrong.size ?? content.length, 4);
  const header = [0x1f, 0x8b, 8, wrong.flags ?? 0, 0, 0, 0, 0, 0, 255];
  const deflated = wrong.deflated ?? deflateRawSync(content);
  return Buffer.concat([Buffer.from(header), wrong.fields ?? Buffer.alloc(0), deflated, trailer]);
}

function put(header: Buffer, field: { readonly at: number; readonly bytes: number }, value: string | Uint8Array): void {
  Buffer.from(value).copy(header, field.at, 0, field.bytes);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function checksum(header: Buffer): number {
  return header.fill(' ', 148, 156).reduce((sum, byte) => sum + byte, 0);
}
