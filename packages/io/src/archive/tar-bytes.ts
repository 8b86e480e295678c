import { ARCHIVE_ROOT } from '@ar-registry/core/archive';
import { Header } from 'tar/header';
import { Pax } from 'tar/pax';

/** A file as it goes into an archive; the path is relative to the package. */
export interface TarFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** The instant npm gives to all files of its archives: zero would be refused by some programs. */
const MTIME = new Date('1985-10-26T08:15:00.000Z');

const BLOCK_BYTES = 512;

/**
 * A tar of `files` in the given order. The same files give the same bytes: no owner, no time, no folder entries.
 *
 * @source POSIX.1-2024 pax; an extended header is written only for paths that a ustar header cannot hold
 */
export function tarBytes(files: readonly TarFile[]): Uint8Array {
  return Buffer.concat([...files.flatMap((file) => entryBlocks(file)), TAR_END]);
}

/** What stands behind the last file. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK_BYTES);

function entryBlocks({ path, bytes, executable }: TarFile): readonly Uint8Array[] {
  const header = tarHeader({ path: `${ARCHIVE_ROOT}/${path}`, sizeBytes: bytes.length, executable });
  return [header, bytes, tarPadding(bytes.length)];
}

/** A file as its header says it. */
export interface TarFileHeader {
  readonly path: string;
  readonly sizeBytes: number;
  readonly executable: boolean;
}

/** What stands before the content of a file: the same for the same path, size and mode. */
export function tarHeader({ path, sizeBytes, executable }: TarFileHeader): Uint8Array {
  const block = Buffer.alloc(BLOCK_BYTES);
  const mode = executable ? 0o755 : 0o644;
  const header = new Header({ path, type: 'File', size: sizeBytes, mode, uid: 0, gid: 0, mtime: MTIME });
  return header.encode(block) ? Buffer.concat([new Pax({ path, mtime: MTIME }).encode(), block]) : block;
}

/** What stands behind it, up to the next whole block. */
export function tarPadding(sizeBytes: number): Uint8Array {
  return new Uint8Array((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
}
