import type { ErrorEntries } from './entry.ts';

/** `file` is the name of a file of the metadata, as `timestamp.json`; `path` that of a document below `/api/v1/`. */
export interface TrustFacts {
  /** `problem` completes “the file …”. */
  TRUST_METADATA_INVALID: { file: string; problem: string };
  TRUST_METADATA_TOO_LARGE: { file: string; limitBytes: number };
  TRUST_METADATA_MISSING: { file: string };
  TRUST_SIGNATURES_MISSING: { file: string; role: string; valid: number; threshold: number };
  TRUST_ROLLBACK: { file: string; trusted: number; offered: number };
  TRUST_ROOT_CHAIN_BROKEN: { expected: number; found: number };
  TRUST_ROOT_CHAIN_ENDLESS: { limit: number };
  TRUST_EXPIRED: { file: string; expires: string };
  TRUST_MIXED: { file: string; expected: number; found: number };
  TRUST_ROLE_REMOVED: { file: string };
  TRUST_DELEGATION_REFUSED: { file: string; problem: string };
  TRUST_LENGTH_MISMATCH: { path: string; expected: number; actual: number };
  TRUST_HASH_MISMATCH: { path: string; expected: string; actual: string };
  TRUST_TARGET_UNKNOWN: { path: string };
  /** What signs, not what checks. `problem` is a sentence without its end. */
  TRUST_FOLDER_INVALID: { folder: string; problem: string };
  KEY_UNUSABLE: { key: string; problem: string };
  VERSION_REVOKED: {
    plugin: string;
    version: string;
    advisory: string;
    reason: string;
    affected: string;
    replacement?: string;
  };
  SIGNER_FAILED: { key: string; problem: string };
  KEY_EXISTS: { file: string };
  KEY_UNKNOWN: { key: string };
  SIGNING_KEYS_MISSING: { role: string; present: number; threshold: number };
}

const TELL_OPERATOR = 'Tell whoever runs the registry, and go on with what is installed until it is mended.';
const LATER = 'Try again in a few minutes; if it stays, tell whoever runs the registry.';

