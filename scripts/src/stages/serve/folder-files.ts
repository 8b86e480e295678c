import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { unpackSearchFile } from '@ar-registry/io/api-client';
import type { StaticFile, StaticFiles } from './app.ts';

/** Entity tags kept in memory. */
const MAX_TAGS = 20_000;
/** Files kept in memory: documents are small and asked for often, archives are neither. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;
const MAX_KEPT_FILE_BYTES = 256 * 1024;

/**
 * Files of a folder that a build wrote. Entity tags come from the content, so they survive a rebuild that changes nothing.
 * The file is looked at for each request, and read again only if it is another one than before.
 */
export function createFolderFiles(folder: string): StaticFiles {
  const tags = new Map<string, string>();
  const keep = createKept();
  return {
    unpack: unpackSearchFile,
    read: async (relative) => {
      const file = path.join(folder, ...relative.split('/'));
      const found = await stat(file, { bigint: true }).catch((error: unknown) => absent(error));
      if (!found?.isFile()) return undefined;
      const kept = keep.take(relative, keyOf(found));
      if (kept) return kept;
      const handle = await open(file).catch((error: unknown) => absent(error));
      if (!handle) return undefined;
      try {
        // It may be another file by now.
        const info = await handle.stat({ bigint: true });
        if (!info.isFile()) return undefined;
        const bytes = await handle.readFile();
        const key = keyOf(info);
        return keep.put(relative, { key, bytes, etag: remember(tags, `${relative}\0${key}`, bytes) });
      } finally {
        await handle.close();
      }
    },
  };
}

/** The same as long as the content is: a build puts new files in the place of old ones. */
function keyOf({ mtimeNs, ctimeNs, size, ino }: BigIntStats): string {
  return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
}

interface KeptFile extends StaticFile {
  readonly key: string;
}

interface Kept {
  readonly take: (path: string, key: string) => StaticFile | undefined;
  readonly put: (path: string, file: KeptFile) => StaticFile;
}

function createKept(): Kept {
  const files = new Map<string, KeptFile>();
  let sizeBytes = 0;
  const drop = (name: string): void => {
    sizeBytes -= files.get(name)?.bytes.length ?? 0;
    files.delete(name);
  };
  return {
    take: (name, key) => {
      const file = files.get(name);
      return file?.key === key ? file : undefined;
    },
    put: (name, file) => {
      drop(name);
      if (file.bytes.length > MAX_KEPT_FILE_BYTES) return file;
      for (const oldest of files.keys()) {
        if (sizeBytes + file.bytes.length <= MAX_KEPT_BYTES && files.size < MAX_TAGS) break;
        drop(oldest);
      }
      files.set(name, file);
      sizeBytes += file.bytes.length;
      return file;
    },
  };
}

function remember(tags: Map<string, string>, key: string, bytes: Buffer): string {
  const known = tags.get(key);
  if (known !== undefined) return known;
  if (tags.size >= MAX_TAGS) tags.clear();
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  tags.set(key, etag);
  return etag;
}

function absent(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG') return undefined;
  throw error;
}
