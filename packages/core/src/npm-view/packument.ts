/**
 * A plugin as the clients of npm read it, so that npm, pnpm, yarn and bun install from the same static files.
 *
 * Nothing in it is signed: those clients compare archives with the integrity that stands here, and their locks keep it.
 *
 * @source npm registry API, package metadata (github.com/npm/registry, docs/responses/package-metadata.md)
 */
import type { NpmPackument, PluginName, PluginRecord, StatusRecord, VersionRecord } from '@ar-registry/schemas';
import type { Advisory } from '../advisory/index.ts';
import { blockingAdvisory } from '../advisory/index.ts';
import { routes } from '../layout/index.ts';
import { isPrerelease } from '../version/index.ts';

export interface PackumentParts {
  /** Where the registry is served, with or without a slash at the end. */
  readonly baseUrl: string;
  readonly advisories: readonly Advisory[];
}

type NpmVersion = Pick<VersionRecord, 'manifest' | 'dist' | 'publishedAt'>;

/** What of a plugin those clients are told. A plugin of a snapshot is one. */
export interface NpmPlugin {
  readonly name: PluginName;
  readonly status: Readonly<Pick<StatusRecord, 'distTags' | 'deprecated' | 'yanked'>>;
  readonly record: Readonly<Pick<PluginRecord, 'repository' | 'renamedTo'>>;
  /** The highest first. */
  readonly versions: readonly NpmVersion[];
}

/** The packument; undefined where nothing of the plugin can be installed, or where it goes by another name now. */
export function toPackument(plugin: NpmPlugin, { baseUrl, advisories }: PackumentParts): NpmPackument | undefined {
  const { name, status, record } = plugin;
  const own = advisories.filter((advisory) => advisory.plugin === name);
  const versions = plugin.versions.filter(({ manifest: { version } }) => {
    const isYanked = Object.hasOwn(status.yanked ?? {}, version);
    return !isYanked && blockingAdvisory(own, name, version) === undefined;
  });
  const latest = latestAmong(versions, status.distTags['latest']);
  if (!latest || record.renamedTo !== undefined) return undefined;
  const { manifest } = latest;
  const numbers = new Set(versions.map((each) => each.manifest.version));
  const tags = Object.entries(status.distTags).filter(([, version]) => numbers.has(version));
  const instants = versions.map(({ publishedAt }) => publishedAt).toSorted();
  return {
    _id: name,
    name,
    description: manifest.description,
    'dist-tags': { ...Object.fromEntries(tags.toSorted(byKey)), latest: manifest.version },
    time: {
      created: instants[0] ?? '',
      modified: instants.at(-1) ?? '',
      ...Object.fromEntries(versions.map((each) => [each.manifest.version, each.publishedAt])),
    },
    license: manifest.license,
    repository: { type: 'git', url: record.repository.url },
    ...(manifest.homepage === undefined ? {} : { homepage: manifest.homepage }),
    keywords: manifest.tags,
    versions: Object.fromEntries(
      versions.map((each) => [each.manifest.version, toVersion(each, status.deprecated, baseUrl.replace(/\/+$/, ''))]),
    ),
  };
}

/** What `latest` names, else the highest release, else the highest version: as `resolveVersion` has it. */
function latestAmong(versions: readonly NpmVersion[], tagged: string | undefined): NpmVersion | undefined {
  return (
    versions.find(({ manifest }) => manifest.version === tagged) ??
    versions.find(({ manifest }) => !isPrerelease(manifest.version)) ??
    versions[0]
  );
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

function toVersion(
  { manifest, dist }: NpmVersion,
  deprecated: Readonly<Record<string, string>> | undefined,
  base: string,
): NpmPackument['versions'][string] {
  const { name, version, description, license, main, repository, dependencies, peerDependencies } = manifest;
  const notice = Object.hasOwn(deprecated ?? {}, version) ? deprecated?.[version] : undefined;
  return {
    name,
    version,
    description,
    license,
    main,
    repository: {
      type: 'git',
      url: repository.url,
      ...(repository.directory === undefined ? {} : { directory: repository.directory }),
    },
    ...(Object.keys(dependencies).length === 0 ? {} : { dependencies }),
    ...(Object.keys(peerDependencies).length === 0 ? {} : { peerDependencies }),
    ...(notice === undefined ? {} : { deprecated: notice }),
    hasInstallScript: false,
    dist: {
      integrity: dist.integrity,
      tarball: `${base}/${routes.npmArchive(name, version)}`,
      fileCount: dist.fileCount,
      unpackedSize: dist.unpackedSize,
    },
  };
}
