/** The keys of a registry as a plain table, read out of its metadata and changed as data. */
import { delegatedSigners, toTrustKey, keyIdOf, type RoleKeys, type TrustCrypto } from '@ar-registry/core/trust';
import { ArError } from '@ar-registry/core/errors';
import type { TrustFolder } from '@ar-registry/io/trust';
import type { TrustKeys, TrustRole } from '@ar-registry/schemas';

export const ROLES = ['root', 'targets', 'bins', 'snapshot', 'timestamp', 'log'] as const;
export type RoleName = (typeof ROLES)[number];

/** Who may sign what: public keys in hexadecimal. `log` has none where the registry keeps no log. */
export type KeySet = Readonly<Record<RoleName, RoleKeys>>;

/** The keys that count now. */
export function keySetOf({ root, targets }: Pick<TrustFolder, 'root' | 'targets'>): KeySet {
  const { keys, roles, log } = root.signed;
  const bins = delegatedSigners(targets);
  return {
    root: toRoleKeys(roles.root, keys),
    targets: toRoleKeys(roles.targets, keys),
    bins: toRoleKeys(bins, bins.keys),
    snapshot: toRoleKeys(roles.snapshot, keys),
    timestamp: toRoleKeys(roles.timestamp, keys),
    log: log ? { keys: [log.public], threshold: 1 } : { keys: [], threshold: 0 },
  };
}

/** `role` with `added` in place of `removed`, or besides the others where nothing is removed. */
export function replaceKey(
  set: KeySet,
  role: RoleName,
  { removed, added }: { readonly removed: string | undefined; readonly added: string },
): KeySet {
  const { keys, threshold } = set[role];
  const next = { keys: [...keys.filter((key) => key !== removed), added], threshold: Math.max(threshold, 1) };
  return { ...set, [role]: next };
}

/** The set without a key, in whatever roles it is. @throws KEY_UNKNOWN, SIGNING_KEYS_MISSING for a role too small then */
export function removeKey(set: KeySet, key: string): KeySet {
  if (ROLES.every((role) => !set[role].keys.includes(key))) throw new ArError('KEY_UNKNOWN', { key });
  const entries = ROLES.map((role) => {
    const { keys, threshold } = set[role];
    const left = keys.filter((candidate) => candidate !== key);
    if (left.length < threshold) throw new ArError('SIGNING_KEYS_MISSING', { role, present: left.length, threshold });
    return [role, { keys: left, threshold }] as const;
  });
  return Object.fromEntries(entries) as unknown as KeySet;
}

/** The public key of an id, or of its beginning. @throws KEY_UNKNOWN also where several begin so */
export function findKey(set: KeySet, id: string, crypto: TrustCrypto): string {
  const all = new Set(ROLES.flatMap((role) => set[role].keys));
  const found = [...all].filter((key) => idOf(key, crypto).startsWith(id));
  const [key] = found;
  if (key === undefined || found.length > 1 || id.length < 8) throw new ArError('KEY_UNKNOWN', { key: id });
  return key;
}

/** The id of a public key in hexadecimal. */
export function idOf(publicKey: string, crypto: TrustCrypto): string {
  return keyIdOf(toTrustKey(publicKey), crypto);
}

/** Whether both hold the same keys with the same thresholds. */
export function sameKeys(a: RoleKeys, b: RoleKeys): boolean {
  return a.threshold === b.threshold && a.keys.toSorted().join() === b.keys.toSorted().join();
}

function toRoleKeys({ keyids, threshold }: TrustRole, keys: TrustKeys): RoleKeys {
  return { keys: keyids.flatMap((id) => keys[id]?.keyval.public ?? []), threshold };
}
