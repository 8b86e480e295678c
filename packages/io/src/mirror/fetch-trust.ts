/** The signed index of a registry as a whole, checked as every client checks it, with all files that a mirror has to serve. */
import { ArError } from '@ar-registry/core/errors';
import {
  METADATA_LIMIT_BYTES,
  TRUST_ROUTE,
  binNames,
  delegatedSigners,
  fileOf,
  nextRoot,
  refreshTrust,
  trustRoot,
  verifyBin,
  type Metadata,
  type TrustState,
  type TrustedIndex,
} from '@ar-registry/core/trust';
import type { TrustTargetFile } from '@ar-registry/schemas';
import { meet } from '../api-client/trust/trusted-index.ts';
import { inParallel } from '../install/in-parallel.ts';
import { createTrustCrypto } from '../trust/crypto.ts';
import type { MirrorFolder } from './mirror-folder.ts';
import type { PoliteGet } from './polite-get.ts';

export interface SignedState {
  readonly index: TrustedIndex;
  /** Fingerprint of the root by which it is trusted. */
  readonly fingerprint: string;
  /** Every document below `/api/v1/` that is signed. Paths are as the registry wrote them. */
  readonly documents: ReadonlyMap<string, TrustTargetFile>;
  /** Files of the metadata by name, in the order in which they may be published. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Names of the files that the state before led to: whoever read its timestamp is still on his way to them. */
  readonly previous: readonly string[];
}

export interface TrustQuestion {
  readonly origin: PoliteGet;
  readonly folder: MirrorFolder;
  /** The fingerprint that the operator gave, in hexadecimal. */
  readonly pinned: string | undefined;
  readonly nowMs: number;
}

const crypto = createTrustCrypto();

/**
 * What the registry has signed by now. It must be no older than what the mirror has.
 *
 * @throws MIRROR_UNSIGNED, and every `TRUST_…` of a client
 */
export async function fetchTrust(question: TrustQuestion): Promise<SignedState> {
  const { folder, pinned, nowMs } = question;
  const asked = new Map<string, Uint8Array>();
  const ask = async (file: string, limitBytes: number): Promise<Uint8Array | undefined> => {
    const bytes = await question.origin.get(`${TRUST_ROUTE}/${file}`, limitBytes);
    if (bytes) asked.set(file, bytes);
    return bytes;
  };
  const held = (file: string): Promise<Uint8Array | undefined> => folder.read(`${TRUST_ROUTE}/${file}`);
  const { state, fingerprint } = await startingPoint(question, { ask, held });
  const index = await refreshTrust(state, { crypto, nowMs, ask });
  const find = async (file: string, limitBytes: number): Promise<Uint8Array | undefined> =>
    asked.get(file) ?? (await held(file)) ?? ask(file, limitBytes);
  const roots = await readRoots(index.root, find);
  if (pinned !== undefined) assertIn(roots, pinned);
  const bins = await readBins(index, { ask, held });
  const { snapshot, targets, timestamp } = index;
  const files = [...roots, ...bins, targets, snapshot].map(({ file, bytes }) => [file, bytes] as const);
  return {
    index,
    fingerprint,
    documents: new Map(bins.flatMap((bin) => Object.entries(bin.signed.targets))),
    // Whoever finds the new timestamp finds all that it leads to.
    files: new Map([...files, ['timestamp.json', timestamp.bytes]]),
    previous: await filesOfState(held),
  };
}

type Ask = (file: string, limitBytes: number) => Promise<Uint8Array | undefined>;
type Held = (file: string) => Promise<Uint8Array | undefined>;

/** What the mirror has; for a new one a root, with its fingerprint. */
async function startingPoint(
  question: TrustQuestion,
  { ask, held }: { readonly ask: Ask; readonly held: Held },
): Promise<{ readonly state: TrustState; readonly fingerprint: string }> {
  const { note } = question.folder;
  const known = note && (await readState(held));
  if (known) return { state: known, fingerprint: note.root };
  const { root, fingerprint } = await meetOrigin(ask, { ...question, pinned: question.pinned ?? note?.root });
  return { state: { root }, fingerprint };
}

/** Any of them will do: each hands over to the next. @throws TRUST_METADATA_MISSING */
function assertIn(roots: readonly Metadata<'root'>[], pinned: string): void {
  if (roots.some(({ bytes }) => crypto.sha256(bytes) === pinned)) return;
  throw new ArError('TRUST_METADATA_MISSING', { file: `root with the fingerprint ${pinned}` });
}

