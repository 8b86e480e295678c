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
import type { Dependent, Plan } from '../data/plan.ts';
import { readFacts, type Facts } from './facts.ts';

/** Site path → key, of every page that has parameters. */
export type PageKeys = Readonly<Record<string, string>>;

export interface Planned {
  /** What of it is wanted. */
  readonly plan: Plan;
  readonly facts: Facts;
  readonly keys: PageKeys;
}

export interface Before {
  readonly facts: Facts;
  readonly keys: PageKeys;
}

/** @param before the build whose output is still there; without it everything is wanted */
export function makePlan(api: Api, before?: Before): Planned {
  const facts = readFacts(api, before?.facts);
  const dependents = dependentsIn(facts);
  const owners = Object.fromEntries(api.summaries().map(({ name }) => [name, facts[name]?.owners ?? []]));
  const lists = makeLists(byPopularity(api.summaries(), api.downloads()), new Map(Object.entries(owners)));
  const keys: Record<string, string> = {};
  const isWanted = (path: string, key: string): boolean => {
    keys[path] = key;
    return before?.keys[path] !== key;
  };
  const alerts = alertsOf(api);
  const names = Object.keys(facts);
  const plan: Plan = {
    owners,
    plugins: names
      .map((name) => ({ name, dependents: dependents.get(name) ?? [] }))
      .filter(({ name, dependents: users }) =>
        isWanted(
          pluginPath(name),
          hash([facts[name]?.hash, alerts.get(name), users, linksOf(name, facts), hasDownloads(api, name)]),
        ),
      ),
    versions: names.flatMap((name) => {
      const key = hash([facts[name]?.hash, alerts.get(name)]);
      return (facts[name]?.versions ?? [])
        .filter((version) => isWanted(versionPath(name, version), key))
        .map((version) => ({ name, version }));
    }),
    lists: wantedLists(lists, api.ratings(), isWanted),
  };
  return { plan, facts, keys };
}

/** Plugin → those that need it, by name. */
function dependentsIn(facts: Facts): ReadonlyMap<PluginName, readonly Dependent[]> {
  const found = new Map<PluginName, Dependent[]>();
  for (const [name, { needs }] of Object.entries(facts))
    for (const need of needs) {
      if (!Object.hasOwn(facts, need.name)) continue;
      const dependent = { name, range: need.range, peer: need.peer };
      const known = found.get(need.name);
      if (known) known.push(dependent);
      else found.set(need.name, [dependent]);
    }
  return found;
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
  isWanted: (path: string, key: string) => boolean,
): Plan['lists'] {
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
      .map((page) => ({ kind, id, page })),
  );
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}
