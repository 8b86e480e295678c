import { ArError } from '@ar-registry/core/errors';
import type { TrustCrypto } from '@ar-registry/core/trust';
import { findOrMakeKey, type Signer, type TrustFolder } from '@ar-registry/io/trust';
import { assertChangeable, type ChangePorts, type KeyChange } from './change-keys.ts';
import { ROLES, findKey, idOf, keySetOf, removeKey, replaceKey, type KeySet } from './key-set.ts';

export interface KeyRequest {
  readonly action: 'rotate' | 'revoke' | 'renew';
  readonly role?: string | undefined;
  /** Id of the key to take away. */
  readonly key?: string | undefined;
  /** Where a new key goes; absolute. */
  readonly keysFolder: string | undefined;
}

export interface KeyPlan extends KeyChange {
  /** Keys that were made for it, or found where one would have been. */
  readonly made: readonly Signer[];
}

/** In place of a public key that nobody knows yet. */
const TO_BE_MADE = 'to be made';

/**
 * What the keys are to be. A new key is made here, before anything is changed, and only for a change that can be signed.
 *
 * @throws KEY_UNKNOWN, USAGE, KEY_EXISTS, KEY_UNUSABLE, TRUST_FOLDER_INVALID, SIGNING_KEYS_MISSING
 */
export async function planKeys(
  trust: TrustFolder,
  { action, role: given, key, keysFolder }: KeyRequest,
  { folder, signers, crypto }: Pick<ChangePorts, 'folder' | 'signers' | 'crypto'>,
): Promise<KeyPlan> {
  const set = keySetOf(trust);
  if (action === 'renew') return { next: set, renew: true, made: [] };
  const removed = key === undefined ? undefined : findKey(set, key, crypto);
  if (action === 'revoke') return planRevocation(set, removed);
  const role = ROLES.find((candidate) => candidate === given);
  if (!role) throw usage(`rotate needs --role, one of ${ROLES.join(', ')}.`);
  if (keysFolder === undefined) throw usage('rotate needs --keys, where to put the new key.');
  const old = removed ?? onlyKey(set, role);
  if (old !== undefined && !set[role].keys.includes(old)) throw new ArError('KEY_UNKNOWN', { key: key ?? '' });
  const nextWith = (added: string): KeySet => replaceKey(set, role, { removed: old, added });
  const atHand = [...signers.map(({ publicKey }) => publicKey), TO_BE_MADE];
  assertChangeable(trust, { next: nextWith(TO_BE_MADE) }, { folder, atHand });
  const made = await findOrMakeKey(keysFolder, nextKeyName(role, old, crypto));
  return { next: nextWith(made.publicKey), made: [made] };
}

function planRevocation(set: KeySet, removed: string | undefined): KeyPlan {
  if (removed === undefined) throw usage('revoke needs --key, the id of the key.');
  return { next: removeKey(set, removed), made: [] };
}

function nextKeyName(role: string, old: string | undefined, crypto: TrustCrypto): string {
  return old === undefined ? role : `${role}-${idOf(old, crypto).slice(0, 8)}-next`;
}

/** @returns undefined for a role that has none yet: a log can be begun at any time */
function onlyKey(set: KeySet, role: keyof KeySet): string | undefined {
  const [key, ...others] = set[role].keys;
  if (others.length > 0) throw usage(`${role} has several keys: name one with --key.`);
  return key;
}

function usage(problem: string): ArError {
  return new ArError('USAGE', { problem, help: 'ar-registry keys --help' });
}