/** @throws MIRROR_UNSIGNED, TRUST_METADATA_MISSING for another one than was given */
async function meetOrigin(
  ask: Ask,
  { origin, pinned }: TrustQuestion,
): Promise<{ readonly root: Uint8Array; readonly fingerprint: string }> {
  let isSigned = false;
  const met = await meet(async ({ file, limitBytes }) => {
    const bytes = await ask(file, limitBytes);
    isSigned ||= bytes !== undefined;
    return bytes ? { kind: 'found', bytes: Buffer.from(bytes) } : { kind: 'missing' };
  }, pinned).catch((error: unknown) => {
    throw isSigned ? error : new ArError('MIRROR_UNSIGNED', { url: origin.url });
  });
  return { root: Buffer.from(met.root), fingerprint: met.fingerprint };
}

/** What the mirror serves is what its next state must not go behind. */
async function readState(held: Held): Promise<TrustState | undefined> {
  let root: Uint8Array | undefined;
  for (let version = 1; ; version += 1) {
    const next = await held(`${version}.root.json`);
    if (!next) break;
    root = next;
  }
  if (!root) return undefined;
  const timestamp = await held('timestamp.json');
  const snapshot = timestamp && (await held(`${versionIn(timestamp, 'snapshot.json')}.snapshot.json`));
  const targets = snapshot && (await held(`${versionIn(snapshot, 'targets.json')}.targets.json`));
  return { root, timestamp, snapshot, targets };
}

async function filesOfState(held: Held): Promise<readonly string[]> {
  const timestamp = await held('timestamp.json');
  const name = timestamp && `${versionIn(timestamp, 'snapshot.json')}.snapshot.json`;
  const snapshot = name === undefined ? undefined : await held(name);
  return [...(name === undefined ? [] : [name]), ...(snapshot ? namesIn(snapshot) : [])];
}

function namesIn(snapshot: Uint8Array): readonly string[] {
  return Object.entries(metaOf(snapshot)).map(([name, { version = 0 }]) => `${version}.${name}`);
}

/** The version of another file in one that this mirror has written; the checks of the client come after. */
function versionIn(bytes: Uint8Array, name: string): number {
  return metaOf(bytes)[name]?.version ?? 0;
}

type Meta = Readonly<Record<string, { readonly version?: number }>>;

function metaOf(bytes: Uint8Array): Meta {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as { readonly signed?: { readonly meta?: Meta } };
    return value.signed?.meta ?? {};
  } catch {
    return {}; // damaged: it is fetched anew
  }
}

/** From the first on: a client may have any of them. @throws TRUST_METADATA_MISSING, TRUST_ROOT_CHAIN_BROKEN */
async function readRoots(last: Metadata<'root'>, find: Ask): Promise<readonly Metadata<'root'>[]> {
  const roots: Metadata<'root'>[] = [];
  for (let version = 1; version < last.signed.version; version += 1) {
    const file = `${version}.root.json`;
    const bytes = await find(file, METADATA_LIMIT_BYTES.root);
    if (!bytes) throw new ArError('TRUST_METADATA_MISSING', { file });
    const before = roots.at(-1);
    roots.push(before ? nextRoot(before, bytes, crypto) : trustRoot(bytes, crypto));
  }
  const before = roots.at(-1);
  if (before) nextRoot(before, last.bytes, crypto);
  return [...roots, { ...last, file: `${last.signed.version}.root.json` }];
}

/** Those that have not changed are not asked for. @throws TRUST_METADATA_MISSING, and what `verifyBin` throws */
async function readBins(
  { snapshot, targets }: TrustedIndex,
  { ask, held }: { readonly ask: Ask; readonly held: Held },
): Promise<readonly Metadata<'targets'>[]> {
  return inParallel(binNames(delegatedSigners(targets)), async (name) => {
    const { file } = fileOf(snapshot, name);
    const check = (bytes: Uint8Array): Metadata<'targets'> => verifyBin(bytes, { targets, snapshot, name }, crypto);
    const kept = await held(file);
    const own = kept && unlessDamaged(() => check(kept));
    if (own) return own;
    const bytes = await ask(file, METADATA_LIMIT_BYTES.targets);
    if (!bytes) throw new ArError('TRUST_METADATA_MISSING', { file });
    return check(bytes);
  });
}

function unlessDamaged<T>(check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (error instanceof ArError) return undefined;
    throw error;
  }
}