export const TRUST_ERRORS: ErrorEntries<TrustFacts> = {
  VERSION_REVOKED: {
    exit: 3,
    message: ({ plugin, version, advisory, reason, affected }) =>
      `${plugin}@${version} is revoked by ${advisory} (versions ${affected}): ${reason}`,
    remedy: ({ plugin, version, replacement }) => {
      const appeal = `if it is yours, appeal: ar plugin report ${plugin}@${version} --kind appeal`;
      return replacement === undefined
        ? `Move to another version (ar plugin install ${plugin}), or remove it (ar plugin remove ${plugin}); ${appeal}`
        : `Install what takes its place (ar plugin install ${replacement}); ${appeal}`;
    },
  },
  TRUST_METADATA_INVALID: {
    exit: 3,
    message: ({ file, problem }) => `The registry’s ${file} is not believed: it ${problem}.`,
    remedy: () => TELL_OPERATOR,
  },
  TRUST_METADATA_TOO_LARGE: {
    exit: 3,
    message: ({ file, limitBytes }) => `The registry’s ${file} is longer than ${limitBytes} bytes.`,
    remedy: () => TELL_OPERATOR,
  },
  TRUST_METADATA_MISSING: {
    exit: 3,
    message: ({ file }) => `The registry is signed, and does not have its ${file}.`,
    remedy: () => LATER,
  },
  TRUST_SIGNATURES_MISSING: {
    exit: 3,
    message: ({ file, role, valid, threshold }) =>
      `The registry’s ${file} has ${valid} of the ${threshold} signatures that the role ${role} needs.`,
    remedy: () => TELL_OPERATOR,
  },
  TRUST_ROLLBACK: {
    exit: 3,
    message: ({ file, trusted, offered }) =>
      `The registry offers version ${offered} of ${file}, older than ${trusted}, which was seen before.`,
    remedy: () => TELL_OPERATOR,
  },
  TRUST_ROOT_CHAIN_BROKEN: {
    exit: 3,
    message: ({ expected, found }) => `The registry’s ${expected}.root.json says that it is version ${found}.`,
    remedy: () => TELL_OPERATOR,
  },
  TRUST_ROOT_CHAIN_ENDLESS: {
    exit: 3,
    message: ({ limit }) => `The registry has more than ${limit} changes of its root keys at once.`,
    remedy: () => TELL_OPERATOR,
  },
  TRUST_EXPIRED: {
    exit: 3,
    message: ({ file, expires }) => `The registry’s ${file} expired at ${expires}: what it says may be out of date.`,
    remedy: () =>
      'Check the clock of this machine; if it is right, tell whoever runs the registry to sign it anew. Who knows why it is old can take it with --allow-stale.',
  },
  TRUST_MIXED: {
    exit: 3,
    message: ({ file, expected, found }) =>
      `The registry’s ${file} has version ${found}, and ${expected} belongs to the state that it serves.`,
    remedy: () => LATER,
  },
  TRUST_ROLE_REMOVED: {
    exit: 3,
    message: ({ file }) => `The registry no longer lists ${file}, which it listed before.`,
    remedy: () => TELL_OPERATOR,
  },
  TRUST_DELEGATION_REFUSED: {
    exit: 3,
    message: ({ file, problem }) => `The registry’s ${file} hands its rights on in a way that is refused: ${problem}.`,
    remedy: () => TELL_OPERATOR,
  },
  TRUST_LENGTH_MISMATCH: {
    exit: 3,
    message: ({ path, expected, actual }) => `${path} has ${actual} bytes, and ${expected} are signed for.`,
    remedy: () => LATER,
  },
  TRUST_HASH_MISMATCH: {
    exit: 3,
    message: ({ path, expected, actual }) =>
      `${path} is not what was signed: its SHA-256 is ${actual}, not ${expected}.`,
    remedy: () => LATER,
  },
  TRUST_TARGET_UNKNOWN: {
    exit: 3,
    message: ({ path }) => `${path} is not in the signed index of the registry.`,
    remedy: () => 'Check the name; if the registry lists it, tell whoever runs the registry.',
  },
  TRUST_FOLDER_INVALID: {
    exit: 1,
    message: ({ folder, problem }) => `${folder} cannot be signed with: ${problem}.`,
    remedy: () => 'Restore its files from the repository of the index, or make them with `ar-registry keys init`.',
  },
  KEY_UNUSABLE: {
    exit: 1,
    message: ({ key, problem }) => `The key ${key} cannot be used: ${problem}.`,
    remedy: () =>
      'Give an ed25519 key in PKCS #8 PEM, as `ar-registry keys init` writes it, or the `.signer.json` of one.',
  },
  SIGNER_FAILED: {
    exit: 4,
    message: ({ key, problem }) => `The program that ${key} names does not sign: ${problem}.`,
    remedy: () => 'Run it by hand, with bytes on its standard input: it answers with their ed25519 signature alone.',
  },
  KEY_EXISTS: {
    exit: 1,
    message: ({ file }) => `${file} is there already, and is not overwritten.`,
    remedy: () => 'Give another folder, or change the keys that there are with `ar-registry keys rotate`.',
  },
  KEY_UNKNOWN: {
    exit: 1,
    message: ({ key }) => `No role has the key ${key}.`,
    remedy: () => 'Take an id from `ar-registry keys list`.',
  },
  SIGNING_KEYS_MISSING: {
    exit: 1,
    message: ({ role, present, threshold }) =>
      `${present} of the ${threshold} private keys that ${role} needs are at hand.`,
    remedy: () => 'Give the folder of the private keys with --keys, or one in the environment: AR_REGISTRY_KEY_<ROLE>.',
  },
};
