/**
 * What this client has found out of the state that it keeps, so that the next command need not find it out again: to
 * check five signatures costs more than everything else that a command does with what is kept.
 *
 * It is no proof to anybody else. It lies beside the state and belongs to the same user; who can write it can write that,
 * and the program. It counts for exactly the files it was made of, by their check sum, and no longer than the first of
 * them does.
 */
import { checksum } from '../checksum.ts';
import type { SignedState, TrustStore } from './trust-state.ts';

/** What the signed state says of a document, and the check sum of the bytes that were found to be that. */
export interface Verdict {
  readonly length: number;
  readonly sha256: string;
  readonly checksum: number;
  /** When what says so ends. */
  readonly untilMs: number;
}

export interface Verdicts {
  /** When the first of the files ends that every document rests on. */
  readonly untilMs: number;
  get(path: string): Verdict | undefined;
  add(path: string, verdict: Verdict): void;
  /** Keeps what was added, for the next command. */
  save(): Promise<void>;
}

/** More are found out again. */
const MAX_VERDICTS = 200;

/** What was found out of the state that is kept now; undefined where nothing was, or it was another state. */
export function readVerdicts(store: TrustStore, state: SignedState): Verdicts | undefined {
  const kept = parse(store.readVerdicts());
  if (!kept || kept.of !== sumOf(state)) return undefined;
  return toVerdicts(store, kept);
}

/** None yet, of a state that was checked just now. */
export function noVerdicts(store: TrustStore, state: SignedState, untilMs: number): Verdicts {
  return toVerdicts(store, { of: sumOf(state), untilMs, documents: {} });
}

interface Kept {
  /** Check sum of the files of the state. */
  readonly of: number;
  readonly untilMs: number;
  readonly documents: Readonly<Record<string, Verdict>>;
}

function toVerdicts(store: TrustStore, { of, untilMs, documents }: Kept): Verdicts {
  const known = new Map(Object.entries(documents));
  let isNew = false;
  return {
    untilMs,
    get: (path) => known.get(path),
    add: (path, verdict) => {
      if (known.size >= MAX_VERDICTS && !known.has(path)) return;
      known.set(path, verdict);
      isNew = true;
    },
    save: async () => {
      if (!isNew) return;
      isNew = false;
      await store.writeVerdicts(`${JSON.stringify({ of, untilMs, documents: Object.fromEntries(known) })}\n`);
    },
  };
}

function sumOf({ root, timestamp = '', snapshot = '', targets = '' }: SignedState): number {
  return checksum(Buffer.from(`${root}\0${timestamp}\0${snapshot}\0${targets}`));
}

/** One that is damaged counts as none. */
function parse(bytes: Buffer | undefined): Kept | undefined {
  if (!bytes) return undefined;
  try {
    const kept = JSON.parse(bytes.toString('utf8')) as Partial<Kept> | null;
    const isWhole = typeof kept?.of === 'number' && typeof kept.untilMs === 'number' && isObject(kept.documents);
    return isWhole ? (kept as Kept) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
