/**
 * What the planning has to know of each plugin: read once, and again only where its files have changed. Files are known
 * by modification time, size and inode, as git does it: a build replaces a file only when its bytes differ.
 */
import { createHash, hash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { PluginDocument, PluginName, PluginSummary, Version, VersionDocument } from '@ar-registry/schemas';
import type { Api } from '../data/api.ts';
import type { Dependent, Relations } from '../data/relations.ts';

export interface PluginFacts {
  /** Changes whenever a file does that the plugin's pages are made of. */
  readonly stamp: string;
  /** Of the contents of those files. */
  readonly hash: string;
  readonly versions: readonly Version[];
  readonly owners: readonly string[];
  /** What its latest version depends on and could be a plugin. */
  readonly needs: readonly { readonly name: string; readonly range: string; readonly peer: boolean }[];
}

export type Facts = Readonly<Record<PluginName, PluginFacts>>;

/** @param previous of an earlier build; taken over where the stamp still holds */
export function readFacts(api: Api, previous: Facts = {}): Facts {
  return Object.fromEntries(api.names().map((name) => [name, factsOf(api, name, previous[name])]));
}

export function relationsIn(facts: Facts, summaries: readonly PluginSummary[]): Relations {
  return {
    owners: Object.fromEntries(summaries.map(({ name }) => [name, facts[name]?.owners ?? []])),
    dependents: Object.fromEntries(dependentsIn(facts)),
  };
}

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

function factsOf(api: Api, name: PluginName, known: PluginFacts | undefined): PluginFacts {
  if (known && known.stamp === stampOf(api, filesOf(name, known.versions))) return known;
  const plugin = api.plugin(name);
  const versions = plugin.versions.map(({ version }) => version);
  const files = filesOf(name, versions);
  return {
    stamp: stampOf(api, files),
    hash: hashOf(api, files),
    versions,
    owners: plugin.owners.map(({ login }) => login),
    needs: needsOf(api, plugin),
  };
}

/** Version documents are not among them: they never change, and the plugin's document holds their hashes. */
function filesOf(name: PluginName, versions: readonly Version[]): readonly string[] {
  return [
    routes.plugin(name),
    routes.readmeHtml(name),
    routes.reviews(name),
    ...versions.map((version) => routes.report(name, version)),
  ];
}

function stampOf(api: Api, files: readonly string[]): string {
  const infos = files.map((file) => {
    const info = statSync(path.join(api.folder, file), { throwIfNoEntry: false });
    return info ? `${info.mtimeMs}.${info.size}.${info.ino}` : '';
  });
  return hash('sha1', infos.join(' '), 'base64url');
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
