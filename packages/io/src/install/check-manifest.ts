import { ArError } from '@ar-registry/core/errors';
import { isError, toFindingDocument } from '@ar-registry/core/findings';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import type { NormalizedManifest } from '@ar-registry/schemas';

/**
 * The manifest of a plugin that no registry has checked.
 *
 * @param text attacker-controlled
 * @param label how the user named the plugin
 * @throws SPEC_INVALID with its first error
 */
export function checkedManifest(text: string, label: string): NormalizedManifest {
  const { manifest, findings } = parseManifest(text, MANIFEST_FILE);
  if (manifest) return manifest;
  const first = findings.find(isError);
  const found = first && toFindingDocument(first);
  const problem = found ? `${MANIFEST_FILE}:${found.line ?? 1}: ${found.message.replace(/\.$/, '')}` : 'no manifest';
  throw new ArError('SPEC_INVALID', { spec: label, problem });
}
