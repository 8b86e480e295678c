/**
 * Builds the files of an index for a test: valid by default, and each part can be overridden, replaced or left out.
 *
 *     testIndex().plugin('@acme/hello').version('1.0.0', { yanked: 'broken' }).version('1.1.0').files()
 */
import { CATEGORIES_FILE, REGISTRY_FILE, indexPaths } from '@ar-registry/core/layout';
import { splitName } from '@ar-registry/core/name';
import { descending, isPrerelease } from '@ar-registry/core/version';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { integrityOf } from '@ar-registry/io/digest';
import type { PluginRecord, RegistryRecord, ScopeRecord, StatusRecord, VersionRecord } from '@ar-registry/schemas';
import { testManifest, type ManifestOverrides } from './manifest.ts';

export const TEST_OWNER = { login: 'acme-bot', id: 4711 } as const;

export interface VersionOptions {
  /** Why the owner withdrew it. */
  readonly yanked?: string;
  readonly deprecated?: string;
  readonly manifest?: ManifestOverrides;
  /** Fields of the record. */
  readonly record?: Partial<VersionRecord>;
}

export interface PluginOptions {
  /** Fields of plugin.yaml. */
  readonly record?: Partial<PluginRecord>;
  /** Instead of `latest` on the highest release. */
  readonly distTags?: StatusRecord['distTags'];
}

/** Each call returns a new index; the one it is called on stays as it is. */
export interface TestIndex {
  /** Fields of registry.yaml. */
  registry(overrides: Partial<RegistryRecord>): TestIndex;
  /** A scope; those of plugins are there by themselves, of level community. */
  scope(scope: string, overrides?: Partial<ScopeRecord>): TestIndex;
  /** A plugin, without versions yet. */
  plugin(name: string, options?: PluginOptions): TestPlugin;
  /** Any file, in place of what would be there. */
  file(path: string, text: string): TestIndex;
  /** Leaves a file out. */
  without(path: string): TestIndex;
  /** Path relative to the index → text. */
  files(): Map<string, string>;
}

/** An index whose last plugin can get versions. */
export interface TestPlugin extends TestIndex {
  version(version: string, options?: VersionOptions): TestPlugin;
}

type Files = ReadonlyMap<string, string>;
type Made = Readonly<Record<string, VersionOptions>>;

export function testIndex(): TestIndex {
  const categories = [{ id: 'tools', title: 'Tools', description: 'Useful things' }];
  return indexOf(
    new Map([
      [REGISTRY_FILE, stringifyRecord({ schemaVersion: 1, name: 'test', title: 'Test registry' })],
      [CATEGORIES_FILE, stringifyRecord({ schemaVersion: 1, categories })],
    ]),
  );
}

function indexOf(files: Files): TestIndex {
  return {
    registry: (overrides) => {
      const record = { schemaVersion: 1, name: 'test', title: 'Test registry', ...overrides };
      return indexOf(withFile(files, REGISTRY_FILE, stringifyRecord(record)));
    },
    scope: (scope, overrides = {}) => indexOf(withFile(files, indexPaths.scope(scope), scopeText(scope, overrides))),
    plugin: (name, options = {}) => pluginOf(files, { name, options, versions: {} }),
    file: (path, text) => indexOf(withFile(files, path, text)),
    without: (path) => indexOf(new Map([...files].filter(([other]) => other !== path))),
    files: () => new Map(files),
  };
}

interface PluginSoFar {
  readonly name: string;
  readonly options: PluginOptions;
  readonly versions: Made;
}

function pluginOf(files: Files, plugin: PluginSoFar): TestPlugin {
  const { name, options, versions } = plugin;
  const scopePath = indexPaths.scope(splitName(name).scope);
  const all = new Map([
    ...files,
    [scopePath, files.get(scopePath) ?? scopeText(splitName(name).scope, {})],
    [indexPaths.plugin(name), pluginText(name, options)],
    [indexPaths.status(name), statusText(options, versions)],
    ...Object.entries(versions).map(
      ([version, made]) => [indexPaths.version(name, version), versionText(name, version, made)] as const,
    ),
  ]);
  return {
    ...indexOf(all),
    version: (version, made = {}) => pluginOf(files, { ...plugin, versions: { ...versions, [version]: made } }),
  };
}

function withFile(files: Files, path: string, text: string): Files {
  return new Map([...files, [path, text]]);
}

function scopeText(scope: string, overrides: Partial<ScopeRecord>): string {
  return stringifyRecord({ schemaVersion: 1, scope, level: 'community', owners: [TEST_OWNER], ...overrides });
}

function pluginText(name: string, { record }: PluginOptions): string {
  const repository = { url: 'https://example.com/acme/hello.git' };
  return stringifyRecord({ schemaVersion: 1, name, owners: [TEST_OWNER], trust: 'community', repository, ...record });
}

function statusText({ distTags }: PluginOptions, versions: Made): string {
  const sorted = Object.keys(versions).toSorted(descending);
  const latest = sorted.find((version) => !isPrerelease(version)) ?? sorted[0];
  return stringifyRecord({
    schemaVersion: 1,
    distTags: distTags ?? (latest === undefined ? {} : { latest }),
    ...reasons('deprecated', versions),
    ...reasons('yanked', versions),
  });
}

function reasons(key: 'deprecated' | 'yanked', versions: Made): object {
  const told = Object.entries(versions).flatMap(([version, { [key]: reason }]) =>
    reason === undefined ? [] : [[version, reason]],
  );
  return told.length === 0 ? {} : { [key]: Object.fromEntries(told) as Readonly<Record<string, string>> };
}

function versionText(name: string, version: string, { manifest, record }: VersionOptions): string {
  return stringifyRecord({
    schemaVersion: 1,
    manifest: testManifest({ name, version, ...manifest }),
    dist: testDist(`${name}@${version}`),
    publishedAt: '2026-01-01T00:00:00Z',
    publishedBy: TEST_OWNER,
    ...record,
  });
}

/** Facts of an archive that does not exist; other ones for another `label`. */
function testDist(label: string): VersionRecord['dist'] {
  const integrity = integrityOf(Buffer.from(label));
  const files = [{ path: 'ar-plugin.yaml', size: 200, integrity: integrityOf(Buffer.from(`${label} manifest`)) }];
  return { tarball: `store:${integrity}`, integrity, size: 1000, unpackedSize: 200, fileCount: 1, files };
}
