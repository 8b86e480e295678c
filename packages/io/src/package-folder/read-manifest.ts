import { finding } from '@ar-registry/core/findings';
import { parseManifest, type ParsedManifest } from '@ar-registry/core/manifest';
import { YAML_LIMIT_BYTES } from '@ar-registry/core/yaml';
import { readRegularFile, withRegularFile } from '../digest/regular-file.ts';

export interface ReadManifest {
  /** Empty where the file is larger than what is read. */
  readonly text: string;
  readonly parsed: ParsedManifest;
}

/**
 * Reads and checks a manifest. A file beyond the limit is not read, but its size is told.
 *
 * @param name how the file is called in findings
 * @throws FILE_NOT_FOUND, FILE_ACCESS
 */
export async function readManifest(file: string, name: string): Promise<ReadManifest> {
  const sizeBytes = await withRegularFile(file, async (handle) => (await handle.stat()).size);
  if (sizeBytes > YAML_LIMIT_BYTES) {
    const facts = { sizeBytes, limitBytes: YAML_LIMIT_BYTES };
    return { text: '', parsed: { findings: [finding('YAML_TOO_LARGE', { file: name }, facts)] } };
  }
  // It may have grown since: one byte more than is accepted is enough to refuse it.
  const { bytes } = await readRegularFile(file, YAML_LIMIT_BYTES + 1);
  const text = bytes.toString('utf8');
  return { text, parsed: parseManifest(text, name) };
}
