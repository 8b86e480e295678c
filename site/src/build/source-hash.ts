import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

const FOLDERS = [
  'src',
  'public',
  '../packages/core/src',
  '../schemas/src',
  '../schemas/v1',
  '../docs',
  '../docs/guides',
];
/** Everything in them would be too much: pictures, decisions. */
const NOT_BELOW = new Set(['../docs', '../docs/guides']);
const FILES = ['astro.config.ts', 'package.json', '../package-lock.json'];

/** Of all that the compiled site is made of. @param root `site/` */
export async function hashSources(root: string, baseUrl: string): Promise<string> {
  const hash = createHash('sha256').update(baseUrl);
  const files = [...FILES, ...(await Promise.all(FOLDERS.map((folder) => filesOf(root, folder)))).flat()];
  for (const file of files.toSorted()) hash.update(`\0${file}\0`).update(await readFile(path.join(root, file)));
  return hash.digest('base64url').slice(0, 22);
}

async function filesOf(root: string, folder: string): Promise<readonly string[]> {
  const recursive = !NOT_BELOW.has(folder);
  const entries = await readdir(path.join(root, folder), { recursive, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}
