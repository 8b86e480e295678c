/**
 * What was signed last: what has not changed since then is kept as it is, and versions go on from it. It may come from
 * the server that serves the registry, which is not trusted: what is not signed by us counts as absent, and an old
 * state only costs new files.
 */
import { isArError } from '@ar-registry/core/errors';
import {
  assertSigned,
  parseMetadata,
  verifyBin,
  type Metadata,
  type MetadataKind,
  type TrustCrypto,
} from '@ar-registry/core/trust';
import type { TrustFolder } from '@ar-registry/io/trust';

export interface Previous {
  readonly timestamp?: Metadata<'timestamp'> | undefined;
  readonly snapshot?: Metadata<'snapshot'> | undefined;
  /** The bin of this name, as the snapshot has it and as today's keys sign it. */
  bin(name: string): Promise<Metadata<'targets'> | undefined>;
}

/** A file of the metadata by its name, or `undefined`. */
export type ReadFile = (name: string) => Promise<Uint8Array | undefined>;

export async function readPrevious(read: ReadFile, trust: TrustFolder, crypto: TrustCrypto): Promise<Previous> {
  const timestamp = await readSigned('timestamp', 'timestamp.json', { read, trust, crypto });
  const version = timestamp?.signed.meta['snapshot.json'].version;
  const snapshot =
    version === undefined
      ? undefined
      : await readSigned('snapshot', `${version}.snapshot.json`, { read, trust, crypto });
  return {
    timestamp,
    snapshot,
    bin: async (name) => {
      const meta = snapshot?.signed.meta[`${name}.json`];
      const bytes = meta && (await read(`${meta.version}.${name}.json`));
      if (!snapshot || !bytes) return undefined;
      return unlessRefused(() => verifyBin(bytes, { targets: trust.targets, snapshot, name }, crypto));
    },
  };
}

/** Signed by any root that ever counted: versions go on also where the keys of the last state are gone. */
async function readSigned<Kind extends 'timestamp' | 'snapshot'>(
  kind: Kind,
  file: string,
  { read, trust, crypto }: { readonly read: ReadFile; readonly trust: TrustFolder; readonly crypto: TrustCrypto },
): Promise<Metadata<Kind> | undefined> {
  const bytes = await read(file);
  if (!bytes) return undefined;
  const metadata = unlessRefused(() => parseMetadata(kind, file, bytes));
  return metadata && trust.roots.some((root) => isSignedBy(metadata, { root, role: kind }, crypto))
    ? metadata
    : undefined;
}

/** Whether this root lets the metadata pass. */
export function isSignedBy(
  metadata: Metadata<MetadataKind>,
  { root, role }: { readonly root: Metadata<'root'>; readonly role: 'timestamp' | 'snapshot' | 'targets' },
  crypto: TrustCrypto,
): boolean {
  const signers = { ...root.signed.roles[role], name: role, keys: root.signed.keys };
  return unlessRefused(() => assertSigned(metadata, signers, crypto) ?? true) ?? false;
}

function unlessRefused<T>(check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (isArError(error) && error.exit === 3) return undefined;
    throw error;
  }
}
