/** A zip file, written by its specification: so that a test can also write one that lies. @source APPNOTE 6.3.10 §4.3 */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly content: string | Buffer;
  /** What the entry says of its size, if that is not true. */
  readonly claimedBytes?: number;
}

export function zipOf(entries: Iterable<ZipEntry>): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let [offset, count] = [0, 0];
  for (const entry of entries) {
    const { local, directory } = write(entry, offset);
    locals.push(local);
    central.push(directory);
    offset += local.length;
    count += 1;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function write({ name, content, claimedBytes }: ZipEntry, offset: number): { local: Buffer; directory: Buffer } {
  const bytes = Buffer.from(content);
  const packed = deflateRawSync(bytes, { level: 1 });
  const path = Buffer.from(name);
  const about = Buffer.alloc(26);
  about.writeUInt16LE(20, 0);
  about.writeUInt16LE(0x0800, 2);
  about.writeUInt16LE(8, 4);
  about.writeUInt32LE(crc32(bytes), 10);
  about.writeUInt32LE(packed.length, 14);
  about.writeUInt32LE(claimedBytes ?? bytes.length, 18);
  about.writeUInt16LE(path.length, 22);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(0x04034b50, 0);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 4);
  about.copy(central, 6);
  central.writeUInt32LE(offset, 42);
  return { local: Buffer.concat([head, about, path, packed]), directory: Buffer.concat([central, path]) };
}
