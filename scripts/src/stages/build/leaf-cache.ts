/**
 * What the latest archive of each plugin gave at the build before: opening a hundred thousand archives and rendering
 * their READMEs again, to write what is there already, would be most of a build.
 *
 * It lies in the output folder, and counts only where the files that it speaks of are still what they were. A build
 * without it writes the same bytes.
 */
import { createHash } from 'node:crypto';
import type { PluginName } from '@ar-registry/schemas';
import type { OutputWriter } from './output-files.ts';

/** Files that were made of one archive, by path. */
export type Leaves = ReadonlyMap<string, Uint8Array>;

export interface LeafCache {
  /** @param key of all that the leaves depend on. @returns undefined where they must be made anew */
  take(name: PluginName, key: string): Promise<Leaves | undefined>;
  put(name: PluginName, key: string, leaves: Leaves): void;
  /** What is known of each plugin now. */
  readonly entries: ReadonlyMap<PluginName, LeafEntry>;
}

/** Of one plugin: the key, the paths, and the digest of the files. */
export type LeafEntry = readonly [key: string, paths: readonly string[], digest: string];

const FILE = '.ar-leaves.json';

/** What is known from the build before. @throws FILE_ACCESS */
export async function readLeafEntries(out: Pick<OutputWriter, 'read'>): Promise<ReadonlyMap<PluginName, LeafEntry>> {
  return parseEntries(await out.read(FILE));
}

/** @param entries of all plugins. @throws FILE_ACCESS, DISK_FULL */
export async function keepLeafEntries(
  out: Pick<OutputWriter, 'keepNote'>,
  entries: ReadonlyMap<PluginName, LeafEntry>,
): Promise<void> {
  const sorted = Object.fromEntries([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  await out.keepNote(FILE, `${JSON.stringify({ schemaVersion: 1, entries: sorted })}\n`);
}

/** @param before what is known from the build before */
export function leafCache(before: ReadonlyMap<PluginName, LeafEntry>, out: Pick<OutputWriter, 'read'>): LeafCache {
  const now = new Map<PluginName, LeafEntry>();
  return {
    entries: now,
    take: async (name, key) => {
      const entry = before.get(name);
      if (!entry || entry[0] !== key) return undefined;
      const leaves = new Map<string, Uint8Array>();
      for (const path of entry[1]) {
        const bytes = await out.read(path);
        if (!bytes) return undefined;
        leaves.set(path, bytes);
      }
      if (digestOf(leaves) !== entry[2]) return undefined;
      now.set(name, entry);
      return leaves;
    },
    put: (name, key, leaves) => void now.set(name, [key, [...leaves.keys()], digestOf(leaves)]),
  };
}

/** A key of text, short: there is one for each plugin. */
export function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 24);
}

function digestOf(leaves: Leaves): string {
  const hash = createHash('sha256');
  for (const [path, bytes] of leaves) hash.update(`${path}\n${bytes.length}\n`).update(bytes);
  return hash.digest('base64url').slice(0, 24);
}

/** A damaged file is none. */
function parseEntries(bytes: Uint8Array | undefined): ReadonlyMap<string, LeafEntry> {
  try {
    const value: unknown = bytes && JSON.parse(new TextDecoder().decode(bytes));
    const entries = (value as { readonly entries?: object } | undefined)?.entries ?? {};
    return new Map(Object.entries(entries).filter((pair): pair is [string, LeafEntry] => isEntry(pair[1])));
  } catch {
    return new Map(); // no JSON
  }
}

function isEntry(value: unknown): value is LeafEntry {
  return (
    Array.isArray(value) &&
    typeof value[0] === 'string' &&
    Array.isArray(value[1]) &&
    value[1].every((path) => typeof path === 'string' && path.startsWith('api/') && !path.includes('..')) &&
    typeof value[2] === 'string'
  );
}
