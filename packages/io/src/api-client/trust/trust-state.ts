/**
 * What is known of the signatures of one registry, in a folder of its own: one file that says it all, written as a
 * whole, and beside it the bins that were looked into. It belongs to the user, as what is installed does.
 *
 * A registry that was seen signed stays so here: only who deletes the folder starts anew. To read it must cost nothing,
 * since every command does: no digest is computed, and files are read at once (docs/decisions/016-fast-start.md).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { translateFileError, writeAtomically } from '../../files/index.ts';
import { registryFolder } from '../registry-folder.ts';
import { shown } from '../report.ts';

export interface SignedState {
  readonly kind: 'signed';
  /** The fingerprint that the user gave for it, when it was first met. */
  readonly pin?: string;
  /** Files of the metadata, as text. */
  readonly root: string;
  readonly timestamp?: string;
  readonly snapshot?: string;
  readonly targets?: string;
  /** Of the timestamp, for the next question. */
  readonly etag?: string;
  /** When the registry was last asked for a newer timestamp, and for a newer root. */
  readonly askedAtMs?: number;
  readonly rootAskedAtMs?: number;
  /** How long the registry calls its timestamp fresh. */
  readonly maxAgeSeconds?: number;
}

/** The registry had no signatures when it was asked. */
export interface UnsignedState {
  readonly kind: 'unsigned';
  readonly askedAtMs: number;
}

export type StoredTrust = SignedState | UnsignedState;

export interface TrustStore {
  /** @throws FILE_INVALID for a damaged one: to start anew would be to believe anybody; FILE_ACCESS */
  readonly read: () => StoredTrust | undefined;
  /** @throws DISK_FULL, FILE_ACCESS */
  readonly write: (state: StoredTrust) => Promise<void>;
  readonly readBin: (name: string) => Uint8Array | undefined;
  readonly writeBin: (name: string, bytes: Uint8Array) => Promise<void>;
  /** What was found out of the state, so that it need not be again; as it was written, or anything. */
  readonly readVerdicts: () => Buffer | undefined;
  /** What cannot be written is found out again. */
  readonly writeVerdicts: (text: string) => Promise<void>;
}

/**
 * @param folder of all registries; absolute
 * @param writes whether anything may be written; without it everything holds for this process alone
 */
export function createTrustStore(folder: string, base: string, writes: boolean): TrustStore {
  const own = registryFolder(folder, shown(base));
  const file = path.join(own, 'state.json');
  let state: StoredTrust | undefined;
  return {
    read: () => (state ??= parseState(readIfThere(file), file)),
    write: async (next) => {
      state = next;
      if (writes) await writeAtomically(file, `${JSON.stringify({ schemaVersion: 1, url: shown(base), ...next })}\n`);
    },
    readBin: (name) => readIfThere(path.join(own, `${name}.json`)),
    writeBin: async (name, bytes) => {
      if (writes) await writeAtomically(path.join(own, `${name}.json`), bytes);
    },
    readVerdicts: () => readIfThere(path.join(own, 'verdicts.json')),
    writeVerdicts: async (text) => {
      if (writes)
        await writeAtomically(path.join(own, 'verdicts.json'), text, { durable: false }).catch(() => undefined);
    },
  };
}

/**
 * The fingerprint of the root that a registry is trusted by; undefined for one that was not seen signed.
 *
 * @param folder of all registries; absolute
 * @throws FILE_INVALID, FILE_ACCESS
 */
export function trustedRoot(folder: string, registryUrl: string): string | undefined {
  const state = createTrustStore(folder, registryUrl, false).read();
  return state?.kind === 'signed' ? createHash('sha256').update(state.root).digest('hex') : undefined;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw translateFileError(error, file);
  }
}

function parseState(bytes: Buffer | undefined, file: string): StoredTrust | undefined {
  if (!bytes) return undefined;
  try {
    const value = JSON.parse(bytes.toString('utf8')) as Partial<StoredTrust> & { readonly root?: unknown };
    if (value.kind === 'unsigned' && typeof value.askedAtMs === 'number') return value as UnsignedState;
    if (value.kind === 'signed' && typeof value.root === 'string') return value as SignedState;
  } catch (cause) {
    throw new ArError('FILE_INVALID', { file, problem: 'it is damaged' }, { cause });
  }
  throw new ArError('FILE_INVALID', { file, problem: 'it does not say what is trusted' });
}
