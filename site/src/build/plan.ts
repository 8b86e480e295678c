/**
 * What has to be built: every page has a key, a hash of all it is made of, and is wanted when its key is not the one of
 * the build before. Pure but for what it reads of the API.
 */
import { createHash } from 'node:crypto';
import { routes } from '@ar-registry/core/layout';
import type { PluginName, PluginSummary } from '@ar-registry/schemas';
import type { Api } from '../data/api.ts';
import {
  byPopularity,
  listPath,
  makeLists,
  PAGE_SIZE,
  pageCount,
  pluginPath,
  versionPath,
  type PluginList,
} from '../data/lists.ts';
import type { Relations } from '../data/relations.ts';
import { readFacts, relationsIn, type Facts } from './facts.ts';

/** Site path → key, of every page that has parameters. */
export type PageKeys = Readonly<Record<string, string>>;

export interface Planned {
  /** Site paths of what is wanted; what is made of the same documents is together. */
  readonly groups: readonly (readonly string[])[];
  /** Of which the page is wanted, and so all that lies with it. */
  readonly plugins: readonly PluginName[];
  /** Pages that are wanted. */
  readonly pages: number;
  readonly relations: Relations;
  readonly facts: Facts;
  readonly keys: PageKeys;
}

export interface Before {
  readonly facts: Facts;
  readonly keys: PageKeys;
}

type IsWanted = (path: string, key: string) => boolean;

/** @param before the build whose output is still there; without it everything is wanted */
export function makePlan(api: Api, before?: Before): Planned {
  const facts = readFacts(api, before?.facts);
  const relations = relationsIn(facts, api.summaries());
  const lists = makeLists(byPopularity(api.summaries(), api.downloads()), new Map(Object.entries(relations.owners)));
  const keys: Record<string, string> = {};
  let pages = 0;
  const isWanted: IsWanted = (path, key) => {
    keys[path] = key;
    if (before?.keys[path] === key) return false;
    pages += 1;
    return true;
  };
  const { groups, plugins } = wantedPlugins(api, { facts, relations }, isWanted);
  const wanted = wantedLists(lists, api.ratings(), isWanted);
  return { groups: [...groups, ...wanted.map((path) => [path])], plugins, pages, relations, facts, keys };
}

function wantedPlugins(
  api: Api,
  { facts, relations }: { readonly facts: Facts; readonly relations: Relations },
  isWanted: IsWanted,
): Pick<Planned, 'groups' | 'plugins'> {
  const alerts = alertsOf(api);
  const groups: (readonly string[])[] = [];
  const plugins: PluginName[] = [];
  for (const [name, { hash: files, versions }] of Object.entries(facts)) {
    const page = hash([
      files,
      alerts.get(name),
      relations.dependents[name] ?? [],
      linksOf(name, facts),
      hasDownloads(api, name),
    ]);
    const own = isWanted(pluginPath(name), page) ? [pluginPath(name), `/plugins/${name}.md`] : [];
    if (own.length > 0) plugins.push(name);
    const key = hash([files, alerts.get(name)]);
    const numbers = versions.filter((version) => isWanted(versionPath(name, version), key));
    const paths = [...own, ...numbers.map((version) => versionPath(name, version))];
    if (paths.length > 0) groups.push(paths);
  }
  return { groups, plugins };
}

/** Which of its dependencies are plugins: they are linked, the others are packages. */
function linksOf(name: PluginName, facts: Facts): readonly string[] {
  return (facts[name]?.needs ?? []).map((need) => need.name).filter((need) => Object.hasOwn(facts, need));
}

function alertsOf(api: Api): ReadonlyMap<PluginName, string> {
  const found = new Map<PluginName, string>();
  for (const advisory of api.advisories())
    found.set(advisory.plugin, `${found.get(advisory.plugin) ?? ''}${JSON.stringify(advisory)}`);
  return found;
}

/** Their number is read by open pages; that there is one for the first time is in the page. */
function hasDownloads(api: Api, name: PluginName): boolean {
  return api.has(routes.statsPlugin(name));
}

function wantedLists(
  lists: readonly PluginList[],
  ratings: ReturnType<Api['ratings']>,
  isWanted: IsWanted,
): readonly string[] {
  const hashes = new Map<PluginSummary, string>();
  const hashOf = (plugin: PluginSummary): string => {
    const known = hashes.get(plugin) ?? hash([plugin, ratings.get(plugin.name)]);
    hashes.set(plugin, known);
    return known;
  };
  return lists.flatMap(({ kind, id, plugins }) =>
    Array.from({ length: pageCount(plugins.length) }, (_, index) => index + 1)
      .filter((page) => {
        const shown = plugins.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
        return isWanted(listPath(kind, id, page), hash([plugins.length, ...shown.map(hashOf)]));
      })
      .map((page) => listPath(kind, id, page)),
  );
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}
