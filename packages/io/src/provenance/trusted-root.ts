/**
 * Whose certificates and logs count for provenance: a file of the index, so that nobody is asked and a change of it is a
 * commit that people look at.
 */
import { TrustedRoot as Root } from '@sigstore/protobuf-specs';

export type TrustedRoot = Root;

/** @returns undefined for a text that is no trusted root */
export function readTrustedRoot(text: string): TrustedRoot | undefined {
  try {
    const root = Root.fromJSON(JSON.parse(text));
    return root.certificateAuthorities.length > 0 && root.tlogs.length > 0 ? root : undefined;
  } catch {
    return undefined; // no JSON, or not of that shape: the parser has no errors of its own
  }
}
