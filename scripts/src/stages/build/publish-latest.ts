/** What is published out of the latest archive of a plugin: its README, as text and as HTML, and its configuration’s schema. */
import type { ReadmeFacts } from '@ar-registry/core/api';
import { finding, type Finding } from '@ar-registry/core/findings';
import { indexPaths, routes } from '@ar-registry/core/layout';
import { checkArchive } from '@ar-registry/core/rules';
import type { Snapshot } from '@ar-registry/core/snapshot';
import type { ArchiveContents } from '@ar-registry/io/archive';
import { integrityOf } from '@ar-registry/io/digest';
import type { IndexReading } from '@ar-registry/io/index-store';
import type { PluginName, VersionRecord } from '@ar-registry/schemas';
import { validator as configSchemaValidator } from '@ar-registry/schemas/validators/config-schema';
import { fetchArchive, openArchive } from '../../archives/inspect-archive.ts';
import { placeOf } from '../../readme/address.ts';
import { picturesAmong } from '../../readme/images/index.ts';
import { README_LIMIT_BYTES } from '../../readme/limits.ts';
import { README_RENDERING, asPlainText } from '../../readme/render-readme.ts';
import type { ReadmeRenderer } from '../../readme/renderer.ts';
import { keyOf, type LeafCache, type Leaves } from './leaf-cache.ts';
import type { OutputWriter } from './output-files.ts';

export interface LatestContext {
  readonly reading: Pick<IndexReading, 'readArchive'>;
  readonly registry: Snapshot['registry'];
  readonly out: OutputWriter;
  readonly cache: LeafCache;
  readonly renderer: ReadmeRenderer;
  readonly signal?: AbortSignal | undefined;
}

export interface PublishedLatest {
  /** Whether the archive cannot be opened. */
  readonly refused: boolean;
  readonly readme?: ReadmeFacts;
  readonly findings: readonly Finding[];
}

/** @throws FILE_ACCESS, DISK_FULL, ABORTED */
export async function publishLatest(version: VersionRecord, context: LatestContext): Promise<PublishedLatest> {
  const { name } = version.manifest;
  const limits = JSON.stringify(context.registry.limits ?? {});
  const key = keyOf(version.dist.integrity, JSON.stringify(placeOf(version) ?? ''), limits, README_RENDERING);
  const kept = await context.cache.take(name, key);
  if (kept) return publish(name, kept, context);
  const { source, registry, signal } = { ...context, source: context.reading };
  const fetched = await fetchArchive(version, { readArchive: source.readArchive, registry, signal });
  const opened = fetched.kind === 'fetched' ? await openArchive(version, fetched.bytes, { registry, signal }) : fetched;
  if (opened.kind !== 'opened') return { refused: true, findings: checkArchive(version, opened) };
  const { leaves, findings } = await leavesOf(version, opened.contents, context.renderer);
  // What went wrong is to be told again at the next build.
  if (findings.length === 0) context.cache.put(name, key, leaves);
  return { ...(await publish(name, leaves, context)), findings };
}

async function publish(name: PluginName, leaves: Leaves, { out }: LatestContext): Promise<PublishedLatest> {
  for (const [path, bytes] of leaves) await out.write(path, bytes);
  const readme = leaves.get(routes.readme(name));
  const facts = readme && { integrity: integrityOf(readme), size: readme.length };
  return { refused: false, findings: [], ...(facts ? { readme: facts } : {}) };
}

interface MadeLeaves {
  readonly leaves: Leaves;
  readonly findings: readonly Finding[];
}

async function leavesOf(
  version: VersionRecord,
  contents: ArchiveContents,
  renderer: ReadmeRenderer,
): Promise<MadeLeaves> {
  const { name, version: number } = version.manifest;
  const leaves = new Map<string, Uint8Array>();
  const schema = configSchemaIn(version, contents);
  if (schema) leaves.set(routes.configSchema(name), schema);
  const bytes = readmeIn(contents);
  if (!bytes) return { leaves, findings: [] };
  const at = { file: indexPaths.version(name, number) };
  if (bytes.length > README_LIMIT_BYTES) {
    const facts = { sizeBytes: bytes.length, limitBytes: README_LIMIT_BYTES };
    return { leaves, findings: [finding('README_TOO_LARGE', at, facts)] };
  }
  // What is not UTF-8 becomes it: this is served as such.
  const text = new TextDecoder().decode(bytes);
  const rendered = await renderer.render({ text, place: placeOf(version), files: picturesAmong(contents.files) });
  leaves.set(routes.readme(name), new TextEncoder().encode(text));
  leaves.set(routes.readmeHtml(name), new TextEncoder().encode(rendered?.html ?? asPlainText(text)));
  for (const { file, bytes: picture } of rendered?.pictures ?? []) leaves.set(routes.readmeImage(name, file), picture);
  return { leaves, findings: rendered === undefined ? [finding('README_NOT_RENDERED', at, {})] : [] };
}

/**
 * The schema of its configuration, which pages show as a table; one that is none is not published. README_RENDERING is
 * raised where another one counts as none, as with everything else that is made here.
 */
function configSchemaIn({ manifest }: VersionRecord, { files }: ArchiveContents): Uint8Array | undefined {
  const path = manifest.config.schema?.replace(/^\.\//, '');
  const bytes = path === undefined ? undefined : files.get(path)?.bytes;
  return bytes && isConfigSchema(bytes) ? bytes : undefined;
}

function isConfigSchema(bytes: Uint8Array): boolean {
  try {
    return configSchemaValidator(JSON.parse(new TextDecoder().decode(bytes))).ok;
  } catch {
    return false; // no JSON
  }
}

/** `README.md` at the top, in whatever capitals. */
function readmeIn({ files }: ArchiveContents): Uint8Array | undefined {
  const path = [...files.keys()].find((candidate) => /^readme\.md$/i.test(candidate));
  return path === undefined ? undefined : files.get(path)?.bytes;
}
