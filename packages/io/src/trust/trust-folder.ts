/**
 * The public half of a registry's keys: every root there was, and the newest list of who signs the bins. It lies beside
 * `registry.yaml`, so that a change of keys is a commit that people look at.
 */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import {
  countSigners,
  nextRoot,
  parseMetadata,
  trustRoot,
  type Metadata,
  type MetadataKind,
  type TrustCrypto,
} from '@ar-registry/core/trust';
import { replaceFile, translateFileError } from '../files/index.ts';
import { toMetadataBytes } from './signers.ts';

export interface TrustFolder {
  /** From the first on, each signed by those before it. */
  readonly roots: readonly Metadata<'root'>[];
  /** The root that counts: the last of `roots`. */
  readonly root: Metadata<'root'>;
  /** One more, which has not got all its signatures yet. */
  readonly pending?: Metadata<'root'> | undefined;
  readonly targets: Metadata<'targets'>;
}

/** @returns `undefined` for a folder that is not there @throws TRUST_FOLDER_INVALID, FILE_ACCESS */
export async function readTrustFolder(folder: string, crypto: TrustCrypto): Promise<TrustFolder | undefined> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw translateFileError(error, folder);
  });
  if (!names) return undefined;
  try {
    const chain = await readRoots(folder, numbersOf(names, 'root'), crypto);
    const [root] = chain.roots.slice(-1);
    if (!root) throw new ArError('TRUST_FOLDER_INVALID', { folder, problem: 'it has no 1.root.json' });
    const targets = await readTargets(folder, { root, numbers: numbersOf(names, 'targets') }, crypto);
    return { ...chain, root, targets };
  } catch (error) {
    if (!(error instanceof ArError) || !error.code.startsWith('TRUST_METADATA')) throw error;
    throw new ArError('TRUST_FOLDER_INVALID', { folder, problem: error.message.replace(/\.$/, '') }, { cause: error });
  }
}

/** @returns the name of the file @throws DISK_FULL, FILE_ACCESS */
export async function writeTrustFile<Kind extends 'root' | 'targets'>(
  folder: string,
  kind: Kind,
  { signatures, signed }: Pick<Metadata<Kind>, 'signatures' | 'signed'>,
): Promise<string> {
  const name = `${signed.version}.${kind}.json`;
  await replaceFile(path.join(folder, name), toMetadataBytes({ signatures, signed }));
  return name;
}

function numbersOf(names: readonly string[], kind: string): readonly number[] {
  return names
    .flatMap((name) => new RegExp(`^([1-9][0-9]{0,8})\\.${kind}\\.json$`).exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
}

async function readRoots(
  folder: string,
  numbers: readonly number[],
  crypto: TrustCrypto,
): Promise<Pick<TrustFolder, 'roots' | 'pending'>> {
  const roots: Metadata<'root'>[] = [];
  for (const [index, number] of numbers.entries()) {
    if (number !== index + 1)
      throw new ArError('TRUST_FOLDER_INVALID', { folder, problem: `it has no ${index + 1}.root.json` });
    const root = await readOne(folder, 'root', number);
    const before = roots.at(-1);
    try {
      roots.push(before ? nextRoot(before, root.bytes, crypto) : trustRoot(root.bytes, crypto));
    } catch (error) {
      const isLast = index === numbers.length - 1 && before !== undefined;
      if (isLast && hasCode(error, 'TRUST_SIGNATURES_MISSING')) return { roots, pending: root };
      const problem = error instanceof Error ? error.message.replace(/\.$/, '') : 'a root is not signed';
      throw new ArError('TRUST_FOLDER_INVALID', { folder, problem }, { cause: error });
    }
  }
  return { roots };
}

/** The newest that the root lets pass; those for a root that waits for its signatures wait with it. */
async function readTargets(
  folder: string,
  { root, numbers }: { readonly root: Metadata<'root'>; readonly numbers: readonly number[] },
  crypto: TrustCrypto,
): Promise<Metadata<'targets'>> {
  const signers = { ...root.signed.roles.targets, name: 'targets', keys: root.signed.keys };
  for (const number of numbers.toReversed()) {
    const targets = await readOne(folder, 'targets', number);
    if (countSigners(targets, signers, crypto) >= signers.threshold) return targets;
  }
  throw new ArError('TRUST_FOLDER_INVALID', { folder, problem: 'it has no targets that its root lets pass' });
}

async function readOne<Kind extends MetadataKind>(folder: string, kind: Kind, number: number): Promise<Metadata<Kind>> {
  const name = `${number}.${kind}.json`;
  const file = path.join(folder, name);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw translateFileError(error, file);
  });
  return parseMetadata(kind, name, bytes);
}
