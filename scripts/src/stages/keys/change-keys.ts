/**
 * Changes of keys: a new root that says who may sign from now on, signed by those who could before and by those who
 * can now. The old files stay: a client that comes after years follows them one by one.
 *
 * @source TUF specification 1.0.33 §6.1
 */
import { ArError } from '@ar-registry/core/errors';
import {
  assembleRoot,
  assembleTargets,
  bitLengthFor,
  countSigners,
  delegatedSigners,
  type LogDeclaration,
  type Metadata,
  type TrustCrypto,
  type TrustSettings,
} from '@ar-registry/core/trust';
import { signMetadata, signersFor, writeTrustFile, type Signer, type TrustFolder } from '@ar-registry/io/trust';
import { keySetOf, sameKeys, type KeySet } from './key-set.ts';

export interface ChangePorts {
  readonly folder: string;
  readonly signers: readonly Signer[];
  readonly settings: TrustSettings;
  /** How many the registry has: the bins go by that where the settings say nothing, and never become fewer. None unless given. */
  readonly plugins?: number | undefined;
  readonly crypto: TrustCrypto;
  readonly nowMs: number;
}

export interface KeyChange {
  readonly next: KeySet;
  /** Write all of it, with new ends, whether or not it differs. */
  readonly renew?: boolean;
}

/**
 * Writes what differs between the keys that count and `next`, or nothing where not all of it can be signed.
 *
 * A root that has not got all its signatures is written nevertheless, for other holders of keys to endorse. Targets
 * are written only whole: nobody else could mend them.
 *
 * @throws SIGNING_KEYS_MISSING, TRUST_FOLDER_INVALID for a root that still waits for signatures, DISK_FULL, FILE_ACCESS
 */
export async function changeKeys(current: TrustFolder, change: KeyChange, ports: ChangePorts): Promise<void> {
  assertChangeable(current, change, { folder: ports.folder, atHand: ports.signers.map(({ publicKey }) => publicKey) });
  const { targets, root } = whatChanges(current, change);
  // Clients take targets only from whom the root names: both go together.
  if (targets) await writeTargets(current, change.next, ports);
  if (root) await writeRoot(current, change.next, ports);
}

/**
 * Asked before a key is made as well: one of no use would stand in the way of the next try.
 *
 * @param atHand public keys, with those that are still to be made as they are called in `change.next`
 * @throws TRUST_FOLDER_INVALID for a root that still waits for signatures, SIGNING_KEYS_MISSING
 */
export function assertChangeable(
  current: TrustFolder,
  change: KeyChange,
  { folder, atHand }: { readonly folder: string; readonly atHand: readonly string[] },
): void {
  const problem = 'its newest root waits for signatures: endorse it first, or delete it';
  if (current.pending) throw new ArError('TRUST_FOLDER_INVALID', { folder, problem });
  const present = (keys: readonly string[]): number => keys.filter((key) => atHand.includes(key)).length;
  const changes = whatChanges(current, change);
  const { root, targets } = change.next;
  if (changes.targets && present(targets.keys) < targets.threshold)
    throw signersMissing('targets', present(targets.keys), targets.threshold);
  if (changes.root && present([...rootKeys(current.root), ...root.keys]) === 0)
    throw signersMissing('root', 0, current.root.signed.roles.root.threshold);
}

function whatChanges(
  current: TrustFolder,
  { next, renew = false }: KeyChange,
): { readonly targets: boolean; readonly root: boolean } {
  const before = keySetOf(current);
  const changes = (role: keyof KeySet): boolean => renew || !sameKeys(before[role], next[role]);
  return {
    targets: changes('bins') || changes('targets'),
    root: (['root', 'targets', 'snapshot', 'timestamp', 'log'] as const).some(changes),
  };
}

function signersMissing(role: string, present: number, threshold: number): ArError {
  return new ArError('SIGNING_KEYS_MISSING', { role, present, threshold });
}

/** Adds the signatures of the keys at hand to the root that waits for them. @throws SIGNING_KEYS_MISSING without any */
export async function endorse({ root, pending }: TrustFolder, ports: ChangePorts): Promise<void> {
  if (!pending) return;
  const present = signersFor([...rootKeys(root), ...rootKeys(pending)], ports.signers);
  if (present.length === 0) throw signersMissing('root', 0, pending.signed.roles.root.threshold);
  const added = await signMetadata(pending.signed, present, ports.crypto);
  const ids = new Set(added.map(({ keyid }) => keyid));
  const signatures = [...pending.signatures.filter(({ keyid }) => !ids.has(keyid)), ...added];
  await writeTrustFile(ports.folder, 'root', { signed: pending.signed, signatures });
}

/** How many signatures `pending` lacks, of the keys before or of its own. */
export function missingSignatures({ root, pending }: TrustFolder, crypto: TrustCrypto): number {
  if (!pending) return 0;
  const lacking = [root, pending].map(({ signed }) => {
    const signers = { ...signed.roles.root, name: 'root', keys: signed.keys };
    return signers.threshold - countSigners(pending, signers, crypto);
  });
  return Math.max(0, ...lacking);
}

async function writeRoot({ root }: TrustFolder, next: KeySet, ports: ChangePorts): Promise<void> {
  const { settings, crypto, nowMs, signers, folder } = ports;
  const signed = assembleRoot(
    {
      roles: next,
      development: root.signed.development ?? false,
      log: logOf(root, next, settings),
      version: root.signed.version + 1,
      expiresMs: nowMs + settings.expiryMs.root,
    },
    crypto,
  );
  const present = signersFor([...rootKeys(root), ...next.root.keys], signers);
  const signatures = await signMetadata(signed, present, crypto);
  await writeTrustFile(folder, 'root', { signed, signatures: [...signatures] });
}

/** A log keeps its name for ever: another name would be another log. */
function logOf({ signed }: Metadata<'root'>, { log }: KeySet, settings: TrustSettings): LogDeclaration | undefined {
  const [key] = log.keys;
  const origin = signed.log?.origin ?? settings.logOrigin;
  return key === undefined || origin === undefined ? undefined : { origin, public: key };
}

async function writeTargets({ targets }: TrustFolder, next: KeySet, ports: ChangePorts): Promise<void> {
  const { settings, plugins = 0, crypto, nowMs, signers, folder } = ports;
  const { bitLength = bitLengthFor(plugins) } = settings;
  const signed = assembleTargets(
    {
      bins: next.bins,
      bitLength: Math.max(bitLength, delegatedSigners(targets).bit_length),
      version: targets.signed.version + 1,
      expiresMs: nowMs + settings.expiryMs.targets,
    },
    crypto,
  );
  await writeTrustFile(folder, 'targets', await signWhole('targets', { signed, role: next.targets, signers }, crypto));
}

/** @throws SIGNING_KEYS_MISSING */
export async function signWhole<Signed extends object>(
  role: string,
  {
    signed,
    role: { keys, threshold },
    signers,
  }: { readonly signed: Signed; readonly role: KeySet['root']; readonly signers: readonly Signer[] },
  crypto: TrustCrypto,
) {
  const present = signersFor(keys, signers);
  if (present.length < threshold) throw signersMissing(role, present.length, threshold);
  return { signed, signatures: [...(await signMetadata(signed, present, crypto))] };
}

function rootKeys({ signed }: Metadata<'root'>): readonly string[] {
  return signed.roles.root.keyids.flatMap((id) => signed.keys[id]?.keyval.public ?? []);
}
