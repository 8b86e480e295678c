/**
 * Writes the index of a registry of any size: `registry-index/` in a git repository of its own, with one commit, and
 * beside it the archives, which large registries do not keep in git.
 */
import fs from 'node:fs';
import path from 'node:path';
import { archiveStorePath } from '@ar-registry/core/archive';
import { CATEGORIES_FILE, DOWNLOADS_FILE, INDEX_FOLDER, REGISTRY_FILE, indexPaths } from '@ar-registry/core/layout';
import { splitName } from '@ar-registry/core/name';
import type { Integrity } from '@ar-registry/schemas';
import { type CommitImport, startCommit } from './git-import.ts';
import { levelOf, ownerOf, toPlugin, type CorpusPlugin } from './plugin.ts';
import type { CorpusRow } from './rows.ts';
import { toYaml } from './yaml.ts';

export interface WriteOptions {
  /** Absolute; made here. */
  readonly folder: string;
  readonly seed: string;
  /** Told after every thousand plugins. */
  readonly onProgress?: (plugins: number) => void;
}

export interface WrittenRegistry {
  readonly plugins: number;
  readonly versions: number;
  readonly scopes: number;
  readonly archiveBytes: number;
  readonly commit: string;
}

/** Where archives lie, relative to the repository. */
const STORE = 'store';
/** When the commit was made, as far as anybody is told. */
const COMMITTED_AT_SECONDS = Date.UTC(2026, 10, 1) / 1000;
/** How many plugins are made at a time: their archives are packed beside each other. */
const BATCH = 16;

export async function writeRegistry(
  rows: AsyncIterable<CorpusRow>,
  { folder, seed, onProgress }: WriteOptions,
): Promise<WrittenRegistry> {
  fs.mkdirSync(folder, { recursive: true });
  const commit = startCommit(folder, { message: 'A registry made of a corpus', atSeconds: COMMITTED_AT_SECONDS });
  const writer = createWriter(folder, commit);
  const counts = { plugins: 0, versions: 0, archiveBytes: 0 };
  const seen = { downloads: new Map<string, number>(), categories: new Set<string>(), scopes: new Set<string>() };
  for await (const batch of batches(rows)) {
    const made = await Promise.all(batch.map((row) => toPlugin(row, seed)));
    for (const [index, row] of batch.entries()) {
      await writer.plugin(row, made[index]);
      seen.downloads.set(row.name, row.downloads);
      seen.categories.add(row.category);
      seen.scopes.add(splitName(row.name).scope);
    }
    counts.plugins += batch.length;
    for (const { archives } of made) {
      counts.versions += archives.size;
      for (const bytes of archives.values()) counts.archiveBytes += bytes.length;
    }
    if (counts.plugins % 1008 < BATCH) onProgress?.(counts.plugins);
  }
  await writer.rest(seen, seed);
  return { ...counts, scopes: seen.scopes.size, commit: await commit.finish() };
}

async function* batches(rows: AsyncIterable<CorpusRow>): AsyncGenerator<readonly CorpusRow[]> {
  let batch: CorpusRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

interface Seen {
  readonly downloads: ReadonlyMap<string, number>;
  readonly categories: ReadonlySet<string>;
  readonly scopes: ReadonlySet<string>;
}

interface Writer {
  plugin(row: CorpusRow, plugin: CorpusPlugin | undefined): Promise<void>;
  /** What speaks of all plugins. */
  rest(seen: Seen, seed: string): Promise<void>;
}

function createWriter(folder: string, commit: CommitImport): Writer {
  const stored = createFolders(folder);
  const record = async (name: string, text: string): Promise<void> => {
    const inRepository = `${INDEX_FOLDER}/${name}`;
    fs.writeFileSync(stored(inRepository), text);
    await commit.add(inRepository, text);
  };
  const archive = (integrity: Integrity, bytes: Uint8Array): void =>
    fs.writeFileSync(stored(`${STORE}/${archiveStorePath(integrity)}`), bytes);
  return {
    plugin: async ({ name }, plugin) => {
      for (const [integrity, bytes] of plugin?.archives ?? []) archive(integrity, bytes);
      for (const [file, text] of plugin?.records ?? []) await record(`${indexPaths.folder(name)}/${file}`, text);
    },
    rest: async (seen, seed) => {
      for (const scope of [...seen.scopes].toSorted()) await record(indexPaths.scope(scope), scopeText(scope, seed));
      await record(CATEGORIES_FILE, categoriesText(seen.categories));
      await record(REGISTRY_FILE, registryText());
      const downloads = Object.fromEntries([...seen.downloads].toSorted(([a], [b]) => (a < b ? -1 : 1)));
      await record(DOWNLOADS_FILE, `${JSON.stringify({ schemaVersion: 1, downloads })}\n`);
      const ignore = `/${STORE}/\n`;
      fs.writeFileSync(stored('.gitignore'), ignore);
      await commit.add('.gitignore', ignore);
    },
  };
}

/** Makes the folder of a file, unless it is known to be there. */
function createFolders(top: string): (file: string) => string {
  const known = new Set<string>();
  return (file) => {
    const full = path.join(top, file);
    const folder = path.dirname(full);
    if (!known.has(folder)) fs.mkdirSync(folder, { recursive: true });
    known.add(folder);
    return full;
  };
}

function scopeText(scope: string, seed: string): string {
  return toYaml({ schemaVersion: 1, scope, level: levelOf(scope, seed), owners: [ownerOf(scope)] });
}

function categoriesText(ids: ReadonlySet<string>): string {
  const categories = [...ids].toSorted().map((id) => ({ id, title: id, description: `Plugins about ${id}` }));
  return toYaml({ schemaVersion: 1, categories });
}

function registryText(): string {
  return toYaml({ schemaVersion: 1, name: 'corpus', title: 'A registry made of a corpus', store: `../${STORE}` });
}
