/** A small registry whose search index is divided as that of a large one is: so finely that its lists are long. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { routes } from '@ar-registry/core/layout';
import { buildShards, type SearchEntry, type SearchFile } from '@ar-registry/core/search';
import type { ConfigDocument, RatingsDocument, SearchIndexDocument } from '@ar-registry/schemas';

const LIMITS = {
  wholeList: 24,
  headLength: 14,
  shardBytes: [4000, 6000],
  documentsInShard: 6,
  numbersInBlock: 40,
} as const;
const WORDS = ['signal', 'beacon', 'archive', 'lantern', 'harbour', 'compass'];
const TYPES = ['bridge', 'storage', 'hook', 'policy'] as const;

/** Plugins that stand in the index alone: there are no pages of them. */
const MADE = Array.from({ length: 240 }, (_, at): SearchEntry => {
  const word = (step: number): string => WORDS[Math.floor(at / step) % WORDS.length] ?? '';
  return {
    name: `@made/${word(1)}-${word(6)}-${at}`,
    version: '1.0.0',
    type: TYPES[at % TYPES.length] ?? 'hook',
    description: at === 5 ? '<img src=x onerror=alert(1)>' : `The ${word(2)} of a ${word(5)}`,
    tags: [word(3), ...(at % 40 === 0 ? ['machine-learning'] : [])],
    trust: at % 9 === 0 ? 'verified' : 'community',
    license: ['MIT', 'MIT', 'Apache-2.0', '"><script>alert(1)</script>'][at % 4] ?? 'MIT',
    author: 'Made',
    publishedAt: '2026-01-01T00:00:00Z',
    updatedAt: new Date(Date.UTC(2026, 0, 2) + at * 3_600_000).toISOString().replace('.000', ''),
    downloads: (at * 7919) % 5003,
  };
});

export const RATINGS: RatingsDocument['ratings'] = {
  '@ar/rbac-policy': { count: 4, mean: 5, bayesian: 4.167 },
  [MADE[3]?.name ?? '']: { count: 10, mean: 4.5, bayesian: 4.167 },
  [MADE[17]?.name ?? '']: { count: 1, mean: 1, bayesian: 3.083 },
};

/** @returns all that can be found */
export async function divideSearch(folder: string): Promise<readonly SearchEntry[]> {
  const compact = JSON.parse(await readFile(path.join(folder, routes.search), 'utf8')) as SearchIndexDocument;
  const entries = [...compact.plugins, ...MADE];
  await writeShards(folder, entries);
  const config = JSON.parse(await readFile(path.join(folder, routes.config), 'utf8')) as ConfigDocument;
  // As many as a registry has whose site is searched in them.
  const search: ConfigDocument['search'] = { ...config.search, format: 'sharded', entries: 10_000 };
  await writeJson(path.join(folder, routes.config), { ...config, search });
  await writeJson(path.join(folder, routes.ratings), { schemaVersion: 1, ratings: RATINGS });
  return entries;
}

/** Instead of what is there. */
export async function writeShards(folder: string, entries: readonly SearchEntry[]): Promise<void> {
  const files = path.join(folder, path.dirname(routes.searchFile('any')));
  await rm(files, { recursive: true, force: true });
  await mkdir(files, { recursive: true });
  const making = buildShards(entries, { hash: integrityOf, limits: LIMITS });
  let step = making.next();
  for (; !step.done; step = making.next()) await writeOne(folder, step.value);
  const root = gzipSync(JSON.stringify(step.value)).toString('base64');
  await writeJson(path.join(folder, routes.search), { schemaVersion: 1, format: 'sharded', root });
}

function writeOne(folder: string, { name, body }: SearchFile): Promise<void> {
  return writeFile(path.join(folder, routes.searchFile(name)), gzipSync(body));
}

function integrityOf(bytes: Uint8Array): `sha512-${string}` {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}

function writeJson(file: string, document: object): Promise<void> {
  return writeFile(file, `${JSON.stringify(document)}\n`);
}
