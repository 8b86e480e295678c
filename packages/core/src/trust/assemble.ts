/**
 * The other side: what a registry has to sign. Pure, so that equal documents at an equal time give equal bytes.
 *
 * Versions of everything but root and targets are seconds since 1970, or one more than the last: whoever lost the
 * files of the last state still signs a newer one, and nobody has to be told to forget what he saw.
 *
 * @source TUF specification 1.0.33 §4, §6
 */
import type { TrustKeys, TrustMetaFile, TrustRole, TrustTargetFile } from '@ar-registry/schemas';
import { BIN_PREFIX, binNames, binOf, delegatedSigners } from './bins.ts';
import type { Metadata, MetadataByKind, MetadataKind } from './metadata.ts';
import type { TrustCrypto } from './ports.ts';
import { keyIdOf, toTrustKey } from './signatures.ts';

type Signed<Kind extends MetadataKind> = MetadataByKind[Kind]['signed'];

/** Public keys in hexadecimal, and how many of them must sign. */
export interface RoleKeys {
  readonly keys: readonly string[];
  readonly threshold: number;
}

/** `version`, and until when it counts. */
export interface Term {
  readonly version: number;
  readonly expiresMs: number;
}

/** What the root says of each role. */
export type RootRoles = Readonly<Record<'root' | 'targets' | 'snapshot' | 'timestamp', RoleKeys>>;

/** Whose log of decisions is the registry's, as the root says it. `public`: ed25519, in hexadecimal. */
export type LogDeclaration = NonNullable<Signed<'root'>['log']>;

export interface RootPlan extends Term {
  readonly roles: RootRoles;
  /** The keys are nobody's secret. */
  readonly development: boolean;
  readonly log?: LogDeclaration | undefined;
}

export function assembleRoot({ roles, development, log, ...term }: RootPlan, crypto: TrustCrypto): Signed<'root'> {
  return {
    ...toHeader('root', term),
    consistent_snapshot: true,
    ...(development ? { development } : {}),
    ...(log ? { log } : {}),
    keys: toKeys(Object.values(roles), crypto),
    roles: {
      root: toRole(roles.root, crypto),
      targets: toRole(roles.targets, crypto),
      snapshot: toRole(roles.snapshot, crypto),
      timestamp: toRole(roles.timestamp, crypto),
    },
  };
}

/** The top of the targets: who signs the bins, and how many there are. */
export function assembleTargets(
  { bins, bitLength, ...term }: Term & { readonly bins: RoleKeys; readonly bitLength: number },
  crypto: TrustCrypto,
): Signed<'targets'> {
  const succinct = { ...toRole(bins, crypto), bit_length: bitLength, name_prefix: BIN_PREFIX };
  return {
    ...toHeader('targets', term),
    targets: {},
    delegations: { keys: toKeys([bins], crypto), succinct_roles: succinct },
  };
}

/** @param documents their paths are those of the bin */
export function assembleBin(documents: ReadonlyMap<string, TrustTargetFile>, term: Term): Signed<'targets'> {
  const sorted = [...documents].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...toHeader('targets', term), targets: Object.fromEntries(sorted) };
}

/** Documents by the name of their bin, with an entry for each bin. */
export function divideIntoBins(
  documents: ReadonlyMap<string, TrustTargetFile>,
  targets: Metadata<'targets'>,
  crypto: TrustCrypto,
): ReadonlyMap<string, ReadonlyMap<string, TrustTargetFile>> {
  const bins = delegatedSigners(targets);
  const parts = new Map(binNames(bins).map((name) => [name, new Map<string, TrustTargetFile>()]));
  for (const [path, target] of documents) parts.get(binOf(path, bins, crypto))?.set(path, target);
  return parts;
}

/** @param meta by role. A role once listed stays listed: clients refuse a snapshot that drops one (§5.5.5). */
export function assembleSnapshot(meta: Readonly<Record<string, TrustMetaFile>>, term: Term): Signed<'snapshot'> {
  const sorted = Object.entries(meta).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...toHeader('snapshot', term), meta: Object.fromEntries(sorted) };
}

export function assembleTimestamp(snapshot: TrustMetaFile, term: Term): Signed<'timestamp'> {
  return { ...toHeader('timestamp', term), meta: { 'snapshot.json': snapshot } };
}

/** The version that comes after `previous` at this time. */
export function nextVersion(previous: number | undefined, nowMs: number): number {
  return Math.max(Math.floor(nowMs / 1000), (previous ?? 0) + 1);
}

/** Whether a file is to be made anew before it expires: after two thirds of its time. */
export function isDue(
  { signed }: { readonly signed: Pick<Signed<MetadataKind>, 'expires'> },
  { nowMs, expiryMs }: { readonly nowMs: number; readonly expiryMs: number },
): boolean {
  return Date.parse(signed.expires) - nowMs < expiryMs / 3;
}

const SPEC_VERSION = '1.0.31';

function toHeader<Kind extends MetadataKind>(kind: Kind, { version, expiresMs }: Term) {
  const expires = `${new Date(expiresMs).toISOString().slice(0, 19)}Z`;
  return { _type: kind, spec_version: SPEC_VERSION, version, expires };
}

function toKeys(roles: readonly RoleKeys[], crypto: TrustCrypto): TrustKeys {
  const keys = roles.flatMap((role) => role.keys.map(toTrustKey));
  return Object.fromEntries(
    keys.map((key) => [keyIdOf(key, crypto), key] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function toRole({ keys, threshold }: RoleKeys, crypto: TrustCrypto): TrustRole {
  return { keyids: keys.map((key) => keyIdOf(toTrustKey(key), crypto)).toSorted(), threshold };
}
