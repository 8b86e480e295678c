/** What the planning has to know of each plugin: read once, and again only where its files have changed. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { PluginDocument, PluginName, Version, VersionDocument } from '@ar-registry/schemas';
import type { Api } from '../data/api.ts';
import type { Dependent } from '../data/page-data.ts';
import { isSame, type Stamp } from './stamp.ts';

export interface PluginFacts {
  /** Of the files that the plugin's pages are made of. */
  readonly stamp: Stamp;
  /** Of the contents of those files. */
  readonly hash: string;
  readonly versions: readonly Version[];
  readonly owners: readonly string[];
  /** What its latest version depends on and could be a plugin. */
  readonly needs: readonly { readonly name: string; readonly range: string; readonly peer: boolean }[];
}

export type Facts = Readonly<Record<PluginName, PluginFacts>>;

type StampOf = (files: readonly string[]) => Stamp;

interface KnownFacts {
  /** Of an earlier build. */
  readonly before?: Facts | undefined;
  /** Plugins that are not what they were; absent where their stamps tell. */
  readonly touched?: ReadonlySet<PluginName> | undefined;
}

/** @returns by name */
export function readFacts(api: Api, stampOf: StampOf, { before = {}, touched }: KnownFacts = {}): Facts {
  const isKnown = (name: PluginName, known: PluginFacts): boolean =>
    touched ? !touched.has(name) : isSame(known.stamp, stampOf(filesOf(api, name, known.versions)));
  const factsOf = (name: PluginName): PluginFacts => {
    const known = before[name];
    return known && isKnown(name, known) ? known : readPlugin(api, stampOf, name);
  };
  return Object.fromEntries(api.names().map((name) => [name, factsOf(name)]));
}

/** Plugin → those that need it, by name; of those that something needs. */
export function dependentsIn(facts: Facts): ReadonlyMap<PluginName, readonly Dependent[]> {
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

export function readPlugin(api: Api, stampOf: StampOf, name: PluginName): PluginFacts {
  const plugin = api.plugin(name);
  const versions = plugin.versions.map(({ version }) => version);
  const files = filesOf(api, name, versions);
  // Before the contents: what changes in between has another one next time.
  const stamp = stampOf(files);
  return {
    stamp,
    hash: hashOf(api, files),
    versions,
    owners: plugin.owners.map(({ login }) => login),
    needs: needsOf(api, plugin),
  };
}

/** Version documents are not among them: they never change, and the plugin's document holds their hashes. */
function filesOf(api: Api, name: PluginName, versions: readonly Version[]): readonly string[] {
  return [
    routes.plugin(name),
    routes.readmeHtml(name),
    ...(api.reviewed().has(name) ? [routes.reviews(name)] : []),
    ...versions.map((version) => routes.report(name, version)),
  ];
}

function hashOf(api: Api, files: readonly string[]): string {
  const sum = createHash('sha256');
  for (const file of files) {
    const absolute = path.join(api.folder, file);
    if (existsSync(absolute)) sum.update(readFileSync(absolute));
    sum.update(`\0${file}\0`);
  }
  return sum.digest('base64url').slice(0, 22);
}

function needsOf(api: Api, { name, version }: PluginDocument): PluginFacts['needs'] {
  const { manifest }: VersionDocument = api.version(name, version);
  return [...scoped(manifest.dependencies, false), ...scoped(manifest.peerDependencies, true)];
}

function scoped(ranges: Readonly<Record<string, string>>, peer: boolean): PluginFacts['needs'] {
  return Object.entries(ranges)
    .filter(([name]) => name.startsWith('@'))
    .map(([name, range]) => ({ name, range, peer }));
}
