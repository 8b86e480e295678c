/**
 * The log of the registry's decisions goes on: from what is logged already to what the history of the index has come to.
 *
 * Only commits after the last logged one are read; the tree over all entries is a matter of moments. What is logged
 * already may come from the server, which is not trusted: it counts if the log's own key signed it, and if it does not
 * fit together everything is derived anew. Either way the result must begin with what was signed last, or nothing is
 * written: whoever has seen the old log would be shown a fork.
 */
import path from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import {
  CHECKPOINT_PATH,
  isSame,
  leafHash,
  parseEntry,
  rootOf,
  toBase64,
  toCheckpointText,
  toSignedNote,
  type LogIdentity,
} from '@ar-registry/core/transparency';
import { REGISTRY_FILE, routes } from '@ar-registry/core/layout';
import { makeFolder } from '@ar-registry/io/files';
import { firstParentHistory, openRepository, type GitRepository } from '@ar-registry/io/git';
import {
  readCheckpoint,
  readDecisions,
  readEntries,
  sha256,
  type ReadLogFile,
  type ServedLog,
} from '@ar-registry/io/transparency';
import { signersFor, type Signer, type TrustFolder } from '@ar-registry/io/trust';
import { logFiles } from './log-files.ts';
import { writeLog } from './write-log.ts';

export interface LogInput {
  /** What `build` wrote; absolute. */
  readonly site: string;
  /** Of the index; absolute. */
  readonly repository: string;
  /** The commit that the site was built from, or another name of it. */
  readonly revision: string;
  readonly trust: TrustFolder;
  readonly signers: readonly Signer[];
  /** A file of the log as it was last published. */
  readonly previous: ReadLogFile;
  readonly signal?: AbortSignal | undefined;
}

export interface LogOutcome {
  readonly size: number;
  /** How many of the entries are new. */
  readonly added: number;
  /** Base64. */
  readonly root: string;
}

/**
 * Writes the log below the site.
 *
 * @returns undefined for a registry that keeps none
 * @throws LOG_REWRITTEN, SIGNING_KEYS_MISSING, INDEX_UNREADABLE, REVISION_UNKNOWN, GIT_FAILED, FILE_ACCESS, DISK_FULL
 */
export async function appendLog(input: LogInput): Promise<LogOutcome | undefined> {
  const { trust, previous, site, signers } = input;
  const [identity] = logIdentities(trust).slice(-1);
  if (!identity || !trust.root.signed.log) return undefined;
  const before = await publishedLog(previous, trust);
  const entries = await collect(input, before);
  const leaves = entries.map((entry) => leafHash(entry, sha256));
  const root = rootOf(leaves, sha256);
  const seen = before?.checkpoint.size ?? 0;
  const problem = problemOf(leaves, before);
  if (problem !== undefined) throw new ArError('LOG_REWRITTEN', { problem });
  const text = toCheckpointText({ origin: identity.origin, size: leaves.length, root });
  const note = await signNote(text, { identity, signers, before });
  const folder = path.join(site, routes.log);
  await makeFolder(folder);
  // The checkpoint comes last: it is what speaks of the others.
  await writeLog(folder, [...logFiles({ entries, leaves, seen }), { path: CHECKPOINT_PATH, bytes: note }]);
  return { size: leaves.length, added: leaves.length - seen, root: toBase64(root) };
}

/** Why this cannot be what comes after `before`. */
function problemOf(leaves: readonly Uint8Array[], before: ServedLog | undefined): string | undefined {
  if (!before) return undefined;
  const { size, root } = before.checkpoint;
  if (leaves.length < size) return `would have ${leaves.length} entries, and has ${size} already`;
  if (isSame(rootOf(leaves.slice(0, size), sha256), root)) return undefined;
  return `would not begin with the ${size} entries that were published`;
}

/** Who signed checkpoints of this log, from the first on: the last one signs now. */
export function logIdentities({ roots }: Pick<TrustFolder, 'roots'>): readonly LogIdentity[] {
  return roots.flatMap(({ signed: { log } }) => (log ? [{ origin: log.origin, publicKey: log.public }] : []));
}

/** What was signed last; nothing where the log’s keys did not sign it. */
async function publishedLog(read: ReadLogFile, trust: TrustFolder): Promise<ServedLog | undefined> {
  try {
    return await readCheckpoint(read, logIdentities(trust));
  } catch (error) {
    if (hasCode(error, 'LOG_CHECKPOINT_INVALID')) return undefined;
    throw error;
  }
}

async function collect(
  { repository: folder, revision, previous, signal }: LogInput,
  before: ServedLog | undefined,
): Promise<readonly Uint8Array[]> {
  const repository = await openRepository(folder, { signal });
  const head = await repository.resolveRevision(revision);
  await assertAccepted(repository, head);
  const logged = before && (await loggedEntries(previous, before));
  const last = logged?.at(-1);
  if (!logged || !last) return readDecisions(repository, { head, signal });
  const after = parseEntry(last)?.commit;
  return [...logged, ...(await decisionsAfter(repository, { head, after, signal }))];
}

/**
 * Whoever builds the site says which commit it is of, and is not believed: what is on another branch, nobody has accepted.
 *
 * @throws LOG_REWRITTEN
 */
async function assertAccepted(repository: GitRepository, head: string): Promise<void> {
  const tip = await repository.resolveRevision('HEAD');
  if (tip === head) return;
  try {
    await firstParentHistory(repository, { head: tip, after: head, folder: REGISTRY_FILE });
  } catch (error) {
    if (!hasCode(error, 'REVISION_UNKNOWN')) throw error;
    const problem = `is to be of commit ${head}, which is not in the history of the branch that is checked out`;
    throw new ArError('LOG_REWRITTEN', { problem }, { cause: error });
  }
}

async function decisionsAfter(
  repository: GitRepository,
  question: Parameters<typeof readDecisions>[1],
): Promise<readonly Uint8Array[]> {
  try {
    return await readDecisions(repository, question);
  } catch (error) {
    if (!hasCode(error, 'REVISION_UNKNOWN')) throw error;
    const problem = `speaks of commit ${question.after ?? 'none'}, which is not in the history of ${question.head}`;
    throw new ArError('LOG_REWRITTEN', { problem }, { cause: error });
  }
}

/** What is there of the entries; nothing where they are not whole. */
async function loggedEntries(read: ReadLogFile, { checkpoint }: ServedLog): Promise<readonly Uint8Array[] | undefined> {
  try {
    return await readEntries(read, checkpoint);
  } catch (error) {
    if (hasCode(error, 'LOG_FILE_MISSING') || hasCode(error, 'LOG_FILE_INVALID')) return undefined;
    throw error;
  }
}

interface NoteContext {
  readonly identity: LogIdentity;
  readonly signers: readonly Signer[];
  readonly before: ServedLog | undefined;
}

/** The note that is there already, if it says this and today's key signed it: then no key is asked for. */
async function signNote(text: string, { identity, signers, before }: NoteContext): Promise<Uint8Array> {
  if (before && new TextDecoder().decode(before.note).startsWith(`${text}\n`)) {
    const same = await readCheckpoint(async () => before.note, [identity]).catch(() => undefined);
    if (same) return before.note;
  }
  const [signer] = signersFor([identity.publicKey], signers);
  if (!signer) throw new ArError('SIGNING_KEYS_MISSING', { role: 'log', present: 0, threshold: 1 });
  const signature = await signer.sign(new TextEncoder().encode(text));
  return new TextEncoder().encode(toSignedNote(text, identity, { signature, sha256 }));
}
