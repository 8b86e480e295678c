/**
 * The built API, read from its folder: all that the site knows of the registry.
 *
 * Every document is checked against its schema when it is read, so that no page is made of what clients would refuse.
 * What may be absent by design (a README, a report, downloads) is `undefined` then. All strings in it are of authors:
 * untrusted.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Advisory } from '@ar-registry/core/advisory';
import { routes } from '@ar-registry/core/layout';
import { isPluginName } from '@ar-registry/core/name';
import type {
  AdvisoryDocument,
  CategoriesDocument,
  ConfigDocument,
  ConfigSchema,
  PluginDocument,
  PluginListDocument,
  PluginName,
  PluginSummary,
  QueueDocument,
  Rating,
  Report,
  ReviewsDocument,
  StatsPluginDocument,
  StatsRegistryDocument,
  StatsTotalsDocument,
  StatusDocument,
  Version,
  VersionDocument,
} from '@ar-registry/schemas';
import type { Validator } from '@ar-registry/schemas';
import { validator as advisoriesValidator } from '@ar-registry/schemas/validators/api/advisories';
import { validator as advisoryValidator } from '@ar-registry/schemas/validators/api/advisory';
import { validator as categoriesValidator } from '@ar-registry/schemas/validators/api/categories';
import { validator as configValidator } from '@ar-registry/schemas/validators/api/config';
import { validator as configSchemaValidator } from '@ar-registry/schemas/validators/config-schema';
import { validator as listValidator } from '@ar-registry/schemas/validators/api/plugin-list';
import { validator as pageValidator } from '@ar-registry/schemas/validators/api/plugin-page';
import { validator as pluginValidator } from '@ar-registry/schemas/validators/api/plugin';
import { validator as queueValidator } from '@ar-registry/schemas/validators/api/queue';
import { validator as ratingsValidator } from '@ar-registry/schemas/validators/api/ratings';
import { validator as reviewsValidator } from '@ar-registry/schemas/validators/api/reviews';
import { validator as downloadsValidator } from '@ar-registry/schemas/validators/api/stats-downloads';
import { validator as statsValidator } from '@ar-registry/schemas/validators/api/stats-plugin';
import { validator as registryStatsValidator } from '@ar-registry/schemas/validators/api/stats-registry';
import { validator as totalsValidator } from '@ar-registry/schemas/validators/api/stats-totals';
import { validator as statusValidator } from '@ar-registry/schemas/validators/api/status';
import { validator as versionValidator } from '@ar-registry/schemas/validators/api/version';
import { validator as reportValidator } from '@ar-registry/schemas/validators/report';

/** Downloads of one plugin, as lists show them. */
export interface Downloads {
  readonly total: number;
  readonly last30Days: number;
}

export interface Api {
  /** The folder; absolute. */
  readonly folder: string;
  config(): ConfigDocument;
  /** All plugins that are listed, by name: as much as there is memory for. What must not grow reads pages. */
  summaries(): readonly PluginSummary[];
  /** Pages of that list, which have them in the order in which they came to the registry. */
  listPages(): number;
  /** Kept once it is read. @param page from 1 */
  listPage(page: number): readonly PluginSummary[];
  featured(): readonly PluginSummary[];
  popular(): readonly PluginSummary[];
  /** Every plugin there is a document of, by name: also those that are no longer listed. */
  names(): readonly PluginName[];
  isPlugin(name: string): boolean;
  plugin(name: PluginName): PluginDocument;
  version(name: PluginName, version: Version): VersionDocument;
  report(name: PluginName, version: Version): Report | undefined;
  /** Sanitised by the pipeline. */
  readmeHtml(name: PluginName): string | undefined;
  readmeText(name: PluginName): string | undefined;
  /** The schema of the configuration of its latest version. */
  configSchema(name: PluginName): ConfigSchema | undefined;
  categories(): CategoriesDocument['categories'];
  /** Those in force; withdrawn ones have a document, and are not here. */
  advisories(): readonly Advisory[];
  advisoriesOf(name: PluginName): readonly Advisory[];
  advisory(id: string): AdvisoryDocument | undefined;
  status(): StatusDocument;
  /** What waits to be merged, where the registry publishes that. */
  queue(): QueueDocument | undefined;
  totals(): StatsTotalsDocument;
  /** What those who run the registry look at; an API that was built by an earlier release has none. */
  registryStats(): StatsRegistryDocument | undefined;
  downloads(): ReadonlyMap<PluginName, Downloads>;
  stats(name: PluginName): StatsPluginDocument | undefined;
  /** Plugins that there is a document of downloads of. */
  counted(): ReadonlySet<PluginName>;
  /** Of those that somebody rated. */
  ratings(): ReadonlyMap<PluginName, Rating>;
  reviews(name: PluginName): ReviewsDocument | undefined;
  /** Plugins that there are reviews of. */
  reviewed(): ReadonlySet<PluginName>;
  /** Whether there is a file or folder of this path below the root. */
  has(route: string): boolean;
}

