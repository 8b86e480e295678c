/** Whether lines are the chain that they claim to be. No file is read here. */
import { createHash } from 'node:crypto';
import { createSealer, type Head, parseSealedLine, type SealedLine, type Sealer } from './chain.ts';

export type Verdict =
  | {
      readonly kind: 'whole';
      readonly first: number;
      readonly last: Head;
      /** Bytes before the chain begins, which it says nothing about: of version 1.0. */
      readonly bytesBefore: number;
      /** The last line without a key, where one was given: whoever could write the file could write all up to it. 0: none. */
      readonly lastUnkeyed: number;
      /** Places where a crash cut something off, which the chain tells of. */
      readonly cuts: number;
      /** Whether the log was closed in order. */
      readonly closed: boolean;
    }
  | { readonly kind: 'broken'; readonly line: number; readonly problem: string }
  | { readonly kind: 'unusable'; readonly problem: string };

export interface LogVerifier {
  /** The next line, without its newline; `isCut` if it had none. */
  readonly add: (line: Buffer, isCut?: boolean) => void;
  readonly end: () => Verdict;
}

interface Options {
  /** The key that seals now, then those that did before. None: only lines without a key can be verified. */
  readonly keys: readonly string[];
  /** A line that must be in the chain, as it was noted elsewhere. It shows that lines after it are missing, too. */
  readonly anchor?: Head;
}

/** What is known about the lines so far. */
interface Progress {
  readonly first: number;
  readonly head: Head;
  readonly rank: number;
  readonly bytesBefore: number;
  readonly lastUnkeyed: number;
  readonly cuts: number;
  readonly closed: boolean;
}

/** Members of a line that the logger itself wrote. */
interface Notes {
  readonly event?: unknown;
  readonly prev?: unknown;
  readonly unchained?: { readonly bytes?: unknown; readonly sha256?: unknown };
  readonly earlierBytes?: unknown;
}

/** A line of the chain, with what it says and how strong its key is. */
interface Candidate extends SealedLine {
  readonly notes: Notes;
  readonly rank: number;
  readonly isFirst: boolean;
}

/** Verifies the lines of one log, oldest first. The first must be the first of a file. */
export function createLogVerifier({ keys, anchor }: Options): LogVerifier {
  // In the order in which they may follow each other: who knows an earlier key cannot add lines now.
  const sealers = [createSealer(), ...keys.toReversed().map((key) => createSealer(key))];
  let progress: Progress | undefined;
  let failed: Verdict | undefined;
  let isAnchored = anchor === undefined;
  let line = 0;
  let loose = createLoose();

  const check = (candidate: Candidate): Verdict | undefined => {
    const sealer = sealers[candidate.rank];
    if (!sealer) return { kind: 'unusable', problem: `the key of line ${line} was not given (${candidate.scheme})` };
    const problem = problemOfPlace(candidate, progress) ?? problemOfValue(candidate, progress, sealer);
    if (problem !== undefined) return { kind: 'broken', line, problem };
    const looseProblem = problemOfLoose(loose, candidate);
    if (looseProblem !== undefined) return { kind: 'broken', line: loose.firstLine(), problem: looseProblem };
    if (anchor?.seq === candidate.seq) {
      if (anchor.chain !== candidate.chain)
        return { kind: 'broken', line, problem: 'it is not the line that was noted' };
      isAnchored = true;
    }
    progress = advance(progress, candidate, loose);
    loose = createLoose();
    return undefined;
  };

  const verdict = (): Verdict => {
    if (!progress) return { kind: 'unusable', problem: 'there is no chain in it' };
    const { rank, head, ...rest } = progress;
    if (loose.bytes() > 0)
      return {
        kind: 'broken',
        line: loose.firstLine(),
        problem: 'it is not in the chain, and none after it tells of it',
      };
    if (rank !== keys.length) return { kind: 'broken', line, problem: 'it is not sealed by the key that was given' };
    if (!isAnchored)
      return { kind: 'broken', line, problem: `the line that was noted is not in it, up to ${head.seq}` };
    return { kind: 'whole', last: head, ...rest, ...(keys.length === 0 && { lastUnkeyed: 0 }) };
  };

  return {
    add(bytes, isCut = false) {
      line += 1;
      if (failed) return;
      const sealed = isCut ? undefined : parseSealedLine(bytes);
      const notes = sealed && parseNotes(bytes);
      if (!sealed || !notes) return loose.add(bytes, line);
      const rank = sealers.findIndex(({ scheme }) => scheme === sealed.scheme);
      failed = check({ ...sealed, notes, rank, isFirst: !progress });
    },
    end: () => failed ?? verdict(),
  };
}

