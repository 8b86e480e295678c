/** Which pages of plugins and their versions are wanted. */
import type { Advisory } from '@ar-registry/core/advisory';
import type { PluginName } from '@ar-registry/schemas';
import type { Api } from '../data/api.ts';
import { pluginPath, versionPath } from '../data/lists.ts';
import type { Dependent, PageData } from '../data/page-data.ts';
import { dependentsIn, type Facts, type PluginFacts } from './facts.ts';
import { keyOf } from './key.ts';
import type { Group, Item } from './item.ts';

/** With the keys of its pages. */
export interface PlannedPlugin extends PluginFacts {
  readonly page: string;
  /** Of each page of a version. */
  readonly version: string;
  /** Those that need it; absent for none. */
  readonly users?: readonly Dependent[];
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
    const planned = planPlugin(own, {
      users: dependents.get(name) ?? [],
      advisories: api.advisoriesOf(name),
      isPlugin: (need) => Object.hasOwn(facts, need),
      isCounted: counted.has(name),
    });
    plugins[name] = planned;
    const wanted = wantPlugin(name, planned, before[name]);
    if (!wanted) continue;
    pages += wanted.pages;
    groups.push(wanted.group);
  }
  return { plugins, groups, pages };
}

/** What its pages show that is not of its own documents. */
export interface Surroundings {
  readonly users: readonly Dependent[];
  readonly advisories: readonly Advisory[];
  readonly isPlugin: (name: string) => boolean;
  /** Whether there is a document of its downloads. */
  readonly isCounted: boolean;
}

export function planPlugin(
  { stamp, hash, versions, owners, needs }: PluginFacts,
  { users, advisories, isPlugin, isCounted }: Surroundings,
): PlannedPlugin {
  // Which of its dependencies are plugins: they are linked, the others are packages.
  const links = needs.map(({ name }) => name).filter(isPlugin);
  return {
    stamp,
    hash,
    versions,
    owners,
    needs,
    page: keyOf([hash, advisories, users, links, isCounted]),
    version: advisories.length === 0 ? hash : keyOf([hash, advisories]),
    ...(users.length === 0 ? {} : { users }),
  };
}

/** @returns undefined where all its pages are what they were */
export function wantPlugin(
  name: PluginName,
  planned: PlannedPlugin,
  before: PlannedPlugin | undefined,
): { readonly group: Group; readonly pages: number } | undefined {
  const wanted = wantedOf(planned, before);
  if (!wanted.page && wanted.versions.length === 0) return undefined;
  return {
    pages: wanted.versions.length + (wanted.page ? 1 : 0),
    group: () => [
      ...(wanted.page ? pageItems(name, { dependents: planned.users ?? [] }) : []),
      ...wanted.versions.map((version) => ({ kind: 'page', path: versionPath(name, version) }) as const),
    ],
  };
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