/** @param folder what `ar-registry build` wrote; absolute @throws Error for a document that its schema refuses */
export function openApi(folder: string): Api {
  const files = openFiles(folder);
  const { read, ifThere, text, namesIn } = files;
  // A plugin's page, its twin and its versions' pages are made one after the other, of the same documents.
  const plugin = remember((route) => read(route, pluginValidator));
  const version = remember((route) => read(route, versionValidator));
  const list = (route: string): PluginListDocument => read(route, listValidator);
  const listPages = once(() => list(routes.plugins).pages);
  const listPage = keep((page: number) => read(routes.pluginsPage(page), pageValidator).plugins);
  const advisories = once(() => ifThere(routes.advisories, advisoriesValidator)?.advisories ?? []);
  const byPlugin = once(() => Map.groupBy(advisories(), (advisory) => advisory.plugin));
  return {
    folder,
    config: once(() => read(routes.config, configValidator)),
    summaries: once(() =>
      Array.from({ length: listPages() }, (_, index) => listPage(index + 1))
        .flat()
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ),
    listPages,
    listPage,
    featured: once(() => list(routes.featured).plugins),
    popular: once(() => list(routes.popular).plugins),
    names: once(() => namesIn(routes.plugin('@a/b'))),
    // What a plugin says that it needs is a name of anything: also of a file elsewhere.
    isPlugin: (name) => isPluginName(name) && files.has(routes.plugin(name)),
    plugin: (name) => plugin(routes.plugin(name)),
    version: (name, number) => version(routes.version(name, number)),
    report: (name, number) => ifThere(routes.report(name, number), reportValidator),
    readmeHtml: (name) => text(routes.readmeHtml(name)),
    readmeText: (name) => text(routes.readme(name)),
    configSchema: (name) => ifThere(routes.configSchema(name), configSchemaValidator),
    categories: once(() => read(routes.categories, categoriesValidator).categories),
    advisories,
    advisoriesOf: (name) => byPlugin().get(name) ?? [],
    advisory: (id) => ifThere(routes.advisory(id), advisoryValidator),
    status: once(() => read(routes.status, statusValidator)),
    queue: once(() => ifThere(routes.queue, queueValidator)),
    ...openNumbers(files),
    has: files.has,
  };
}

/** What people did, which is counted apart. */
function openNumbers({
  read,
  ifThere,
  namesIn,
}: Files): Pick<
  Api,
  'totals' | 'downloads' | 'registryStats' | 'counted' | 'stats' | 'ratings' | 'reviews' | 'reviewed'
> {
  const totals = once(() => read(routes.statsTotals, totalsValidator));
  return {
    totals,
    downloads: once(() => {
      const shards = Array.from({ length: totals().shards }, (_, index) => index + 1);
      return new Map(
        shards.flatMap((shard) => Object.entries(read(routes.statsDownloads(shard), downloadsValidator).plugins)),
      );
    }),
    registryStats: once(() => ifThere(routes.statsRegistry, registryStatsValidator)),
    counted: once(() => new Set(namesIn(routes.statsPlugin('@a/b')))),
    stats: (name) => ifThere(routes.statsPlugin(name), statsValidator),
    ratings: once(() => new Map(Object.entries(ifThere(routes.ratings, ratingsValidator)?.ratings ?? {}))),
    reviews: (name) => ifThere(routes.reviews(name), reviewsValidator),
    reviewed: once(() => new Set(namesIn(routes.reviews('@a/b')))),
  };
}

interface Files {
  readonly read: <T>(route: string, validator: Validator<T>) => T;
  readonly ifThere: <T>(route: string, validator: Validator<T>) => T | undefined;
  readonly text: (route: string) => string | undefined;
  /** Of the documents that lie as the one of this route does. */
  readonly namesIn: (route: string) => readonly PluginName[];
  readonly has: (route: string) => boolean;
}

function openFiles(folder: string): Files {
  const at = (route: string): string => path.join(folder, route);
  const has = (route: string): boolean => existsSync(at(route));
  return {
    read: (route, validator) => parse(at(route), validator),
    ifThere: (route, validator) => (has(route) ? parse(at(route), validator) : undefined),
    text: (route) => (has(route) ? readFileSync(at(route), 'utf8') : undefined),
    namesIn: (route) => readNames(path.dirname(path.dirname(at(route)))),
    has,
  };
}

function parse<T>(file: string, validator: Validator<T>): T {
  const checked = validator(JSON.parse(readFileSync(file, 'utf8')));
  if (checked.ok) return checked.value;
  const [first] = checked.errors;
  throw new Error(`${file} is not what its schema says: ${first?.instancePath ?? ''} ${first?.message ?? ''}`);
}

/** Of the documents `@scope/name.json` in the folder; none where it is not there. */
function readNames(plugins: string): readonly PluginName[] {
  if (!existsSync(plugins)) return [];
  return readdirSync(plugins)
    .filter((scope) => scope.startsWith('@'))
    .flatMap((scope) =>
      readdirSync(path.join(plugins, scope))
        .filter((file) => file.endsWith('.json'))
        .map((file) => `${scope}/${file.slice(0, -'.json'.length)}`),
    )
    .toSorted();
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function keep<Key, T>(read: (key: Key) => T): (key: Key) => T {
  const known = new Map<Key, T>();
  return (key) => {
    const found = known.get(key) ?? read(key);
    known.set(key, found);
    return found;
  };
}

const REMEMBERED = 32;

/** Of the last few routes; documents do not change while a site is built. */
function remember<T>(read: (route: string) => T): (route: string) => T {
  const known = new Map<string, T>();
  return (route) => {
    const there = known.get(route);
    if (there !== undefined) return there;
    const [oldest] = known.size < REMEMBERED ? [] : known.keys();
    if (oldest !== undefined) known.delete(oldest);
    const found = read(route);
    known.set(route, found);
    return found;
  };
}
