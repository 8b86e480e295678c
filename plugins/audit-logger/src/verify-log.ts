/** Whether lines are the chain that they claim to be. No file is read here. */
import { createHash } from 'node:crypto';
import { createSealer, type Head, parseSealedLine, type SealedLine } from './chain.ts';

export type Verdict =
  | {
      readonly kind: 'whole';
      readonly first: number;
      readonly last: Head;
      /** Bytes before the chain begins, which it says nothing about: of version 1.0. */
      readonly bytesBefore: number;
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

/** What is known about the lines so far. */
interface Progress {
  readonly first: number;
  readonly head: Head;
  readonly rank: number;
  readonly bytesBefore: number;
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

interface Options {
  /** The key that seals now, then those that did before. None: only lines without a key can be verified. */
  readonly keys: readonly string[];
  /** A line that must be in the chain, as it was noted elsewhere. It shows that lines after it are missing, too. */
  readonly anchor?: Head;
}

/** Verifies the lines of one log, oldest first. The first must be the first of a file. */
export function createLogVerifier({ keys, anchor }: Options): LogVerifier {
  // Schemes in the order in which they may follow each other; one that is known to more people never comes later.
  const sealers = [createSealer(), ...keys.toReversed().map(createSealer)];
  let progress: Progress | undefined;
  let failed: Verdict | undefined;
  let anchorSeen = false;
  let line = 0;
  let loose = createLoose();

  const check = (sealed: SealedLine, notes: Notes): Verdict | undefined => {
    const { seq, scheme, chain, content } = sealed;
    const broken = (problem: string): Verdict => ({ kind: 'broken', line, problem });
    const rank = sealers.findIndex((each) => each.scheme === scheme);
    if (rank === -1) return { kind: 'unusable', problem: `line ${line} is under a key that was not given (${scheme})` };
    if (progress && rank < progress.rank) return broken(`it is sealed by ${scheme}, weaker than the lines before it`);
    if (progress && seq !== progress.head.seq + 1) return broken(`number ${progress.head.seq + 1} should be here, not ${seq}`);
    const previous = progress?.head.chain ?? notes.prev;
    if (typeof previous !== 'string') return broken('it does not say what was before it: the beginning of the file is missing');
    if (sealers[rank]?.valueOf(previous, content) !== chain) return broken('its value does not fit to it and the line before');
    if (notes.prev !== undefined && notes.prev !== previous) return broken('it follows another line than the one before');
    const looseProblem = loose.bytes() > 0 ? problemOfLoose(loose, notes, { seq, isFirst: !progress }) : undefined;
    if (looseProblem !== undefined) return { kind: 'broken', line: loose.firstLine(), problem: looseProblem };
    if (anchor?.seq === seq && anchor.chain !== chain) return broken('it is not the line that was noted');
    anchorSeen ||= anchor?.seq === seq;
    const isBefore = !progress && notes.unchained === undefined;
    progress = {
      first: progress?.first ?? seq,
      head: { seq, chain },
      rank,
      bytesBefore: isBefore ? loose.bytes() : (progress?.bytesBefore ?? 0),
      cuts: (progress?.cuts ?? 0) + (notes.unchained === undefined ? 0 : 1),
      closed: notes.event === 'close',
    };
    loose = createLoose();
    return undefined;
  };

  const verdict = (): Verdict => {
    if (!progress) return { kind: 'unusable', problem: 'there is no chain in it' };
    if (loose.bytes() > 0) return { kind: 'broken', line: loose.firstLine(), problem: 'it is not in the chain, nor does a line after it tell of it' };
    if (progress.rank !== keys.length) return { kind: 'broken', line, problem: 'it is not sealed by the key' };
    if (anchor && !anchorSeen) return { kind: 'broken', line, problem: `the chain ends with number ${progress.head.seq}, without number ${anchor.seq}` };
    const { first, head, bytesBefore, cuts, closed } = progress;
    return { kind: 'whole', first, last: head, bytesBefore, cuts, closed };
  };

  return {
    add(bytes, isCut = false) {
      line += 1;
      if (failed) return;
      const sealed = isCut ? undefined : parseSealedLine(bytes);
      const notes = sealed && parseNotes(bytes);
      if (sealed && notes) failed = check(sealed, notes);
      else loose.add(bytes, line);
    },
    end: () => failed ?? verdict(),
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

/** The line after them must tell of them. What was there before the first line of all is known by its size alone. */
function problemOfLoose(loose: Loose, { unchained, earlierBytes }: Notes, at: { seq: number; isFirst: boolean }): string | undefined {
  if (unchained && unchained.bytes === loose.bytes() - 1 && unchained.sha256 === loose.sha256()) return undefined;
  if (at.isFirst && at.seq === 1 && typeof earlierBytes === 'number' && loose.bytes() <= earlierBytes) return undefined;
  return 'it is not in the chain, and the chain does not tell of it';
}

function parseNotes(line: Buffer): Notes | undefined {
  try {
    return JSON.parse(line.toString('utf8')) as Notes;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
