/**
 * The log of the registry's decisions goes on: from what is logged already to what the history of the index has come to.
 *
 * Only commits after the last logged one are read, and of a log that lies in the site itself only where it ends. What is
 * logged already may come from the server, which is not trusted: it counts if the log's own key signed it, and if it does not
 * fit together everything is derived anew. Either way the result must begin with what was signed last, or nothing is
 * written: whoever has seen the old log would be shown a fork.
 */
import { ArError, hasCode } from '@ar-registry/core/errors';
import {
  TILE_WIDTH,
  bundlePath,
  isSame,
  leafHash,
  parseEntry,
  rootOf,
  tilePath,
  tilesOf,
  toBase64,
  toCheckpointText,
  toSignedNote,
  type LogIdentity,
} from '@ar-registry/core/transparency';
import { REGISTRY_FILE } from '@ar-registry/core/layout';
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
import { growLog, readLogEnd } from './grow-log.ts';
import { logFiles } from './log-files.ts';
import { isWhole, writeLog, type WrittenLog } from './write-log.ts';

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
  /** Whether that is the log of the site itself. */
  readonly isHere: boolean;
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
  const { size, root, ...written } = await goOn(input, before);
  const text = toCheckpointText({ origin: identity.origin, size, root });
  const note = await signNote(text, { identity, signers, before });
  await writeLog(site, { ...written, note });
  return { size, added: size - (before?.checkpoint.size ?? 0), root: toBase64(root) };
}

interface NewLog extends Omit<WrittenLog, 'note'> {
  readonly size: number;
  readonly root: Uint8Array;
}

/** @throws LOG_REWRITTEN, and what reading a repository throws */
async function goOn(input: LogInput, before: ServedLog | undefined): Promise<NewLog> {
  const { repository: folder, revision, signal } = input;
  const repository = await openRepository(folder, { signal });
  const head = await repository.resolveRevision(revision);
  await assertAccepted(repository, head);
  const history: History = { repository, head, signal };
  const grown = before && (await growHere(input, { before, history }));
  return grown ?? (await allAnew(input, { before, history }));
}

interface History {
  readonly repository: GitRepository;
  readonly head: string;
  readonly signal: AbortSignal | undefined;
}

/** @returns undefined where the log of the site is not all that was published */
async function growHere(
  { site, previous, isHere }: LogInput,
  { before, history }: { readonly before: ServedLog; readonly history: History },
): Promise<NewLog | undefined> {
  if (!isHere || !(await isWhole(site, before.note))) return undefined;
  const end = await readLogEnd(previous, before.checkpoint);
  if (!end) return undefined;
  const { repository, ...question } = history;
  const added = await decisionsAfter(repository, { ...question, after: end.commit });
  const grown = await growLog(end, added, previous);
  if (!grown) return undefined;
  const parts = partsOf(end.size, grown.size);
  return { ...grown, searched: 'tile', isKept: (file) => !file.includes('.p/') || parts.has(file) };
}

/** Files of the last tiles of these trees, which are not full. */
function partsOf(...sizes: readonly number[]): ReadonlySet<string> {
  const open = sizes.flatMap(tilesOf).filter(({ width }) => width < TILE_WIDTH);
  return new Set(open.flatMap((tile) => [tilePath(tile), bundlePath(tile.index, tile.width)]));
}

async function allAnew(
  input: LogInput,
  { before, history }: { readonly before: ServedLog | undefined; readonly history: History },
): Promise<NewLog> {
  const entries = await collect(input.previous, { before, history });
  const leaves = entries.map((entry) => leafHash(entry, sha256));
  const problem = problemOf(leaves, before);
  if (problem !== undefined) throw new ArError('LOG_REWRITTEN', { problem });
  const files = logFiles({ entries, leaves, seen: before?.checkpoint.size ?? 0 });
  return { size: leaves.length, root: rootOf(leaves, sha256), files, searched: '', isKept: () => false };
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
  previous: ReadLogFile,
  { before, history }: { readonly before: ServedLog | undefined; readonly history: History },
): Promise<readonly Uint8Array[]> {
  const { repository, ...question } = history;
  const logged = before && (await loggedEntries(previous, before));
  const last = logged?.at(-1);
  if (!logged || !last) return readDecisions(repository, question);
  return [...logged, ...(await decisionsAfter(repository, { ...question, after: parseEntry(last)?.commit }))];
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
