import { readdir } from 'node:fs/promises';
import { ArError } from '@ar-registry/core/errors';
import {
  assembleRoot,
  assembleTargets,
  bitLengthFor,
  type RoleKeys,
  type TrustCrypto,
  type TrustSettings,
} from '@ar-registry/core/trust';
import { checkKeyNames, findOrMakeKey, writeTrustFile, type Signer } from '@ar-registry/io/trust';
import { signWhole } from './change-keys.ts';

export interface InitInput {
  /** Where the public half goes; absolute. There must be nothing yet. */
  readonly folder: string;
  /** Where the private keys go; absolute. */
  readonly keys: string;
  /** With a name for a log of decisions, that gets a key, too. */
  readonly settings: TrustSettings;
  /** How many the registry has: the bins go by that where the settings say nothing. None unless given. */
  readonly plugins?: number | undefined;
  /** How many keys the root has; as many as must sign unless given. */
  readonly rootKeys?: number | undefined;
  /** Say in the root that nobody guards these keys. */
  readonly development?: boolean | undefined;
}

/**
 * Makes a key for every role that has none in a service, and the first root and targets.
 *
 * @throws KEY_EXISTS where there are keys already, KEY_UNUSABLE, SIGNER_FAILED, FILE_ACCESS, DISK_FULL
 */
export async function initKeys(
  { folder, keys, settings, plugins = 0, rootKeys, development = false }: InitInput,
  { crypto, nowMs }: { readonly crypto: TrustCrypto; readonly nowMs: number },
): Promise<void> {
  if ((await readdir(folder).catch(() => [])).length > 0) throw new ArError('KEY_EXISTS', { file: folder });
  const make = (name: string) => findOrMakeKey(keys, name);
  const count = Math.max(rootKeys ?? 0, settings.rootThreshold);
  const rootNames = Array.from({ length: count }, (_, index) => `root-${index + 1}`);
  // Before any is made: private keys of no use would stand in the way of the next try.
  await checkKeyNames(keys, [...rootNames, ...OTHER_KEYS, ...(settings.logOrigin === undefined ? [] : ['log'])]);
  const roots = [];
  for (const name of rootNames) roots.push(await make(name));
  const [targets, bins, snapshot, timestamp] = [
    await make('targets'),
    await make('bins'),
    await make('snapshot'),
    await make('timestamp'),
  ];
  const root = { keys: roots.map(({ publicKey }) => publicKey), threshold: settings.rootThreshold };
  const log = settings.logOrigin === undefined ? undefined : { origin: settings.logOrigin, ...(await makeLog(make)) };
  const roles = { root, targets: one(targets), snapshot: one(snapshot), timestamp: one(timestamp) };
  const first = (expiryMs: number) => ({ version: 1, expiresMs: nowMs + expiryMs });
  const { bitLength = bitLengthFor(plugins) } = settings;
  const top = assembleTargets({ bins: one(bins), bitLength, ...first(settings.expiryMs.targets) }, crypto);
  const signedRoot = assembleRoot({ roles, development, log, ...first(settings.expiryMs.root) }, crypto);
  await writeTrustFile(
    folder,
    'targets',
    await signWhole('targets', { signed: top, role: roles.targets, signers: [targets] }, crypto),
  );
  // The root comes last: without it the folder is not one yet.
  await writeTrustFile(
    folder,
    'root',
    await signWhole('root', { signed: signedRoot, role: root, signers: roots }, crypto),
  );
}

const OTHER_KEYS = ['targets', 'bins', 'snapshot', 'timestamp'] as const;

async function makeLog(make: (name: string) => Promise<Signer>): Promise<{ readonly public: string }> {
  return { public: (await make('log')).publicKey };
}

function one({ publicKey }: { readonly publicKey: string }): RoleKeys {
  return { keys: [publicKey], threshold: 1 };
}
