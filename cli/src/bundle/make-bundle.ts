/**
 * Making a bundle: what an installation would ask is asked once, as by one who has nothing yet, and recorded; then all of
 * it is asked again from the record alone. What that used is the bundle, so that it is known to do before it is written.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pinnedPathOf, type BundledPlugin } from '@ar-registry/core/bundle';
import { ArError } from '@ar-registry/core/errors';
import { MANIFEST_FILE, dataPaths } from '@ar-registry/core/layout';
import { toHex } from '@ar-registry/core/integrity';
import { parseManifest } from '@ar-registry/core/manifest';
import { trustedRoot } from '@ar-registry/io/api-client';
import { readArchive } from '@ar-registry/io/archive';
import {
  collectTarballs,
  writeBundle,
  type DependentPlugin,
  type ReadyFile,
  type WrittenBundle,
} from '@ar-registry/io/bundle';
import { makeFolder, removeFolder, translateFileError } from '@ar-registry/io/files';
import type { Context } from '../context.ts';
import { chooseLocked, chooseNamed, type Chosen } from './choose.ts';
import { collectServed, dependentIn } from './collect-served.ts';

export interface BundleOutcome extends WrittenBundle {
  /** As it was asked for. */
  readonly file: string;
  readonly plugins: readonly BundledPlugin[];
  readonly registries: readonly { readonly url: string; readonly fingerprint: string }[];
  readonly npmPackages: number;
}

export interface BundleOptions {
  /** As typed. None: what the lock of the project names. */
  readonly plugins: readonly string[];
  /** Relative to where the command runs. */
  readonly out: string;
}

/**
 * @throws BUNDLE_EMPTY, BUNDLE_SOURCE_REFUSED, BUNDLE_REGISTRY_UNSIGNED, VERSION_REVOKED, DEPENDENCIES_FAILED, and what
 *   asking the registries and writing throw
 */
export async function makeBundle({ plugins, out }: BundleOptions, context: Context): Promise<BundleOutcome> {
  const { dataDir, output, cwd, signal } = context;
  // Where the store sweeps what an interrupted command leaves.
  const scratch = path.join(dataDir, dataPaths.staging, `${process.pid}-${randomUUID()}`);
  try {
    await makeFolder(scratch);
    const chosen = await output.during('Looking up versions', () =>
      plugins.length > 0 ? chooseNamed(plugins, context) : chooseLocked(context),
    );
    const roots = await rootsOf(chosen, context);
    const files = await output.during('Fetching', () => collectFiles(chosen, { scratch, roots }, context));
    const content = { plugins: chosen.map(({ plugin }) => plugin), registries: [...roots.keys()], files };
    const written = await output.during('Writing', () => writeBundle(path.resolve(cwd, out), content, signal));
    const registries = Array.from(roots, ([url, fingerprint]) => ({ url, fingerprint }));
    const npmPackages = files.filter(({ path: name }) => name.startsWith('npm/')).length;
    return { file: out, ...written, plugins: content.plugins, registries, npmPackages };
  } finally {
    await removeFolder(scratch);
  }
}

/** What each registry is trusted by here, in the order of their URLs. @throws BUNDLE_REGISTRY_UNSIGNED */
async function rootsOf(
  chosen: readonly Chosen[],
  { dataDir }: Pick<Context, 'dataDir'>,
): Promise<ReadonlyMap<string, string>> {
  const urls = new Set(chosen.flatMap(({ plugin: { registry } }) => (registry === undefined ? [] : [registry])));
  const roots = new Map<string, string>();
  for (const registry of [...urls].toSorted((a, b) => (a < b ? -1 : 1))) {
    const fingerprint = trustedRoot(path.join(dataDir, dataPaths.trust), registry);
    if (fingerprint === undefined) throw new ArError('BUNDLE_REGISTRY_UNSIGNED', { registry });
    roots.set(registry, fingerprint);
  }
  return roots;
}

interface CollectPlaces {
  readonly scratch: string;
  readonly roots: ReadonlyMap<string, string>;
}

async function collectFiles(
  chosen: readonly Chosen[],
  places: CollectPlaces,
  context: Context,
): Promise<readonly ReadyFile[]> {
  const { scratch } = places;
  const asked = chosen.flatMap(({ plugin }) => (plugin.source === 'registry' ? [plugin] : []));
  const { files, dependent } = await collectServed(asked, places, context);
  const ready: ReadyFile[] = [];
  const all = [...dependent];
  for (const one of chosen) {
    if (!one.archive) continue;
    ready.push(await readyArchive(one.plugin, one.archive, scratch));
    all.push(...(await dependentOf(one.plugin, one.archive)));
  }
  const npm = await collectTarballs(all, { folder: path.join(scratch, 'npm'), signal: context.signal });
  return [...files, ...ready, ...npm];
}

type Archive = NonNullable<Chosen['archive']>;

async function readyArchive(
  { name, version }: BundledPlugin,
  { integrity, bytes }: Archive,
  scratch: string,
): Promise<ReadyFile> {
  const digest = toHex(integrity);
  const from = path.join(scratch, digest);
  await writeFile(from, bytes).catch((error: unknown) => {
    throw translateFileError(error, from);
  });
  return {
    from,
    size: bytes.length,
    integrity,
    pin: integrity,
    path: pinnedPathOf('archives', `${name}-${version}`, digest),
  };
}

async function dependentOf({ name, version }: BundledPlugin, { bytes }: Archive): Promise<readonly DependentPlugin[]> {
  const archive = { bytes, label: `${name}@${version}` };
  const { manifest } = parseManifest((await readArchive(archive)).manifestText, MANIFEST_FILE);
  return manifest ? dependentIn(archive, { manifest }) : [];
}
