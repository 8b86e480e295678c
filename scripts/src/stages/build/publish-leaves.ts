/**
 * The leaves that are no documents: archives and READMEs. Each archive is hashed before it is published; a version
 * whose archive is missing or damaged is left out, and so is one that would be the latest but cannot be unpacked.
 */
import { excludeVersions, latestOf, type ReadmeFacts } from '@ar-registry/core/api';
import { finding, type Finding } from '@ar-registry/core/findings';
import { indexPaths, routes } from '@ar-registry/core/layout';
import { checkArchive } from '@ar-registry/core/rules';
import type { Snapshot, SnapshotPlugin } from '@ar-registry/core/snapshot';
import type { IndexReading } from '@ar-registry/io/index-store';
import { inParallel } from '@ar-registry/io/install';
import type { PluginName, VersionRecord } from '@ar-registry/schemas';
import { fetchArchive } from '../../archives/inspect-archive.ts';
import type { ReadmeRenderer } from '../../readme/renderer.ts';
import type { LeafCache, LeafEntry } from './leaf-cache.ts';
import type { OutputWriter } from './output-files.ts';
import { publishLatest, type LatestContext, type PublishedLatest } from './publish-latest.ts';

export interface LeafPorts {
  readonly reading: Pick<IndexReading, 'readArchive' | 'archiveFile'>;
  readonly out: OutputWriter;
  /** Whether archives are published for the clients of npm too. */
  readonly npmView: boolean;
  /** What is known of leaves that were made before. */
  readonly cache: LeafCache;
  readonly renderer: ReadmeRenderer;
  readonly signal?: AbortSignal | undefined;
}

export interface PublishedLeaves {
  /** The snapshot without what could not be published. */
  readonly snapshot: Snapshot;
  readonly readmes: ReadonlyMap<PluginName, ReadmeFacts>;
  /** What to know of them the next time. */
  readonly leaves: ReadonlyMap<PluginName, LeafEntry>;
  readonly findings: readonly Finding[];
}

export async function publishLeaves(snapshot: Snapshot, ports: LeafPorts): Promise<PublishedLeaves> {
  const { cache } = ports;
  const context = { ...ports, registry: snapshot.registry };
  const results = await inParallel(snapshot.plugins, (plugin) => publishPlugin(snapshot, plugin, context));
  const excluded = new Set(results.flatMap((result) => result.excluded));
  return {
    snapshot: excludeVersions(snapshot, (name, version) => excluded.has(`${name}@${version}`)),
    readmes: new Map(results.flatMap(({ name, readme }) => (readme ? [[name, readme] as const] : []))),
    leaves: cache.entries,
    findings: results.flatMap((result) => result.findings),
  };
}

type Context = LeafPorts & LatestContext;

interface PluginLeaves {
  readonly name: PluginName;
  readonly readme?: ReadmeFacts;
  /** `name@version` of what is left out. */
  readonly excluded: readonly string[];
  readonly findings: readonly Finding[];
}

async function publishPlugin(snapshot: Snapshot, plugin: SnapshotPlugin, context: Context): Promise<PluginLeaves> {
  const findings: Finding[] = [];
  const excluded = new Set<string>();
  for (const version of plugin.versions) {
    context.signal?.throwIfAborted();
    const found = await publishArchive(version, context);
    findings.push(...found);
    if (found.length > 0) excluded.add(labelOf(version));
  }
  const rest = (): SnapshotPlugin | undefined =>
    excludeVersions({ ...snapshot, plugins: [plugin] }, (name, version) => excluded.has(`${name}@${version}`))
      .plugins[0];
  for (let left = rest(); left; left = rest()) {
    const latest = latestOf(left);
    const published = await publishLatest(latest, context);
    findings.push(...published.findings);
    if (!published.refused) return { name: plugin.name, excluded: [...excluded], findings, ...readmeOf(published) };
    excluded.add(labelOf(latest));
    context.out.discard(routes.download(plugin.name, latest.manifest.version));
    context.out.discard(routes.npmArchive(plugin.name, latest.manifest.version));
  }
  return { name: plugin.name, excluded: [...excluded], findings };
}

function labelOf({ manifest }: VersionRecord): string {
  return `${manifest.name}@${manifest.version}`;
}

function readmeOf({ readme }: PublishedLatest): { readonly readme?: ReadmeFacts } {
  return readme ? { readme } : {};
}

/** @returns why the version is left out; nothing where its archive is published */
async function publishArchive(
  version: VersionRecord,
  { reading, out, registry, npmView }: Context,
): Promise<readonly Finding[]> {
  const { manifest, dist } = version;
  const fetched = await fetchArchive(version, { readArchive: reading.readArchive, registry });
  // One that is only elsewhere cannot be published either.
  if (fetched.kind !== 'fetched')
    return checkArchive(version, fetched.kind === 'remote' ? { kind: 'missing' } : fetched);
  if (fetched.bytes.length !== dist.size) {
    const at = { file: indexPaths.version(manifest.name, manifest.version), path: 'dist.size' };
    const facts = { what: 'dist.size', recorded: String(dist.size), found: String(fetched.bytes.length) };
    return [finding('ARCHIVE_NOT_AS_RECORDED', at, facts)];
  }
  const path = routes.download(manifest.name, manifest.version);
  const source = reading.archiveFile(dist.integrity);
  await out.link(path, fetched.bytes, source);
  if (npmView) await out.link(routes.npmArchive(manifest.name, manifest.version), fetched.bytes, source);
  return [];
}
