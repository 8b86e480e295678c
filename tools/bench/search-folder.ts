/** A registry of which only the search is there: the index in shards of rows of a corpus, as static files. */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { buildShards, type SearchEntry } from '@ar-registry/core/search';
import { packSearchFile, toShardedIndex } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import { writeRegistry } from './registry-folder.ts';

/** Writes it into `folder`. */
export async function writeSearchFolder(folder: string, entries: readonly SearchEntry[]): Promise<void> {
  await writeRegistry(folder, 1);
  fs.mkdirSync(path.join(folder, path.dirname(routes.searchFile('x'))), { recursive: true });
  const making = buildShards(entries, { hash: integrityOf });
  let step = making.next();
  for (; !step.done; step = making.next()) {
    const { name, body } = step.value;
    fs.writeFileSync(path.join(folder, routes.searchFile(name)), await packSearchFile(body));
  }
  fs.writeFileSync(path.join(folder, routes.search), toShardedIndex(step.value));
}
