import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Api } from '../data/api.ts';

/** Of what all pages depend on: a new one means that everything is built anew. */
export async function templateHash(
  root: string,
  { api, baseUrl }: { readonly api: Api; readonly baseUrl: string },
): Promise<string> {
  const hash = createHash('sha256');
  const { title, siteUrl, submissions } = api.config();
  const titles = api.categories().map(({ id, title: name, description }) => ({ id, name, description }));
  hash.update(JSON.stringify({ baseUrl, title, siteUrl, submissions, titles, npm: api.has('npm') }));
  const folders = ['src', 'public', '../packages/core/src', '../schemas/src'];
  const files = [
    'astro.config.ts',
    'package.json',
    '../package-lock.json',
    ...(await Promise.all(folders.map((folder) => filesOf(root, folder)))).flat(),
  ];
  for (const file of files.toSorted()) hash.update(`\0${file}\0`).update(await readFile(path.join(root, file)));
  return hash.digest('base64url').slice(0, 22);
}

async function filesOf(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}
