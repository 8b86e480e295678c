/** What is searched: rows of a corpus, and the official plugins of this repository. */
import fs from 'node:fs';
import path from 'node:path';
import { parseManifest } from '@ar-registry/core/manifest';
import { splitName } from '@ar-registry/core/name';
import type { SearchEntry } from '@ar-registry/core/search';
import { createRandom } from '../corpus/random.ts';
import { type CorpusRow, readRows } from '../corpus/rows.ts';

export async function corpusEntries(file: string, count: number): Promise<readonly SearchEntry[]> {
  const entries: SearchEntry[] = [];
  for await (const row of readRows(file, count)) entries.push(toEntry(row));
  return entries;
}

function toEntry({ name, version, downloads, type, category, tags, description }: CorpusRow): SearchEntry {
  const days = createRandom(name).below(1000);
  return {
    name,
    version,
    type,
    description,
    category,
    tags: [...tags],
    trust: 'community',
    license: 'MIT',
    author: splitName(name).scope,
    publishedAt: '2023-01-01T00:00:00Z',
    updatedAt: `${new Date(Date.UTC(2023, 1, 1) + days * 86_400_000).toISOString().slice(0, 19)}Z`,
    downloads,
  };
}

/** The plugins in `plugins/`, as their manifests describe them. @param root of the repository */
export function officialEntries(root: string): readonly SearchEntry[] {
  const folder = path.join(root, 'plugins');
  const files = fs.readdirSync(folder).map((name) => path.join(folder, name, 'ar-plugin.yaml'));
  return files
    .filter((file) => fs.existsSync(file))
    .flatMap((file) => {
      const { manifest } = parseManifest(fs.readFileSync(file, 'utf8'), file);
      if (!manifest) return [];
      const { name, version, type, description, category, tags, license, author } = manifest;
      const common = { name, version, type, description, tags, license, author: author.name, downloads: 0 };
      const at = '2026-01-01T00:00:00Z';
      const times = { publishedAt: at, updatedAt: at, trust: 'official' as const };
      return [{ ...common, ...times, ...(category === undefined ? {} : { category }) }];
    });
}
