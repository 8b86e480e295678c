/** Where a token is kept: in the keychain, or, where none answers, in a file that only its owner can read. */
import { rm } from 'node:fs/promises';
import { ArError } from '@ar-registry/core/errors';
import { readTextIfExists, translateFileError, writeAtomically } from '../files/index.ts';
import type { Keychain } from './keychain.ts';

export type CredentialPlace = 'keychain' | 'file';

export interface CredentialStoreOptions {
  /** Absolute path of the file. */
  readonly file: string;
  readonly keychain: Keychain | undefined;
  /** Whose tokens: the host of GitHub's pages. */
  readonly host: string;
  readonly signal: AbortSignal;
}

export interface CredentialStore {
  /** @throws FILE_INVALID, FILE_ACCESS */
  read(): Promise<{ readonly token: string; readonly place: CredentialPlace } | undefined>;
  /** Puts it into one place and takes it from the other. @throws DISK_FULL, FILE_ACCESS */
  write(token: string): Promise<CredentialPlace>;
  remove(): Promise<Removed>;
}

export interface Removed {
  /** Where there was one. */
  readonly removedFrom: readonly CredentialPlace[];
  /** `unanswered`: it is locked, refuses, or is out of order, so that it may still hold one. `none`: there is none. */
  readonly keychain: 'asked' | 'unanswered' | 'none';
}

type Tokens = Readonly<Record<string, string>>;

export function createCredentialStore({ file, keychain, host, signal }: CredentialStoreOptions): CredentialStore {
  /** No service, a locked one, or one whose owner says no: the file is what is left. */
  const ask = async <T>(question: (keychain: Keychain) => Promise<T>): Promise<T | undefined> => {
    if (!keychain) return undefined;
    return question(keychain).catch(() => {
      if (signal.aborted) throw new ArError('ABORTED', { doing: 'asking the keychain' });
      return undefined;
    });
  };
  const removeFromFile = async (): Promise<boolean> => {
    const { [host]: own, ...others } = await readTokens(file);
    if (own === undefined) return false;
    await writeTokens(file, others);
    return true;
  };
  return {
    read: async () => {
      const kept = await ask((chain) => chain.read(host, signal));
      if (kept !== undefined) return { token: kept, place: 'keychain' };
      const token = (await readTokens(file))[host];
      return token === undefined ? undefined : { token, place: 'file' };
    },
    write: async (token) => {
      const kept = await ask(async (chain) => chain.write(host, token, signal).then(() => true));
      if (kept) await removeFromFile();
      else await writeTokens(file, { ...(await readTokens(file)), [host]: token });
      return kept ? 'keychain' : 'file';
    },
    remove: async () => {
      const answer = await ask((chain) => chain.remove(host, signal));
      const fromFile = await removeFromFile();
      const asked = answer === undefined ? 'unanswered' : 'asked';
      return {
        removedFrom: [...(answer ? (['keychain'] as const) : []), ...(fromFile ? (['file'] as const) : [])],
        keychain: keychain ? asked : 'none',
      };
    },
  };
}

async function readTokens(file: string): Promise<Tokens> {
  const text = await readTextIfExists(file);
  if (text === undefined) return {};
  const tokens = parseTokens(text);
  if (tokens) return tokens;
  throw new ArError('FILE_INVALID', { file, problem: 'it is not what ar plugin login writes' });
}

function parseTokens(text: string): Tokens | undefined {
  const document = parseJson(text);
  if (typeof document !== 'object' || document === null || !('tokens' in document)) return undefined;
  const { tokens } = document;
  if (typeof tokens !== 'object' || tokens === null) return undefined;
  const entries = Object.entries(tokens);
  return entries.every(([, token]) => typeof token === 'string') ? Object.fromEntries(entries) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function writeTokens(file: string, tokens: Tokens): Promise<void> {
  if (Object.keys(tokens).length > 0) {
    await writeAtomically(file, `${JSON.stringify({ schemaVersion: 1, tokens }, undefined, 2)}\n`, { mode: 0o600 });
    return;
  }
  await rm(file, { force: true }).catch((error: unknown) => {
    throw translateFileError(error, file);
  });
}
