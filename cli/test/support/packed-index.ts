import { mkdtempDisposable } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { archiveStorePath } from '@ar-registry/core/archive';
import { indexPaths } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { packFolder } from '@ar-registry/io/archive';
import type { NormalizedManifest, PluginName, Version, VersionRecord } from '@ar-registry/schemas';
import { SAMPLE_FILES, SAMPLE_MANIFEST, writeTree } from '@ar-registry/testing/archives';
import { testIndex } from '@ar-registry/testing/registry';

const ADA = { login: 'ada', id: 1 };

/** What differs from the sample. */
export interface PackedParts {
  readonly manifest?: Partial<NormalizedManifest>;
  /** Path in the package → text. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The files of an index with one plugin of Ada, in versions that are really packed. */
export async function packedIndex(
  name: PluginName,
  versions: readonly Version[],
  parts: PackedParts = {},
): Promise<ReadonlyMap<string, Uint8Array | string>> {
  const plugin = testIndex().plugin(name, { record: { owners: [ADA] } });
  const described = versions.reduce((index, version) => index.version(version), plugin);
  const packed = await Promise.all(versions.map((version) => packVersion(name, version, parts)));
  return new Map<string, Uint8Array | string>([...described.files(), ...packed.flat()]);
}

async function packVersion(
  name: PluginName,
  version: Version,
  { manifest: more, files }: PackedParts,
): Promise<readonly [string, Uint8Array | string][]> {
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'ar-pack-'));
  const manifestText = stringifyRecord({ ...SAMPLE_MANIFEST, ...more, name, version });
  const { manifest } = parseManifest(manifestText, 'ar-plugin.yaml');
  if (!manifest) throw new Error(manifestText);
  await writeTree(folder.path, { ...SAMPLE_FILES, 'ar-plugin.yaml': manifestText, ...files });
  const { bytes, ...dist } = await packFolder(folder.path, { manifestText, manifest, files: undefined });
  const record: VersionRecord = {
    schemaVersion: 1,
    manifest,
    dist: { tarball: `store:${dist.integrity}`, ...dist, files: [...dist.files] },
    publishedAt: '2026-01-01T00:00:00Z',
    publishedBy: ADA,
  };
  return [
    [indexPaths.version(name, version), stringifyRecord(record)],
    [`store/${archiveStorePath(dist.integrity)}`, bytes],
  ];
}
