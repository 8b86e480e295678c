/** From documents to signed files: only what changed, or is near its end, is made anew. */
import {
  assembleBin,
  assembleSnapshot,
  assembleTimestamp,
  divideIntoBins,
  isDue,
  nextVersion,
  parseMetadata,
  type Metadata,
  type MetadataKind,
  type TrustCrypto,
  type TrustSettings,
} from '@ar-registry/core/trust';
import { toMetadataBytes, signersFor, type Signer, type TrustFolder } from '@ar-registry/io/trust';
import type { TrustMetaFile, TrustTargetFile } from '@ar-registry/schemas';
import { keySetOf, type KeySet } from '../keys/index.ts';
import { signWhole } from '../keys/change-keys.ts';
import { isSignedBy, type Previous } from './read-previous.ts';

export interface MakePorts {
  readonly trust: TrustFolder;
  readonly signers: readonly Signer[];
  readonly settings: TrustSettings;
  readonly crypto: TrustCrypto;
  readonly nowMs: number;
  readonly previous: Previous;
}

/** A file of the metadata, and whether it was made now. */
export interface Made<Kind extends MetadataKind> {
  readonly metadata: Metadata<Kind>;
  readonly isNew: boolean;
}

export type MadeBin = Made<'targets'> & { readonly name: string };

/** All bins, in order. @throws SIGNING_KEYS_MISSING if one must be made */
export async function makeBins(
  documents: ReadonlyMap<string, TrustTargetFile>,
  ports: MakePorts,
): Promise<readonly MadeBin[]> {
  const made = [];
  for (const [name, part] of divideIntoBins(documents, ports.trust.targets, ports.crypto))
    made.push(await makeBin(name, part, ports));
  return made;
}

/** The one bin of this name. @throws SIGNING_KEYS_MISSING if it must be made */
export async function makeBin(
  name: string,
  part: ReadonlyMap<string, TrustTargetFile>,
  ports: MakePorts,
): Promise<MadeBin> {
  const { previous, settings, nowMs } = ports;
  const before = await previous.bin(name);
  if (before && isSame(before, part) && !isDue(before, { nowMs, expiryMs: settings.expiryMs.bins }))
    return { name, metadata: before, isNew: false };
  const last = previous.snapshot?.signed.meta[`${name}.json`]?.version;
  const signed = assembleBin(part, { version: nextVersion(last, nowMs), expiresMs: nowMs + settings.expiryMs.bins });
  const file = `${signed.version}.${name}.json`;
  return { name, metadata: await sign('targets', { signed, file, role: 'bins' }, ports), isNew: true };
}

/** @param meta by the name of the file, without its number */
export async function makeSnapshot(
  meta: Readonly<Record<string, TrustMetaFile>>,
  ports: MakePorts,
): Promise<Made<'snapshot'>> {
  const { previous, trust, settings, nowMs, crypto } = ports;
  const before = previous.snapshot;
  // What was listed once stays listed, also after the number of bins has changed.
  const all = { ...before?.signed.meta, ...meta };
  const term = { version: nextVersion(before?.signed.version, nowMs), expiresMs: nowMs + settings.expiryMs.snapshot };
  const signed = assembleSnapshot(all, term);
  const isKept =
    before &&
    JSON.stringify(before.signed.meta) === JSON.stringify(signed.meta) &&
    isSignedBy(before, { root: trust.root, role: 'snapshot' }, crypto) &&
    !isDue(before, { nowMs, expiryMs: settings.expiryMs.snapshot });
  if (isKept) return { metadata: before, isNew: false };
  const file = `${signed.version}.snapshot.json`;
  return { metadata: await sign('snapshot', { signed, file, role: 'snapshot' }, ports), isNew: true };
}

/** @throws SIGNING_KEYS_MISSING if it must be made */
export async function makeTimestamp(snapshot: Metadata<'snapshot'>, ports: MakePorts): Promise<Made<'timestamp'>> {
  const { previous, trust, settings, nowMs, crypto } = ports;
  const before = previous.timestamp;
  const meta = toMetaFile(snapshot, crypto);
  const isKept =
    before &&
    JSON.stringify(before.signed.meta['snapshot.json']) === JSON.stringify(meta) &&
    isSignedBy(before, { root: trust.root, role: 'timestamp' }, crypto) &&
    !isDue(before, { nowMs, expiryMs: settings.expiryMs.timestamp });
  if (isKept) return { metadata: before, isNew: false };
  const term = { version: nextVersion(before?.signed.version, nowMs), expiresMs: nowMs + settings.expiryMs.timestamp };
  const signed = assembleTimestamp(meta, term);
  return {
    metadata: await sign('timestamp', { signed, file: 'timestamp.json', role: 'timestamp' }, ports),
    isNew: true,
  };
}

/** Version, length and hash. */
export function toMetaFile({ signed, bytes }: Metadata<MetadataKind>, crypto: TrustCrypto): TrustMetaFile {
  return { version: signed.version, length: bytes.length, hashes: { sha256: crypto.sha256(bytes) } };
}

function isSame({ signed }: Metadata<'targets'>, documents: ReadonlyMap<string, TrustTargetFile>): boolean {
  const names = Object.keys(signed.targets);
  return (
    names.length === documents.size &&
    names.every((name) => {
      const [old, now] = [signed.targets[name], documents.get(name)];
      return old?.length === now?.length && old?.hashes.sha256 === now?.hashes.sha256;
    })
  );
}

/** Signs and reads it back, so that nothing is published that a client could not read. */
async function sign<Kind extends 'targets' | 'snapshot' | 'timestamp'>(
  kind: Kind,
  {
    signed,
    file,
    role,
  }: { readonly signed: Metadata<Kind>['signed']; readonly file: string; readonly role: keyof KeySet },
  { trust, signers, crypto }: MakePorts,
): Promise<Metadata<Kind>> {
  const keys = keySetOf(trust)[role];
  const document = await signWhole(role, { signed, role: keys, signers: signersFor(keys.keys, signers) }, crypto);
  return parseMetadata(kind, file, toMetadataBytes(document));
}
