import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '@ar-registry/io/files';
import { readFolderFile } from '@ar-registry/io/trust';
import type { LogFile } from './log-files.ts';

/** Makes the folder hold these files and no others, in their order; what is there already is left as it is. */
export async function writeLog(folder: string, files: readonly LogFile[]): Promise<void> {
  for (const { path: file, bytes } of files) {
    const target = path.join(folder, file);
    const current = await readFolderFile(target);
    if (!current || !Buffer.from(current).equals(bytes)) await replaceFile(target, bytes);
  }
  const wanted = new Set(files.map((file) => file.path));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const relative = path.relative(folder, file).replaceAll(path.sep, '/');
    if (entry.isFile() && !wanted.has(relative)) await rm(file, { force: true });
  }
}
