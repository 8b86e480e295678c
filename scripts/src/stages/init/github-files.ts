import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Workflows, actions and forms for an index that is a repository of its own and takes the tools from npm: path → text. */
export async function githubFiles(): Promise<ReadonlyMap<string, string>> {
  const templates = findTemplates();
  const entries = await readdir(templates, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const read = files
    .toSorted()
    .map(
      async (file) =>
        [path.posix.join('.github', path.relative(templates, file)), await readFile(file, 'utf8')] as const,
    );
  return new Map(await Promise.all(read));
}

/** What `npm run gen` makes of this repository's own `.github`: in a folder above this file, from source and bundled alike. */
function findTemplates(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const templates = path.join(folder, 'templates/github');
    if (existsSync(templates)) return templates;
    if (path.dirname(folder) === folder) throw new Error('The package lacks its templates/github.');
  }
}
