/** Paths of the static API, without a leading slash. The builder writes to what clients read from. */
import type { AdvisoryId, PluginName, Version } from '@ar-registry/schemas';

const ROOT = 'api/v1';

export const routes = {
  config: `${ROOT}/config.json`,
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
  /** Of the latest version, where it has one. Not signed: like the README it is for reading. */
  configSchema: (name: PluginName): string => `${ROOT}/plugins/${name}/config-schema.json`,
  categories: `${ROOT}/categories.json`,
  tags: `${ROOT}/tags.json`,
  search: `${ROOT}/search/index.json`,
  status: `${ROOT}/status.json`,
  advisories: `${ROOT}/advisories.json`,
  advisory: (id: AdvisoryId): string => `${ROOT}/advisories/${id}.json`,
  statsTotals: `${ROOT}/stats/totals.json`,
  statsDownloads: (shard: number): string => `${ROOT}/stats/downloads/${shard}.json`,
  statsPlugin: (name: PluginName): string => `${ROOT}/stats/plugins/${name}.json`,
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
  status: routes.status,
  advisories: routes.advisories,
  advisory: `${ROOT}/advisories/{id}.json`,
  statsTotals: routes.statsTotals,
  statsDownloads: `${ROOT}/stats/downloads/{shard}.json`,
  statsPlugin: `${ROOT}/stats/plugins/{name}.json`,
} as const;
