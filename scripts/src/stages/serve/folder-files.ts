import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { unpackSearchFile } from '@ar-registry/io/api-client';
import type { StaticFiles } from './app.ts';

/** Entity tags kept in memory. */
const MAX_TAGS = 20_000;

/** Files of a folder that a build wrote. Entity tags come from the content, so they survive a rebuild that changes nothing. */
export function createFolderFiles(folder: string): StaticFiles {
  const tags = new Map<string, string>();
  return {
    unpack: unpackSearchFile,
    read: async (relative) => {
      const handle = await open(path.join(folder, ...relative.split('/'))).catch((error: unknown) => absent(error));
      if (!handle) return undefined;
      try {
        const { mtimeMs, size, ino, ...info } = await handle.stat();
        if ((info.mode & 0o170000) !== 0o100000) return undefined;
        const bytes = await handle.readFile();
        return { bytes, etag: remember(tags, `${relative}\0${mtimeMs}\0${size}\0${ino}`, bytes) };
      } finally {
        await handle.close();
      }
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
