/**
 * What a user asks of a registry's log: that it goes on from where it was last seen, and that it says of what is
 * installed that it was published, as it is. Whoever serves it is not believed in anything that is not proved.
 */
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import {
  CHECKPOINT_LIMIT_BYTES,
  CHECKPOINT_PATH,
  entryBytes,
  leafHash,
  openCheckpoint,
  parseCheckpoint,
  pluginLogPath,
  toBase64,
  type Checkpoint,
  type LogIdentity,
} from '@ar-registry/core/transparency';
import type { LogEntry, PluginLogDocument, PluginName, Version } from '@ar-registry/schemas';
import { validator as isPluginLog } from '@ar-registry/schemas/validators/api/plugin-log';
import { createTrustCrypto } from '../trust/crypto.ts';
import { sha256 } from './hash.ts';
import { isConsistent, proveInclusion } from './prove.ts';
import type { ReadLogFile } from './read-log.ts';
import type { SeenStore } from './seen-store.ts';

export interface InstalledVersion {
  readonly name: PluginName;
  readonly version: Version;
  /** Of its archive. */
  readonly integrity: string;
}

export interface ProvedVersion {
  readonly name: PluginName;
  readonly version: Version;
  /** Number of its entry. */
  readonly index: number;
  /** When it was published, as the log says. */
  readonly at: string;
  readonly proofBytes: number;
}

export type CheckedLog =
  | { readonly state: 'none' }
  | {
      readonly state: 'consistent';
      readonly size: number;
      /** Base64. */
      readonly root: string;
      /** How many entries it had when it was last seen here; undefined the first time. */
      readonly since: number | undefined;
      readonly proved: readonly ProvedVersion[];
    };

export interface LogQuestion {
  /** URL without credentials. */
  readonly registry: string;
  /** What is trusted of it; undefined where it keeps no log. */
  readonly identity: LogIdentity | undefined;
  /** A file of the log by its route, at most `limitBytes` of it; undefined where there is none. */
  readonly read: (route: string, limitBytes: number) => Promise<Uint8Array | undefined>;
  readonly versions: readonly InstalledVersion[];
}

/** A tile has 8 KiB. */
const FILE_LIMIT_BYTES = 16_384;
const PLUGIN_LOG_LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * Only when all of it holds is the checkpoint kept: a refusal leaves what was seen as it was.
 *
 * @throws LOG_MISSING, LOG_CHECKPOINT_INVALID, LOG_SHRUNK, LOG_FORKED, LOG_ENTRY_MISSING, LOG_ENTRY_DIFFERENT,
 *   LOG_PROOF_INVALID, LOG_FILE_MISSING, LOG_FILE_INVALID, and what `read` throws
 */
export async function checkLog(question: LogQuestion, seen: SeenStore): Promise<CheckedLog> {
  const { registry, identity, versions } = question;
  const kept = await seen.read(registry);
  if (!identity) {
    if (kept) throw new ArError('LOG_MISSING', { registry });
    return { state: 'none' };
  }
  const read = once((file) => question.read(`${routes.log}/${file}`, FILE_LIMIT_BYTES));
  const note = await question.read(`${routes.log}/${CHECKPOINT_PATH}`, CHECKPOINT_LIMIT_BYTES);
  if (!note) throw new ArError('LOG_MISSING', { registry });
  const checkpoint = openCheckpoint(note, identity, { ...createTrustCrypto(), hash: sha256 });
  const before = kept && parseCheckpoint(kept);
  if (before) await assertGrown(registry, { before, after: checkpoint }, read);
  const proved: ProvedVersion[] = [];
  for (const version of versions) proved.push(await prove(version, checkpoint, { ...question, file: read }));
  await seen.keep(registry, note);
  const { size, root } = checkpoint;
  return { state: 'consistent', size, root: toBase64(root), since: before?.size, proved };
}

/** Several proofs share their tiles. */
function once(read: ReadLogFile): ReadLogFile {
  const asked = new Map<string, ReturnType<ReadLogFile>>();
  return (file) => {
    const answer = asked.get(file) ?? read(file);
    asked.set(file, answer);
    return answer;
  };
}

async function assertGrown(
  registry: string,
  { before, after }: { readonly before: Checkpoint; readonly after: Checkpoint },
  read: ReadLogFile,
): Promise<void> {
  const facts = { registry, seen: before.size, offered: after.size };
  if (before.origin !== after.origin) throw new ArError('LOG_FORKED', facts);
  if (after.size < before.size) throw new ArError('LOG_SHRUNK', facts);
  if (!(await isConsistent({ before, after }, read))) throw new ArError('LOG_FORKED', facts);
}

interface ProofSource extends Pick<LogQuestion, 'read'> {
  readonly file: ReadLogFile;
}

async function prove(
  { name, version, integrity }: InstalledVersion,
  checkpoint: Checkpoint,
  { read, file }: ProofSource,
): Promise<ProvedVersion> {
  const facts = { plugin: name, version };
  const path = pluginLogPath(name);
  const bytes = await read(`${routes.log}/${path}`, PLUGIN_LOG_LIMIT_BYTES);
  const published = (bytes ? parsePluginLog(bytes, path) : []).filter(({ entry }) => isPublication(entry, facts));
  const found = published.find(({ entry }) => entry.integrity === integrity) ?? published[0];
  if (!found) throw new ArError('LOG_ENTRY_MISSING', facts);
  const { index, entry } = found;
  const proofBytes = await proveInclusion({ leaf: leafHash(entryBytes(entry), sha256), index }, checkpoint, file);
  if (proofBytes === undefined) throw new ArError('LOG_PROOF_INVALID', facts);
  const logged = entry.integrity ?? 'nothing';
  if (logged !== integrity) throw new ArError('LOG_ENTRY_DIFFERENT', { ...facts, logged, installed: integrity });
  return { name, version, index, at: entry.at, proofBytes };
}

/** A version that was changed counts as what it was changed to as well: that somebody did so is there for all to see. */
function isPublication(entry: LogEntry, { plugin, version }: { readonly plugin: string; readonly version: string }) {
  return (entry.kind === 'publish' || entry.kind === 'amend') && entry.plugin === plugin && entry.version === version;
}

function parsePluginLog(bytes: Uint8Array, file: string): PluginLogDocument['entries'] {
  try {
    const result = isPluginLog(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    if (result.ok) return result.value.entries;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
  }
  throw new ArError('LOG_FILE_INVALID', { file });
}
