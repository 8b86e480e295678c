/** What `keys`, `sign` and `resign` have in common: where the keys are, and how the registry wants to be signed. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { INDEX_FOLDER, REGISTRY_FILE } from '@ar-registry/core/layout';
import { parseRegistryRecord } from '@ar-registry/core/record';
import { toTrustSettings, type TrustCrypto, type TrustSettings } from '@ar-registry/core/trust';
import { readTextIfExists, translateFileError } from '@ar-registry/io/files';
import { openRepository } from '@ar-registry/io/git';
import { inParallel } from '@ar-registry/io/install';
import { readKeyFolder, readKeyVariables, readTrustFolder, type Signer, type TrustFolder } from '@ar-registry/io/trust';
import { usage } from '../args.ts';
import type { Context, Options } from '../command.ts';
import { resolveGiven } from './resolve-given.ts';

export const TRUST_OPTIONS = {
  index: { type: 'string', value: '<folder>', help: 'the index: its trust/ holds what is public of the keys' },
  trust: { type: 'string', value: '<folder>', help: 'instead of trust/ in an index, without a registry.yaml' },
  keys: {
    type: 'string',
    value: '<folder>',
    help: 'private keys, *.pem or *.signer.json; also AR_REGISTRY_KEY_… in the environment',
  },
} as const satisfies Options;

export interface TrustPlace {
  /** The folder of what is public of the keys; absolute. It need not be there. */
  readonly folder: string;
  readonly settings: TrustSettings;
  /** The index, where one was given; absolute. */
  readonly index?: string | undefined;
  /** The index, where it is a repository: what its history says is logged. Absolute. */
  readonly repository?: string | undefined;
  /** registry.yaml says that the registry is signed. */
  readonly isDemanded: boolean;
}

interface Given {
  readonly index?: string;
  readonly trust?: string;
  readonly keys?: string;
}

/** @throws USAGE, INDEX_UNREADABLE */
export async function locateTrust({ index, trust }: Given, { cwd }: Context, help: string): Promise<TrustPlace> {
  if ((index === undefined) === (trust === undefined)) throw usage('Give either --index or --trust.', help);
  if (index === undefined) return { folder: resolve(cwd, trust ?? ''), settings: toTrustSettings(), isDemanded: true };
  for (const root of [resolve(cwd, index), resolve(cwd, index, INDEX_FOLDER)]) {
    const text = await readTextIfExists(join(root, REGISTRY_FILE));
    if (text === undefined) continue;
    const parsed = parseRegistryRecord(text, REGISTRY_FILE);
    if (!parsed.ok) throw new ArError('INDEX_UNREADABLE', { index, problem: `its ${REGISTRY_FILE} has errors` });
    const repository = (await isRepository(root)) ? root : undefined;
    // What is in no repository has no history that could be logged.
    const settings = toTrustSettings(parsed.record.trust, repository === undefined ? undefined : parsed.record);
    const isDemanded = parsed.record.trust !== undefined;
    return { folder: join(root, 'trust'), settings, index: root, repository, isDemanded };
  }
  throw new ArError('INDEX_UNREADABLE', { index, problem: `there is no ${REGISTRY_FILE} in it` });
}

/** How many plugins the index has, as far as its folders are there: what the number of bins goes by. @throws FILE_ACCESS */
export async function countPlugins({ index }: Pick<TrustPlace, 'index'>): Promise<number> {
  if (index === undefined) return 0;
  const top = join(index, 'plugins');
  const counts = await inParallel(await listFolder(top), async (scope) => (await listFolder(join(top, scope))).length);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Names without those that begin with a dot; none where it is no folder. */
async function listFolder(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR'].includes(code)) return [];
    throw translateFileError(error, folder);
  });
  return names.filter((name) => !name.startsWith('.'));
}

async function isRepository(folder: string): Promise<boolean> {
  try {
    const { prefix } = await openRepository(folder);
    return prefix === '' || prefix === `${INDEX_FOLDER}/`;
  } catch (error) {
    if (hasCode(error, 'INDEX_UNREADABLE')) return false;
    throw error;
  }
}

/** The private keys of the folder and of the environment. @throws KEY_UNUSABLE, FILE_ACCESS */
export async function readSigners({ keys }: Given, { cwd, env }: Context): Promise<readonly Signer[]> {
  const folder = resolveGiven(cwd, keys);
  return [...(folder === undefined ? [] : await readKeyFolder(folder)), ...readKeyVariables(env)];
}

/** @returns `undefined` for a registry that does not want to be signed @throws TRUST_FOLDER_INVALID, FILE_ACCESS */
export async function openTrust(
  { folder, isDemanded }: TrustPlace,
  crypto: TrustCrypto,
): Promise<TrustFolder | undefined> {
  const trust = await readTrustFolder(folder, crypto);
  if (!trust && isDemanded) throw new ArError('TRUST_FOLDER_INVALID', { folder, problem: 'it is not there' });
  return trust;
}

/** What `sign` and `resign` say where nothing is to be signed. */
export const UNSIGNED = { needed: false, targets: 0, signed: [], warnings: [] } as const;
