/** Every public address of the API that answers with something, as data. */
import { SORT_ORDERS } from '../search/index.ts';

/** A parameter in the address or of the query. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly description: string;
  readonly schema: object;
}

export interface Endpoint {
  /** With a slash in front; what is in braces is a parameter. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tag: 'plugins' | 'registry' | 'advisories' | 'statistics' | 'npm';
  readonly query?: readonly Parameter[];
  /** Media type, and of JSON the names of the schemas that the answer may have. */
  readonly answer: { readonly type: string; readonly schemas?: readonly string[] };
  /** Besides those that every address has. */
  readonly errors?: readonly number[];
}

const PLUGIN = '/api/v1/plugins/@{scope}/{name}';

/** What stands in braces. */
export const PATH_PARAMETERS: Readonly<Record<string, Omit<Parameter, 'in'>>> = {
  scope: { name: 'scope', description: 'Scope of the plugin, without its `@`.', schema: { type: 'string' } },
  name: { name: 'name', description: 'Name of the plugin in its scope.', schema: { type: 'string' } },
  version: { name: 'version', description: 'An exact version.', schema: common('version') },
  id: { name: 'id', description: 'Id of the advisory.', schema: common('advisoryId') },
  shard: { name: 'shard', description: 'Number of the part.', schema: { type: 'integer', minimum: 1 } },
};

const choice = (values: readonly string[]): object => ({ type: 'string', enum: [...values] });
const whole = (minimum: number, maximum: number, otherwise: number): object => ({
  type: 'integer',
  minimum,
  maximum,
  default: otherwise,
});

const QUERY: readonly Parameter[] = [
  query('q', 'Words that name, description, tags or author are to have.', { type: 'string' }),
  query('type', 'Only plugins of this type.', common('pluginType')),
  query('category', 'Only plugins of this category.', common('categoryId')),
  query('tag', 'Only plugins with this tag.', common('tag')),
  query('trust', 'Only plugins of this level of trust.', common('trustLevel')),
  query('sort', 'Order; by relevance unless given.', choice(SORT_ORDERS)),
  query('limit', 'How many to answer with.', whole(1, 100, 20)),
  query('offset', 'How many to leave out at the beginning.', whole(0, 1_000_000, 0)),
];

/** @returns documents of JSON */
const json = (...schemas: readonly string[]): Endpoint['answer'] => ({ type: 'application/json', schemas });

/** In the order in which they are described. */
export const ENDPOINTS: readonly Endpoint[] = [
  {
    path: '/api/v1/plugins',
    operationId: 'searchPlugins',
    summary: 'Search plugins',
    tag: 'plugins',
    query: QUERY,
    answer: json('PluginListDocument'),
    errors: [400, 503],
  },
  plugins('/api/v1/plugins/featured', 'listFeatured', 'Featured plugins', json('PluginListDocument')),
  plugins('/api/v1/plugins/popular', 'listPopular', 'Popular plugins', json('PluginListDocument')),
  plugins(PLUGIN, 'getPlugin', 'A plugin, with all of its versions', json('PluginDocument')),
  plugins(`${PLUGIN}/{version}`, 'getVersion', 'One version', json('VersionDocument')),
  plugins(`${PLUGIN}/{version}/download`, 'download', 'The archive', { type: 'application/gzip' }),
  plugins(`${PLUGIN}/{version}/report`, 'getReport', 'What the checks found', json('Report')),
  plugins(`${PLUGIN}/readme`, 'getReadme', 'The README', { type: 'text/markdown' }),
  plugins(`${PLUGIN}/readme.html`, 'getReadmeHtml', 'The README as sanitised HTML', { type: 'text/html' }),
  registry('/api/v1/config', 'getConfig', 'Where everything is', 'ConfigDocument'),
  registry('/api/v1/categories', 'listCategories', 'Categories', 'CategoriesDocument'),
  registry('/api/v1/tags', 'listTags', 'Tags', 'TagsDocument'),
  registry('/api/v1/status', 'getStatus', 'What was built, from what', 'StatusDocument'),
  registry('/api/v1/queue', 'getQueue', 'What waits to be merged, and for whom', 'QueueDocument'),
  registry('/api/v1/changes', 'listChanges', 'What is new', 'ChangesDocument'),
  registry(
    '/api/v1/changes/head',
    'getChangesHead',
    'Digests of all documents, or where they are',
    'ChangesHeadDocument',
  ),
  registry(
    '/api/v1/search/index',
    'getSearchIndex',
    'What clients search',
    'SearchIndexDocument',
    'SearchShardedDocument',
  ),
  advisories('/api/v1/advisories', 'listAdvisories', 'All advisories', 'AdvisoriesDocument'),
  advisories('/api/v1/advisories/{id}', 'getAdvisory', 'One advisory, as OSV', 'AdvisoryDocument'),
  statistics('/api/v1/stats/totals', 'getTotals', 'Totals of the registry', 'StatsTotalsDocument'),
  statistics('/api/v1/stats/downloads/{shard}', 'getDownloads', 'A part of the counters', 'StatsDownloadsDocument'),
  statistics('/api/v1/stats/plugins/@{scope}/{name}', 'getStats', 'Statistics of a plugin', 'StatsPluginDocument'),
  table('/api/v1/stats/plugins/@{scope}/{name}.csv', 'getStatsTable', 'Statistics of a plugin by day and version'),
  statistics('/api/v1/stats/registry', 'getRegistryStats', 'The registry in numbers', 'StatsRegistryDocument'),
  table('/api/v1/stats/registry.csv', 'getRegistryStatsTable', 'The registry in numbers, as a table'),
  statistics('/api/v1/stats/ratings', 'listRatings', 'Ratings of all plugins', 'RatingsDocument'),
  statistics('/api/v1/stats/reviews/@{scope}/{name}', 'listReviews', 'Reviews of a plugin', 'ReviewsDocument'),
  {
    path: '/npm/@{scope}/{name}',
    operationId: 'getPackument',
    summary: 'A plugin as the clients of npm ask for it',
    tag: 'npm',
    answer: json('NpmPackument'),
  },
];

function common(definition: string): object {
  return { $ref: `#/components/schemas/Common/$defs/${definition}` };
}

function query(name: string, description: string, schema: object): Parameter {
  return { name, in: 'query', description, schema };
}

function plugins(path: string, operationId: string, ...[summary, answer]: [string, Endpoint['answer']]): Endpoint {
  return { path, operationId, summary, tag: 'plugins', answer };
}

function registry(path: string, operationId: string, ...[summary, ...schemas]: [string, ...string[]]): Endpoint {
  return { path, operationId, summary, tag: 'registry', answer: json(...schemas) };
}

function advisories(path: string, operationId: string, ...[summary, schema]: [string, string]): Endpoint {
  return { path, operationId, summary, tag: 'advisories', answer: json(schema) };
}

function statistics(path: string, operationId: string, ...[summary, schema]: [string, string]): Endpoint {
  return { path, operationId, summary, tag: 'statistics', answer: json(schema) };
}

function table(path: string, operationId: string, summary: string): Endpoint {
  return { path, operationId, summary, tag: 'statistics', answer: { type: 'text/csv' } };
}
