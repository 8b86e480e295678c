/**
 * From what a user typed to what would be installed. No file of a plugin is written and none of its code runs here;
 * archives of the registry are not fetched yet, so that the user can be asked first.
 */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  advisoriesAgainst,
  blockingAdvisory,
  revoked,
  withoutRevoked,
  type Advisory,
} from '@ar-registry/core/advisory';
import { ArError, hasCode } from '@ar-registry/core/errors';
import type { InstallSpec } from '@ar-registry/core/install';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { resolveVersion, settled, type VersionEntry, type Wanted } from '@ar-registry/core/resolve';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { NormalizedManifest, PluginDocument, TrustLevel, VersionDocument } from '@ar-registry/schemas';
import { readArchive, verifyArchive, type ArchiveContents } from '../archive/index.ts';
import { integrityOf } from '../digest/index.ts';
import { readTextIfExists, translateFileError } from '../files/index.ts';
import type { GitCheckout, PackedGit } from '../install-git/index.ts';
import { checkedManifest } from './check-manifest.ts';
import type { InstallPorts } from './ports.ts';

export type Resolved =
  | {
      readonly kind: 'registry';
      readonly manifest: NormalizedManifest;
      readonly document: VersionDocument;
      readonly trust: TrustLevel;
      /** What `ar-plugins.yaml` shall ask for. */
      readonly range: string;
      readonly deprecated?: string;
      /** What only warns of it; what blocks it was refused. */
      readonly advisories: readonly Advisory[];
    }
  | {
      readonly kind: 'archive';
      readonly manifest: NormalizedManifest;
      readonly contents: ArchiveContents;
      readonly integrity: string;
      readonly path: string;
    }
  | { readonly kind: 'folder'; readonly manifest: NormalizedManifest; readonly path: string }
  | PackedGit;

/** Archives on disk are read whole; a larger file is no plugin. */
const ARCHIVE_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * A repository is fetched, but neither built nor packed: `buildGit` does that, after the user was asked.
 *
 * @throws PLUGIN_NOT_FOUND, VERSION_NOT_FOUND, VERSION_YANKED, VERSION_REVOKED, FILE_NOT_FOUND, SPEC_INVALID, ARCHIVE_INVALID, and what
 * `checkoutGit` throws
 */
export async function resolveSpec(spec: InstallSpec, ports: InstallPorts): Promise<Resolved | GitCheckout> {
  if (spec.kind === 'git') return (await import('../install-git/index.ts')).checkoutGit(spec.source, ports);
  if (spec.kind === 'path') return resolvePath(spec.path, ports);
  const [plugin, list] = await Promise.all([
    ports.client.plugin(spec.name, ports.signal),
    ports.client.advisories(spec.name, ports.signal),
  ]);
  const before = spec.wanted.kind === 'exact' ? undefined : ports.publishedBefore;
  const entry = resolveAllowed(settled(plugin, before), spec.wanted, list);
  const document = await ports.client.version(spec.name, entry.version, ports.signal);
  return {
    kind: 'registry',
    manifest: document.manifest,
    document,
    trust: plugin.trust,
    range: rangeOf(spec.wanted, entry.version),
    advisories: advisoriesAgainst(list, spec.name, entry.version),
    ...(entry.deprecated === undefined ? {} : { deprecated: toSingleLine(truncate(entry.deprecated, 500)) }),
  };
}

/** As if its owner had withdrawn what the registry revoked; but where nothing else fits, that is the reason. */
function resolveAllowed(plugin: PluginDocument, wanted: Wanted, list: readonly Advisory[]): VersionEntry {
  try {
    return resolveVersion(withoutRevoked(plugin, list), wanted);
  } catch (error) {
    if (!hasCode(error, 'VERSION_YANKED') && !hasCode(error, 'VERSION_NOT_FOUND')) throw error;
    const { version } = resolveVersion(plugin, wanted);
    const advisory = blockingAdvisory(list, plugin.name, version);
    throw advisory ? revoked(plugin.name, version, advisory) : error;
  }
}

/** As npm saves it: what was asked for, and a caret range where that was no range. */
function rangeOf(wanted: Wanted, version: string): string {
  switch (wanted.kind) {
    case 'exact':
      return wanted.version;
    case 'range':
      return wanted.range;
    case 'tag':
    case 'latest':
      return `^${version}`;
  }
}

async function resolvePath(text: string, { cwd, projectDir, signal }: InstallPorts): Promise<Resolved> {
  const absolute = path.resolve(cwd, text);
  const info = await stat(absolute).catch(() => undefined);
  if (!info) throw new ArError('FILE_NOT_FOUND', { path: absolute });
  const relative = portable(path.relative(projectDir, absolute));
  if (info.isDirectory()) return { kind: 'folder', manifest: await manifestOf(absolute, text), path: relative };
  if (!info.isFile() || info.size > ARCHIVE_LIMIT_BYTES)
    throw new ArError('SPEC_INVALID', { spec: text, problem: 'it is neither a folder nor an archive of a plugin' });
  const bytes = await readFile(absolute).catch((error: unknown) => {
    throw translateFileError(error, absolute);
  });
  const integrity = integrityOf(bytes);
  const contents = await readArchive(verifyArchive(bytes, integrity, text), undefined, signal);
  return {
    kind: 'archive',
    manifest: checkedManifest(contents.manifestText, text),
    contents,
    integrity,
    path: relative,
  };
}

async function manifestOf(folder: string, text: string): Promise<NormalizedManifest> {
  const file = path.join(folder, MANIFEST_FILE);
  const manifestText = await readTextIfExists(file);
  if (manifestText === undefined)
    throw new ArError('SPEC_INVALID', { spec: text, problem: `the folder has no ${MANIFEST_FILE}` });
  return checkedManifest(manifestText, text);
}

/** With `./` in front and slashes between, so that the file means the same on every system. */
export function portable(relative: string): string {
  const posix = relative.split(path.sep).join('/');
  return posix.startsWith('../') || path.isAbsolute(relative) ? posix : `./${posix}`;
}
