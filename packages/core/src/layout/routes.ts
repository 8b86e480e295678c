/** Paths of the static API, without a leading slash. The builder writes to what clients read from. */
import type { AdvisoryId, PluginName, ScopeName, Version } from '@ar-registry/schemas';

const ROOT = 'api/v1';

export const routes = {
  config: `${ROOT}/config.json`,
  /** What describes the others, for programs that make clients. */
  openApi: `${ROOT}/openapi.json`,
  plugins: `${ROOT}/plugins.json`,
  pluginsPage: (page: number): string => `${ROOT}/plugins/page/${page}.json`,
  featured: `${ROOT}/plugins/featured.json`,
  popular: `${ROOT}/plugins/popular.json`,
  plugin: (name: PluginName): string => `${ROOT}/plugins/${name}.json`,
  version: (name: PluginName, version: Version): string => `${ROOT}/plugins/${name}/${version}.json`,
  download: (name: PluginName, version: Version): string => `${ROOT}/plugins/${name}/${version}/download`,
  report: (name: PluginName, version: Version): string => `${ROOT}/plugins/${name}/${version}/report.json`,
  readme: (name: PluginName): string => `${ROOT}/plugins/${name}/readme.md`,
  readmeHtml: (name: PluginName): string => `${ROOT}/plugins/${name}/readme.html`,
  /** A picture that the README shows: `readme.html` names it relative to itself. @param file named by its bytes */
  readmeImage: (name: PluginName, file: string): string => `${ROOT}/plugins/${name}/readme-images/${file}`,
  /** Of the latest version, where it has one. Not signed: like the README it is for reading. */
  configSchema: (name: PluginName): string => `${ROOT}/plugins/${name}/config-schema.json`,
  categories: `${ROOT}/categories.json`,
  tags: `${ROOT}/tags.json`,
  search: `${ROOT}/search/index.json`,
  /** A file that the search index of a large registry names. Pinned by that name: not signed. */
  searchFile: (name: string): string => `${ROOT}/search/files/${name}`,
  status: `${ROOT}/status.json`,
  /** What waits to be merged, where the registry publishes that. Not signed. */
  queue: `${ROOT}/queue.json`,
  changes: `${ROOT}/changes.json`,
  /** What tells clients that have kept documents which of them are those of now. Not signed: what is signed says that by itself. */
  changesHead: `${ROOT}/changes/head.json`,
  /** What the head leads to. @param name of its content */
  changesFile: (name: string): string => `${ROOT}/changes/files/${name}.json`,
  advisories: `${ROOT}/advisories.json`,
  advisory: (id: AdvisoryId): string => `${ROOT}/advisories/${id}.json`,
  statsTotals: `${ROOT}/stats/totals.json`,
  statsDownloads: (shard: number): string => `${ROOT}/stats/downloads/${shard}.json`,
  statsPlugin: (name: PluginName): string => `${ROOT}/stats/plugins/${name}.json`,
  /** By day and version. */
  statsPluginTable: (name: PluginName): string => `${ROOT}/stats/plugins/${name}.csv`,
  /** For those who run the registry. */
  statsRegistry: `${ROOT}/stats/registry.json`,
  statsRegistryTable: `${ROOT}/stats/registry.csv`,
  /** The rating of every plugin that has one. */
  ratings: `${ROOT}/stats/ratings.json`,
  reviews: (name: PluginName): string => `${ROOT}/stats/reviews/${name}.json`,
  /** Of a mirror alone: what it does not carry. Outside of the API, where everything is signed by the registry. */
  mirror: 'mirror.json',
  /** For the clients of npm: what they call a packument. They write the name as `@scope%2fname`, which is this path. */
  npm: (name: PluginName): string => `npm/${name}`,
  /** The archive again, below the root of the npm view: npm fetches nothing from beside the registry that it was told of. */
  npmArchive: (name: PluginName, version: Version): string => `npm/-/${name}/${version}.tgz`,
  /** Below it lies what is signed of the registry. */
  trust: `${ROOT}/trust`,
  /** Below it lies the log of the registry's decisions. */
  log: `${ROOT}/log`,
  /** Below it lies the snapshot of vulnerabilities, as `osvPaths` names its files. */
  osv: ROOT,
} as const;

/** Feeds, without their ending: `.atom` and `.json`. They and badges are for readers and lie outside of the API. */
export const feedRoutes = {
  registry: 'feed',
  plugin: (name: PluginName): string => `feeds/plugins/${name}`,
  scope: (scope: ScopeName): string => `feeds/scopes/@${scope}`,
  category: (id: string): string => `feeds/categories/${id}`,
} as const;

/** @param kind `version`, `downloads`, `trust` */
export function badgeRoute(name: PluginName, kind: string): string {
  return `badge/${name}/${kind}.svg`;
}

/** The templates that `config.json` publishes, relative to the base URL; `{name}` stands for `@scope/name`. */
export const URL_TEMPLATES = {
  plugins: routes.plugins,
  pluginsPage: `${ROOT}/plugins/page/{page}.json`,
  plugin: `${ROOT}/plugins/{name}.json`,
  version: `${ROOT}/plugins/{name}/{version}.json`,
  download: `${ROOT}/plugins/{name}/{version}/download`,
  report: `${ROOT}/plugins/{name}/{version}/report.json`,
  readme: `${ROOT}/plugins/{name}/readme.md`,
  readmeHtml: `${ROOT}/plugins/{name}/readme.html`,
  categories: routes.categories,
  tags: routes.tags,
  featured: routes.featured,
  popular: routes.popular,
  search: routes.search,
  openApi: routes.openApi,
  status: routes.status,
  queue: routes.queue,
  changes: routes.changes,
  changesHead: routes.changesHead,
  advisories: routes.advisories,
  advisory: `${ROOT}/advisories/{id}.json`,
  statsTotals: routes.statsTotals,
  statsDownloads: `${ROOT}/stats/downloads/{shard}.json`,
  statsPlugin: `${ROOT}/stats/plugins/{name}.json`,
  statsPluginTable: `${ROOT}/stats/plugins/{name}.csv`,
  statsRegistry: routes.statsRegistry,
  statsRegistryTable: routes.statsRegistryTable,
  ratings: routes.ratings,
  reviews: `${ROOT}/stats/reviews/{name}.json`,
} as const;
