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
import type {
  AdvisoryDocument,
  CategoriesDocument,
  ConfigDocument,
  ConfigSchema,
  PluginDocument,
  PluginListDocument,
  PluginName,
  PluginSummary,
  Rating,
  Report,
  ReviewsDocument,
  StatsPluginDocument,
  StatsRegistryDocument,
  StatsTotalsDocument,
  StatusDocument,
  TagsDocument,
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
import { validator as pluginValidator } from '@ar-registry/schemas/validators/api/plugin';
import { validator as ratingsValidator } from '@ar-registry/schemas/validators/api/ratings';
import { validator as reviewsValidator } from '@ar-registry/schemas/validators/api/reviews';
import { validator as downloadsValidator } from '@ar-registry/schemas/validators/api/stats-downloads';
import { validator as statsValidator } from '@ar-registry/schemas/validators/api/stats-plugin';
import { validator as registryStatsValidator } from '@ar-registry/schemas/validators/api/stats-registry';
import { validator as totalsValidator } from '@ar-registry/schemas/validators/api/stats-totals';
import { validator as statusValidator } from '@ar-registry/schemas/validators/api/status';
import { validator as tagsValidator } from '@ar-registry/schemas/validators/api/tags';
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
  /** All plugins that are listed, by name. */
  summaries(): readonly PluginSummary[];
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
  tags(): TagsDocument['tags'];
  /** Those in force; withdrawn ones have a document, and are not here. */
  advisories(): readonly Advisory[];
  advisory(id: string): AdvisoryDocument | undefined;
  status(): StatusDocument;
  totals(): StatsTotalsDocument;
  /** What those who run the registry look at; an API that was built by an earlier release has none. */
  registryStats(): StatsRegistryDocument | undefined;
  downloads(): ReadonlyMap<PluginName, Downloads>;
  stats(name: PluginName): StatsPluginDocument | undefined;
  /** Of those that somebody rated. */
  ratings(): ReadonlyMap<PluginName, Rating>;
  reviews(name: PluginName): ReviewsDocument | undefined;
  /** Whether there is a file or folder of this path below the root. */
  has(route: string): boolean;
}

/** @param folder what `ar-registry build` wrote; absolute @throws Error for a document that its schema refuses */
export function openApi(folder: string): Api {
  const read = <T>(route: string, validator: Validator<T>): T => parse(path.join(folder, route), validator);
  // A plugin's page, its twin and its versions' pages are made one after the other, of the same documents.
  const plugin = remember((route) => read(route, pluginValidator));
  const version = remember((route) => read(route, versionValidator));
  const list = (route: string): PluginListDocument => read(route, listValidator);
  const ifThere = <T>(route: string, validator: Validator<T>): T | undefined =>
    existsSync(path.join(folder, route)) ? read(route, validator) : undefined;
  const text = (route: string): string | undefined => {
    const file = path.join(folder, route);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  const names = once(() => readNames(path.join(folder, path.dirname(routes.featured))));
  const known = once(() => new Set<string>(names()));
  const totals = once(() => read(routes.statsTotals, totalsValidator));
  return {
    folder,
    config: once(() => read(routes.config, configValidator)),
    summaries: once(() => {
      const pages = list(routes.plugins).pages;
      return Array.from({ length: pages }, (_, index) => list(routes.pluginsPage(index + 1)).plugins).flat();
    }),
    featured: once(() => list(routes.featured).plugins),
    popular: once(() => list(routes.popular).plugins),
    names,
    isPlugin: (name) => known().has(name),
    plugin: (name) => plugin(routes.plugin(name)),
    version: (name, number) => version(routes.version(name, number)),
    report: (name, number) => ifThere(routes.report(name, number), reportValidator),
    readmeHtml: (name) => text(routes.readmeHtml(name)),
    readmeText: (name) => text(routes.readme(name)),
    configSchema: (name) => ifThere(routes.configSchema(name), configSchemaValidator),
    categories: once(() => read(routes.categories, categoriesValidator).categories),
    tags: once(() => read(routes.tags, tagsValidator).tags),
    advisories: once(() => ifThere(routes.advisories, advisoriesValidator)?.advisories ?? []),
    advisory: (id) => ifThere(routes.advisory(id), advisoryValidator),
    status: once(() => read(routes.status, statusValidator)),
    totals,
    downloads: once(() => {
      const shards = Array.from({ length: totals().shards }, (_, index) => index + 1);
      return new Map(
        shards.flatMap((shard) => Object.entries(read(routes.statsDownloads(shard), downloadsValidator).plugins)),
      );
    }),
    registryStats: once(() => ifThere(routes.statsRegistry, registryStatsValidator)),
    stats: (name) => ifThere(routes.statsPlugin(name), statsValidator),
    ratings: once(() => new Map(Object.entries(ifThere(routes.ratings, ratingsValidator)?.ratings ?? {}))),
    reviews: (name) => ifThere(routes.reviews(name), reviewsValidator),
    has: (route) => existsSync(path.join(folder, route)),
  };
}

function parse<T>(file: string, validator: Validator<T>): T {
  const checked = validator(JSON.parse(readFileSync(file, 'utf8')));
  if (checked.ok) return checked.value;
  const [first] = checked.errors;
  throw new Error(`${file} is not what its schema says: ${first?.instancePath ?? ''} ${first?.message ?? ''}`);
}

function readNames(plugins: string): readonly PluginName[] {
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
