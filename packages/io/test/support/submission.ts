import fs from 'node:fs';
import path from 'node:path';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { packFolder } from '@ar-registry/io/archive';
import type { Submission } from '@ar-registry/io/publish';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { SAMPLE_FILES, SAMPLE_MANIFEST, writeTree } from '@ar-registry/testing/archives';

const SUBMITTED_AT = new Date('2026-01-02T03:04:05.678Z');

/** The sample plugin, packed in a new folder of `dir`, as ada submits it. */
export async function sampleSubmission(dir: string, manifest: Partial<NormalizedManifest> = {}): Promise<Submission> {
  const full = { ...SAMPLE_MANIFEST, ...manifest } as NormalizedManifest;
  const folder = fs.mkdtempSync(path.join(dir, 'plugin-'));
  await writeTree(folder, SAMPLE_FILES);
  const archive = await packFolder(folder, { manifest: full, manifestText: stringifyRecord(full), files: undefined });
  return { manifest: full, archive, publisher: { login: 'ada', id: 1 }, now: SUBMITTED_AT };
}
