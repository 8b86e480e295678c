/** What registries served, as files of a bundle: recorded, and then used from the record alone. */
import path from 'node:path';
import { bundlePathOf } from '@ar-registry/core/bundle';
import { DEPENDENCY_LOCK_FILE, dataPaths } from '@ar-registry/core/layout';
import { toHex } from '@ar-registry/core/integrity';
import { readArchive } from '@ar-registry/io/archive';
import {
  askRegistry,
  askTiles,
  readRecorded,
  recordTo,
  type AskedPlugin,
  type AskedVersion,
  type DependentPlugin,
  type ReadyFile,
} from '@ar-registry/io/bundle';
import { createSeenStore, type SeenStore } from '@ar-registry/io/transparency';
import type { Context } from '../context.ts';
import { byRegistry } from './install-from.ts';
import { recording, replaying } from './transport.ts';

export interface Served {
  readonly files: readonly ReadyFile[];
  /** Those with npm dependencies. */
  readonly dependent: readonly DependentPlugin[];
}

export interface ServedPlaces {
  /** For what is recorded; absolute. */
  readonly scratch: string;
  /** Fingerprints, by URL of the registry. */
  readonly roots: ReadonlyMap<string, string>;
}

/** @throws what `askRegistry` throws */
export async function collectServed(
  plugins: readonly AskedPlugin[],
  { scratch, roots }: ServedPlaces,
  context: Context,
): Promise<Served> {
  const rehearsal = (name: string) => ({ trustFolder: path.join(scratch, name), roots });
  const recorded = await recordTo(path.join(scratch, 'served'));
  const online = context.through(recording(recorded, rehearsal('trust')));
  const seen = createSeenStore(path.join(context.dataDir, dataPaths.trust));
  await askAll(plugins, { context: online, seen });
  const used = new Set<string>();
  const dependent: DependentPlugin[] = [];
  const onVersion = async (version: AskedVersion): Promise<void> =>
    void dependent.push(...(await dependentOf(version)));
  const replay = replaying(readRecorded(recorded), (url) => used.add(url), rehearsal('replay'));
  await askAll(plugins, { context: context.through(replay), seen: NOTHING_SEEN, onVersion });
  const registries = [...roots.keys()];
  const files = [...used].flatMap((url): readonly ReadyFile[] => {
    const file = recorded.files.get(url);
    return file ? [{ ...file, url, path: bundlePathOf(url, registries, toHex(file.integrity)) }] : [];
  });
  return { files, dependent };
}

/** As for one who meets the registry by the bundle. */
const NOTHING_SEEN: SeenStore = { read: async () => undefined, keep: async () => undefined };

interface Asking {
  readonly context: Context;
  readonly seen: SeenStore;
  readonly onVersion?: (version: AskedVersion) => Promise<void>;
}

async function askAll(plugins: readonly AskedPlugin[], { context, seen, onVersion }: Asking): Promise<void> {
  const { signal } = context;
  for (const [client, own] of await byRegistry(plugins, context)) {
    const log = await askRegistry(own, { client, seen, signal }, onVersion);
    if (log.state === 'consistent') await askTiles(log.size, { client, signal });
  }
}

async function dependentOf({ document, archive }: AskedVersion): Promise<readonly DependentPlugin[]> {
  return dependentIn({ bytes: archive, label: `${document.name}@${document.version}` }, document);
}

/** Nothing for a plugin without npm dependencies. @throws ARCHIVE_INVALID */
export async function dependentIn(
  archive: { readonly bytes: Uint8Array; readonly label: string },
  { manifest }: Pick<AskedVersion['document'], 'manifest'>,
): Promise<readonly DependentPlugin[]> {
  if (Object.keys(manifest.dependencies).length === 0) return [];
  const { files } = await readArchive(archive);
  const lock = files.get(DEPENDENCY_LOCK_FILE)?.bytes ?? new Uint8Array();
  return [{ manifest, lockText: Buffer.from(lock).toString('utf8') }];
}
