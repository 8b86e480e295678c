/** Pagefind, whose index is made for browsers, read from Node as a browser reads it. */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SearchEntry } from '@ar-registry/core/search';
import type { Engine } from './engine.ts';

/** It is the site that depends on it. */
const PAGEFIND: string = 'pagefind';

interface PagefindIndex {
  readonly addCustomRecord: (record: object) => Promise<{ readonly errors: readonly string[] }>;
  readonly writeFiles: (options: { readonly outputPath: string }) => Promise<unknown>;
}
interface PagefindBuilder {
  readonly createIndex: () => Promise<{ readonly index?: PagefindIndex }>;
  readonly close: () => Promise<unknown>;
}
interface PagefindClient {
  readonly options: (options: object) => Promise<void>;
  readonly init: () => Promise<void>;
  readonly search: (text: string) => Promise<{
    readonly results: readonly { readonly data: () => Promise<{ readonly meta: { readonly title: string } }> }[];
  }>;
  readonly destroy: () => Promise<void>;
}

export const pagefind: Engine = {
  name: 'pagefind',
  settings: 'defaults; the name as title and in the text',
  build: async (entries, folder) => {
    const builder = (await import(PAGEFIND)) as PagefindBuilder;
    const { index } = await builder.createIndex();
    if (!index) throw new Error('pagefind made no index');
    for (const entry of entries) await index.addCustomRecord(recordOf(entry));
    await index.writeFiles({ outputPath: folder });
    await builder.close();
  },
  open: async (folder) => {
    fs.copyFileSync(path.join(folder, 'pagefind.js'), path.join(folder, 'pagefind.mjs'));
    let bytesRead = 0;
    globalThis.fetch = (async (url: string | URL) => {
      const bytes = fs.readFileSync(fileOf(folder, url));
      bytesRead += bytes.length;
      return new Response(bytes);
    }) as typeof fetch;
    const client = (await import(pathToFileURL(path.join(folder, 'pagefind.mjs')).href)) as PagefindClient;
    await client.options({ basePath: `${pathToFileURL(folder).href}/`, noWorker: true });
    await client.init();
    return {
      search: async (text, limit) => {
        const { results } = await client.search(text);
        const data = await Promise.all(results.slice(0, limit).map((result) => result.data()));
        return data.map(({ meta }) => meta.title);
      },
      bytesRead: () => bytesRead,
      close: async () => client.destroy(),
    };
  },
};

function recordOf({ name, tags, category = '', type, description }: SearchEntry): object {
  const content = [name.replaceAll(/[@/-]/g, ' '), tags.join(' '), category, type, description].join(' . ');
  return { url: `/${name.slice(1)}/`, content, language: 'en', meta: { title: name } };
}

/** A path of the folder out of the address that Pagefind makes of it. */
function fileOf(folder: string, url: string | URL): string {
  const { pathname } = new URL(String(url), 'file:///');
  const inside = decodeURIComponent(pathname);
  return inside.startsWith(folder) ? inside : path.join(folder, inside);
}
