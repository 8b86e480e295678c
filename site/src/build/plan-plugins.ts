/** Which pages of plugins and their versions are wanted. */
import type { PluginName } from '@ar-registry/schemas';
import type { Api } from '../data/api.ts';
import { pluginPath, versionPath } from '../data/lists.ts';
import type { PageData } from '../data/page-data.ts';
import { dependentsIn, type Facts, type PluginFacts } from './facts.ts';
import { keyOf } from './key.ts';
import type { Group, Item } from './item.ts';

/** With the keys of its pages. */
export interface PlannedPlugin extends PluginFacts {
  readonly page: string;
  /** Of each page of a version. */
  readonly version: string;
}

export type PlannedPlugins = Readonly<Record<PluginName, PlannedPlugin>>;

export interface PluginPlan {
  readonly plugins: PlannedPlugins;
  /** Of each plugin that has pages to render. */
  readonly groups: readonly Group[];
  /** Pages among them. */
  readonly pages: number;
}

export function planPlugins(api: Api, facts: Facts, before: PlannedPlugins = {}): PluginPlan {
  const dependents = dependentsIn(facts);
  // How many there are is read by open pages; that there are some for the first time is in the page.
  const counted = api.counted();
  const plugins: Record<PluginName, PlannedPlugin> = {};
  const groups: Group[] = [];
  let pages = 0;
  for (const [name, own] of Object.entries(facts)) {
    const users = dependents.get(name) ?? [];
    const advisories = api.advisoriesOf(name);
    const pageKey = keyOf([own.hash, advisories, users, linksOf(own, facts), counted.has(name)]);
    const versionKey = advisories.length === 0 ? own.hash : keyOf([own.hash, advisories]);
    const planned: PlannedPlugin = { ...own, page: pageKey, version: versionKey };
    plugins[name] = planned;
    const wanted = wantedOf(planned, before[name]);
    if (!wanted.page && wanted.versions.length === 0) continue;
    pages += wanted.versions.length + (wanted.page ? 1 : 0);
    groups.push(() => [
      ...(wanted.page ? pageItems(name, { dependents: users }) : []),
      ...wanted.versions.map((version) => ({ kind: 'page', path: versionPath(name, version) }) as const),
    ]);
  }
  return { plugins, groups, pages };
}

function wantedOf(
  now: PlannedPlugin,
  before: PlannedPlugin | undefined,
): { readonly page: boolean; readonly versions: readonly string[] } {
  const old = new Set(now.version === before?.version ? before.versions : []);
  return { page: now.page !== before?.page, versions: now.versions.filter((version) => !old.has(version)) };
}

/** The page, its twin and its card: all that shows the plugin as it is now. */
function pageItems(name: PluginName, data: PageData): readonly Item[] {
  return [
    { kind: 'page', path: pluginPath(name), data },
    { kind: 'page', path: `/plugins/${name}.md`, data },
    { kind: 'card', plugin: name },
  ];
}

/** Which of its dependencies are plugins: they are linked, the others are packages. */
function linksOf({ needs }: PluginFacts, facts: Facts): readonly string[] {
  return needs.map((need) => need.name).filter((need) => Object.hasOwn(facts, need));
}