function problemOfPlace({ seq, rank, scheme }: Candidate, progress: Progress | undefined): string | undefined {
  if (!progress) return undefined;
  const expected = progress.head.seq + 1;
  if (seq !== expected) return `number ${expected} should be here, not ${seq}`;
  if (rank < progress.rank) return `it is sealed by ${scheme}, and lines before it by a newer key`;
  return undefined;
}

function problemOfValue(
  { chain, content, notes }: Candidate,
  progress: Progress | undefined,
  sealer: Sealer,
): string | undefined {
  const previous = progress?.head.chain ?? notes.prev;
  if (typeof previous !== 'string') return 'it does not say what was before it: the beginning of its file is missing';
  if (sealer.valueOf(previous, content) !== chain) return 'it is not what was written after the line before';
  if (notes.prev !== undefined && notes.prev !== previous) return 'it says that another line was before it';
  return undefined;
}

/** The line after them must tell of them. What was there before the first line of all is known by its size alone. */
function problemOfLoose(loose: Loose, { seq, notes, isFirst }: Candidate): string | undefined {
  const { unchained, earlierBytes } = notes;
  if (unchained !== undefined) {
    const isTold = unchained.bytes === loose.bytes() - 1 && unchained.sha256 === loose.sha256();
    return isTold ? undefined : 'what was here, and is not of the chain, is not what the chain tells';
  }
  if (loose.bytes() === 0) return undefined;
  if (isFirst && seq === 1 && typeof earlierBytes === 'number' && loose.bytes() <= earlierBytes) return undefined;
  return 'it is not in the chain, and the chain does not tell of it';
}

function advance(progress: Progress | undefined, { seq, chain, rank, notes }: Candidate, loose: Loose): Progress {
  const tells = notes.unchained !== undefined;
  const atFirst = { first: seq, bytesBefore: tells ? 0 : loose.bytes(), lastUnkeyed: 0, cuts: 0 };
  const { first, bytesBefore, lastUnkeyed, cuts } = progress ?? atFirst;
  return {
    first,
    head: { seq, chain },
    rank,
    bytesBefore,
    lastUnkeyed: rank === 0 ? seq : lastUnkeyed,
    cuts: tells ? cuts + 1 : cuts,
    closed: notes.event === 'close',
  };
}

/** Lines that are not in the chain, until a line says what they are. */
interface Loose {
  readonly add: (line: Buffer, at: number) => void;
  readonly bytes: () => number;
  readonly sha256: () => string;
  readonly firstLine: () => number;
}

function createLoose(): Loose {
  const hash = createHash('sha256');
  let bytes = 0;
  let firstLine: number | undefined;
  return {
    add(line, at) {
      if (firstLine !== undefined) hash.update('\n');
      hash.update(line);
      bytes += line.length + 1;
      firstLine ??= at;
    },
    bytes: () => bytes,
    sha256: () => hash.copy().digest('hex'),
    firstLine: () => firstLine ?? 0,
  };
}

function parseNotes(line: Buffer): Notes | undefined {
  try {
    return JSON.parse(line.toString('utf8')) as Notes;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
