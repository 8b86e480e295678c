/** As much of a built API as planning reads, in a folder that tests change. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Advisory } from '@ar-registry/core/advisory';
import { routes } from '@ar-registry/core/layout';
import type { PluginDocument, PluginSummary, Rating, VersionDocument } from '@ar-registry/schemas';
import type { Api, Downloads } from '../../src/data/api.ts';

export interface FakePlugin {
  readonly text?: string;
  /** Of its latest version. */
  readonly needs?: Readonly<Record<string, string>>;
  readonly versions?: readonly string[];
  readonly owners?: readonly string[];
  readonly tags?: readonly string[];
  /** The day of 2026 that it was changed on, from 1. */
  readonly changed?: number;
}

export interface ApiFolder {
  readonly folder: string;
  readonly plugins: Map<string, FakePlugin>;
  readonly downloads: Map<string, Downloads>;
  readonly ratings: Map<string, Rating>;
  readonly advisories: Map<string, Advisory>;
  /** Routes that were read since somebody emptied it. */
  readonly reads: string[];
  /** Writes its document. */
  write(name: string, plugin: FakePlugin): void;
  /** Writes the pages of the list, those alone that have changed: two plugins on each. */
  writeList(): void;
  /** Says in the log of builds what has changed since it was asked last; the first time it is a build of everything. */
  log(): void;
  /** A new one knows nothing of what was there before. */
  api(): Api;
  remove(): void;
}

export function createApiFolder(): ApiFolder {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ar-plan-'));
  const plugins = new Map<string, FakePlugin>();
  const downloads = new Map<string, Downloads>();
  const ratings = new Map<string, Rating>();
  const advisories = new Map<string, Advisory>();
  const written = new Map<string, string>();
  const reads: string[] = [];
  let clock = 0;
  let logged = new Map<string, string>();
  const touched = new Set<string>();
  const put = (route: string, text: string): void => {
    const file = path.join(folder, route);
    touched.add(route);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    // Each write has a time of its own, which the clock of a file system does not promise.
    clock += 1;
    utimesSync(file, clock, clock);
  };
  const names = (): string[] => [...plugins.keys()].toSorted();
  const pages = (): number => Math.max(1, Math.ceil(plugins.size / 2));
  // In the order in which they came, as the API has them.
  const pageOf = (page: number): readonly PluginSummary[] =>
    [...plugins.keys()].slice((page - 1) * 2, page * 2).map((name) => summaryOf(name, plugins.get(name) ?? {}));
  return {
    folder,
    plugins,
    downloads,
    ratings,
    advisories,
    reads,
    write: (name, plugin) => {
      plugins.set(name, plugin);
      put(routes.plugin(name), JSON.stringify(plugin));
    },
    writeList: () => {
      for (let page = 1; page <= pages(); page += 1) {
        const text = JSON.stringify(pageOf(page));
        if (written.get(routes.pluginsPage(page)) === text) continue;
        written.set(routes.pluginsPage(page), text);
        put(routes.pluginsPage(page), text);
      }
    },
    log: () => {
      const now = new Map([
        ...[...plugins].map(([name, plugin]) => [routes.plugin(name), JSON.stringify(plugin)] as const),
        ...Array.from({ length: pages() }, (_, index) => index + 1).map(
          (page) => [routes.pluginsPage(page), JSON.stringify(pageOf(page))] as const,
        ),
        [routes.statsDownloads(1), JSON.stringify([...downloads])],
        [routes.ratings, JSON.stringify([...ratings])],
        [routes.advisories, JSON.stringify([...advisories])],
      ]);
      const lines = [...new Set([...logged.keys(), ...now.keys()])]
        .filter((route) => touched.has(route) || logged.get(route) !== now.get(route))
        .map((route) => `${now.has(route) ? '+' : '-'}${route}\n`);
      if (logged.size === 0) writeFileSync(path.join(folder, '.ar-build.json'), '{"complete":true}');
      else appendFileSync(path.join(folder, '.ar-files.log'), lines.join(''));
      logged = now;
      touched.clear();
    },
    api: () =>
      ({
        folder,
        config: () => ({ search: { format: 'sharded', entries: 10_000 } }),
        isPlugin: (name: string) => plugins.has(name),
        has: (route: string) => [...downloads.keys()].some((name) => routes.statsPlugin(name) === route),
        names,
        listPages: pages,
        listPage: (page: number) => {
          reads.push(routes.pluginsPage(page));
          return pageOf(page);
        },
        featured: () => [],
        popular: () => [],
        downloads: () => downloads,
        ratings: () => ratings,
        advisoriesOf: (name: string) => [advisories.get(name)].filter((each) => each !== undefined),
        counted: () => new Set(downloads.keys()),
        reviewed: () => new Set(),
        plugin: (name: string) => {
          reads.push(routes.plugin(name));
          return documentOf(name, plugins.get(name) ?? {});
        },
        version: (name: string) =>
          ({
            manifest: { dependencies: plugins.get(name)?.needs ?? {}, peerDependencies: {} },
          }) as unknown as VersionDocument,
      }) as unknown as Api,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function summaryOf(name: string, { text = '', tags = ['x'], changed = 1 }: FakePlugin): PluginSummary {
  const [publishedAt, updatedAt] = ['2026-01-01T00:00:00Z', `2026-01-${String(changed).padStart(2, '0')}T00:00:00Z`];
  const words = { name, type: 'hook', trust: 'community', description: text, publishedAt, updatedAt } as const;
  return { ...words, version: '1.0.0', tags: [...tags], license: 'MIT', author: 'Ada' };
}

function documentOf(name: string, { versions = ['1.0.0'], owners = ['ann'] }: FakePlugin): PluginDocument {
  return {
    name,
    version: versions[0],
    versions: versions.map((version) => ({ version })),
    owners: owners.map((login) => ({ login })),
  } as unknown as PluginDocument;
}
