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
  return Buffer.concat([...files.flatMap((file) => entryBlocks(file)), Buffer.alloc(2 * BLOCK_BYTES)]);
}

function entryBlocks({ path, bytes, executable }: TarFile): readonly Uint8Array[] {
  const full = `${ARCHIVE_ROOT}/${path}`;
  const block = Buffer.alloc(BLOCK_BYTES);
  const header = new Header({
    path: full,
    type: 'File',
    size: bytes.length,
    mode: executable ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    mtime: MTIME,
  });
  const extended = header.encode(block) ? [new Pax({ path: full, mtime: MTIME }).encode()] : [];
  return [...extended, block, bytes, Buffer.alloc((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES)];
}
