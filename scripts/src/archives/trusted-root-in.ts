import { PROVENANCE_ROOT_FILE } from '@ar-registry/core/layout';
import type { TrustedRoot } from '@ar-registry/io/provenance';

/** Whose provenance counts in an index; undefined where it does not say, or not in a form that can be read. */
export async function trustedRootIn(files: ReadonlyMap<string, string>): Promise<TrustedRoot | undefined> {
  const text = files.get(PROVENANCE_ROOT_FILE);
  if (text === undefined) return undefined;
  const { readTrustedRoot } = await import('@ar-registry/io/provenance');
  return readTrustedRoot(text);
}
