/**
 * The leaves that are no documents: archives and READMEs. Each archive is hashed before it is published; a version
 * whose archive is missing or damaged is left out, and so is one that would be the latest but cannot be unpacked.
 */
import { excludeVersions, latestOf, type ReadmeFacts } from '@ar-registry/core/api';
import { finding, type Finding } from '@ar-registry/core/findings';
import { indexPaths, routes } from '@ar-registry/core/layout';
import { checkArchive } from '@ar-registry/core/rules';
import type { Snapshot, SnapshotPlugin } from '@ar-registry/core/snapshot';
import type { ArchiveContents } from '@ar-registry/io/archive';
import { integrityOf } from '@ar-registry/io/digest';
import type { IndexReading } from '@ar-registry/io/index-store';
import { inParallel } from '@ar-registry/io/install';
import type { PluginName, VersionRecord } from '@ar-registry/schemas';
import { fetchArchive, openArchive } from '../../archives/inspect-archive.ts';
import { README_LIMIT_BYTES, createReadmeRenderer } from '../../readme/render-readme.ts';
import type { OutputFolder } from './output-folder.ts';

export interface LeafPorts {
  readonly reading: Pick<IndexReading, 'readArchive' | 'archiveFile'>;
  readonly out: OutputFolder;
  readonly signal?: AbortSignal | undefined;
}

export interface PublishedLeaves {
  /** The snapshot without what could not be published. */
  readonly snapshot: Snapshot;
  readonly readmes: ReadonlyMap<PluginName, ReadmeFacts>;
  readonly findings: readonly Finding[];
}

export async function publishLeaves(snapshot: Snapshot, ports: LeafPorts): Promise<PublishedLeaves> {
  const context = { ...ports, registry: snapshot.registry, renderReadme: createReadmeRenderer() };
  const results = await inParallel(snapshot.plugins, (plugin) => publishPlugin(snapshot, plugin, context));
  const excluded = new Set(results.flatMap((result) => result.excluded));
  return {
    snapshot: excludeVersions(snapshot, (name, version) => excluded.has(`${name}@${version}`)),
    readmes: new Map(results.flatMap(({ name, readme }) => (readme ? [[name, readme] as const] : []))),
    findings: results.flatMap((result) => result.findings),
  };
}

interface Context extends LeafPorts {
  readonly registry: Snapshot['registry'];
  readonly renderReadme: (text: string) => string;
}

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
    const published = await publishReadme(latest, context);
    findings.push(...published.findings);
    if (!published.refused) return { name: plugin.name, excluded: [...excluded], findings, ...readmeOf(published) };
    excluded.add(labelOf(latest));
    context.out.discard(routes.download(plugin.name, latest.manifest.version));
  }
  return { name: plugin.name, excluded: [...excluded], findings };
}

function labelOf({ manifest }: VersionRecord): string {
  return `${manifest.name}@${manifest.version}`;
}

function readmeOf({ readme }: PublishedReadme): { readonly readme?: ReadmeFacts } {
  return readme ? { readme } : {};
}

/** @returns why the version is left out; nothing where its archive is published */
async function publishArchive(
  version: VersionRecord,
  { reading, out, registry }: Context,
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
  await out.link(path, fetched.bytes, reading.archiveFile(dist.integrity));
  return [];
}

interface PublishedReadme {
  /** Whether the archive cannot be opened. */
  readonly refused: boolean;
  readonly readme?: ReadmeFacts;
  readonly findings: readonly Finding[];
}

async function publishReadme(version: VersionRecord, context: Context): Promise<PublishedReadme> {
  const { reading, out, registry, signal } = context;
  const source = { readArchive: reading.readArchive, registry, signal };
  const fetched = await fetchArchive(version, source);
  const opened = fetched.kind === 'fetched' ? await openArchive(version, fetched.bytes, source) : fetched;
  if (opened.kind !== 'opened') return { refused: true, findings: checkArchive(version, opened) };
  const bytes = readmeIn(opened.contents);
  if (!bytes) return { refused: false, findings: [] };
  const { name, version: number } = version.manifest;
  if (bytes.length > README_LIMIT_BYTES) {
    const facts = { sizeBytes: bytes.length, limitBytes: README_LIMIT_BYTES };
    return {
      refused: false,
      findings: [finding('README_TOO_LARGE', { file: indexPaths.version(name, number) }, facts)],
    };
  }
  // What is not UTF-8 becomes it: this is served as such.
  const text = new TextDecoder().decode(bytes);
  const published = new TextEncoder().encode(text);
  await out.write(routes.readme(name), published);
  await out.write(routes.readmeHtml(name), new TextEncoder().encode(context.renderReadme(text)));
  return { refused: false, findings: [], readme: { integrity: integrityOf(published), size: published.length } };
}

/** `README.md` at the top, in whatever capitals. */
function readmeIn({ files }: ArchiveContents): Uint8Array | undefined {
  const path = [...files.keys()].find((candidate) => /^readme\.md$/i.test(candidate));
  return path === undefined ? undefined : files.get(path)?.bytes;
}
