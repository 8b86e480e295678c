/**
 * Asking a registry which of the documents that are kept are still those of now: one small question in the place of one
 * for each (docs/decisions/024-delta.md).
 *
 * Of registries that are not signed: of another one, what is signed says it. Whatever is wrong with an answer, and where it
 * is long in coming, the documents themselves are asked for, so that nothing can be hidden here that the server could not
 * hide there, and nobody is held up by what should make him faster.
 */
import { ArError, hasCode, isArError } from '@ar-registry/core/errors';
import { binNameOf, isInDelta, partNameOf, readDelta, type IsCurrent, type KnownBins } from '@ar-registry/core/delta';
import { routes } from '@ar-registry/core/layout';
import type { ChangesHeadDocument, ChangesPartDocument, PluginName } from '@ar-registry/schemas';
import { createClock } from '../clock/index.ts';
import { integrityOf } from '../digest/index.ts';
import { inParallel } from '../install/in-parallel.ts';
import type { Answer, Ask, Question } from './ask.ts';
import type { KeptResponse, ResponseCache } from './cache.ts';
import { found, parseDocument, parseJson, statusError } from './parse.ts';
import { shown } from './report.ts';

export interface DeltaPorts {
  readonly base: string;
  readonly ask: Ask;
  readonly cache: ResponseCache;
  /** Says who checked what is kept. */
  readonly userAgent: string;
  readonly isSigned: (signal: AbortSignal) => Promise<boolean>;
  /** How long all of it may take. */
  readonly withinMs: number;
  readonly onNote?: ((text: string) => void) | undefined;
}

/** The same question, with what is known of the answer. */
export type Knowing = (question: Question) => Question;

/** Of fewer documents that are kept, the documents themselves are asked for: the question may lead to a second one. */
const FEWEST = 3;
/** Of fewer, the documents themselves are less than an index, which has up to 50 KB. */
const MANY = 8;
const LIMIT_BYTES = 64 * 1024;
/** Twice as long as a whole may be. */
const WHOLE_LIMIT_BYTES = 4 * 1024 * 1024;
/** For so long it is not tried again where it took too long: neither by each command on a slow line, nor of a server that stalls. */
const REST_MS = 3_600_000;

/**
 * @param names of the plugins whose documents will be asked for
 * @returns undefined where each has to be asked for
 * @throws REGISTRY_UNREACHABLE where the documents cannot be asked for either
 */
export async function askDelta(
  names: readonly PluginName[],
  ports: DeltaPorts,
  signal: AbortSignal,
): Promise<Knowing | undefined> {
  const kept = await keptAmong([...new Set([routes.advisories, ...names.map(routes.plugin)])], ports);
  const [first] = kept;
  if (first === undefined || kept.length < FEWEST) return undefined;
  if ((await ports.isSigned(signal)) || (await rests(ports))) return undefined;
  const deadline = AbortSignal.timeout(ports.withinMs);
  try {
    const isCurrent = await askAbout(kept, ports, AbortSignal.any([signal, deadline]));
    if (!isCurrent) return undefined;
    return (question) =>
      isInDelta(question.route) ? { isCurrent: (body) => isCurrent(question.route, body), ...question } : question;
  } catch (error) {
    signal.throwIfAborted();
    const isLate = deadline.aborted && error === deadline.reason;
    ports.onNote?.(`Asked for each plugin: what has changed is not known. ${reasonOf(error, isLate)}`);
    await recover({ error, isLate, first }, ports, signal);
    return undefined;
  }
}

interface Failure {
  readonly error: unknown;
  readonly isLate: boolean;
  /** Path of a document that will be asked for. */
  readonly first: string;
}

/** @throws REGISTRY_UNREACHABLE */
async function recover({ error, isLate, first }: Failure, ports: DeltaPorts, signal: AbortSignal): Promise<void> {
  if (isLate) await rest(ports);
  if (isLate || hasCode(error, 'REGISTRY_UNREACHABLE')) await assertReachable(first, ports, signal);
}

function reasonOf(error: unknown, isLate: boolean): string {
  if (isLate) return 'It took too long.';
  if (isArError(error)) return error.message;
  throw error;
}

/** Of a registry that is not there at all, one document is asked for in vain, and not each. @throws REGISTRY_UNREACHABLE */
async function assertReachable(route: string, { ask }: DeltaPorts, signal: AbortSignal): Promise<void> {
  try {
    await ask({ route, limitBytes: LIMIT_BYTES, what: route, isAlone: true }, signal);
  } catch (error) {
    // Whatever else is wrong with it is told by who wants it.
    if (!isArError(error) || hasCode(error, 'REGISTRY_UNREACHABLE')) throw error;
  }
}

/** Where that is noted among what is kept: an address that is never asked for. */
function noteUrl({ base }: DeltaPorts): string {
  return `${base}/${routes.changesHead}#too-slow`;
}

async function rest(ports: DeltaPorts): Promise<void> {
  await ports.cache.set(noteUrl(ports), { body: Buffer.alloc(0) });
}

async function rests(ports: DeltaPorts): Promise<boolean> {
  const noted = await ports.cache.get(noteUrl(ports));
  if (!noted) return false;
  const ageMs = createClock().nowMs() - noted.checkedAtMs;
  return ageMs >= 0 && ageMs < REST_MS;
}

async function askAbout(
  paths: readonly string[],
  ports: DeltaPorts,
  signal: AbortSignal,
): Promise<IsCurrent | undefined> {
  const isFew = paths.length < MANY;
  const before = await keptHead(ports);
  // Whether it led to an index when it was last asked for.
  if (isFew && before?.head.index !== undefined) return undefined;
  const { head, answer } = await askHead(ports, signal);
  if (isFew && head.index !== undefined) return undefined;
  const { isCurrent, known } = await readDelta(head, paths, {
    hash: integrityOf,
    known: knownIn(answer.made ?? before?.made),
    readPart: (name) =>
      askPart(name, { ports, signal, limitBytes: name === head.whole ? WHOLE_LIMIT_BYTES : LIMIT_BYTES }),
    readBins: (bins) => inParallel(bins, (name) => askBin(name, ports, signal)),
  });
  if (known) await keepKnown(known, answer);
  return isCurrent;
}

/** What was learnt of bins is what was made of the head: with the head it is kept, and forgotten. */
function knownIn(made: Buffer | undefined): KnownBins | undefined {
  return made && (JSON.parse(made.toString('utf8')) as KnownBins);
}

async function keepKnown(known: KnownBins, answer: Answer): Promise<void> {
  const made = Buffer.from(JSON.stringify(known));
  if (!answer.made?.equals(made)) await answer.keep(made);
}

async function keptAmong(paths: readonly string[], { base, cache, userAgent }: DeltaPorts): Promise<readonly string[]> {
  const kept = await Promise.all(paths.map((path) => cache.get(`${base}/${path}`)));
  // What another version of this program has checked is asked for in any case.
  return paths.filter((_path, index) => kept[index]?.checkedBy === userAgent);
}

interface KeptHead extends Pick<KeptResponse, 'made'> {
  readonly head: ChangesHeadDocument;
}

async function keptHead({ base, cache, userAgent }: DeltaPorts): Promise<KeptHead | undefined> {
  const url = `${base}/${routes.changesHead}`;
  const kept = await cache.get(url);
  if (kept?.checkedBy !== userAgent) return undefined;
  return { head: parseJson(kept.body, url) as ChangesHeadDocument, made: kept.made };
}

interface AnsweredHead {
  readonly head: ChangesHeadDocument;
  readonly answer: Answer;
}

async function askHead({ ask }: DeltaPorts, signal: AbortSignal): Promise<AnsweredHead> {
  const what = 'The list of what has changed';
  const answer = await ask({ route: routes.changesHead, limitBytes: LIMIT_BYTES, what, isAlone: true }, signal);
  const { response } = answer;
  if (answer.checked) return { head: parseJson(response.body, shown(response.url)) as ChangesHeadDocument, answer };
  const { validator } = await import('@ar-registry/schemas/validators/api/changes-head');
  const head = parseDocument(response, validator);
  await answer.keep();
  return { head, answer };
}

/** A bin that cannot be had leaves the others as they are. */
async function askBin(name: string, ports: DeltaPorts, signal: AbortSignal): Promise<ChangesPartDocument | undefined> {
  try {
    return await askPart(name, { ports, signal, limitBytes: LIMIT_BYTES });
  } catch (error) {
    if (isArError(error)) return undefined;
    throw error;
  }
}

interface PartQuestion {
  readonly ports: DeltaPorts;
  readonly signal: AbortSignal;
  readonly limitBytes: number;
}

/** @throws INTEGRITY_MISMATCH, REGISTRY_RESPONSE_INVALID, REGISTRY_STATUS, and what `ask` throws */
async function askPart(name: string, { ports, signal, limitBytes }: PartQuestion): Promise<ChangesPartDocument> {
  // As it will be compared with what is kept; the name is all that is known of the hash.
  const pinned = `sha512-${name}`;
  const what = 'A part of the list of what has changed';
  const question: Question = { route: routes.changesFile(name), limitBytes, what, pinned, isAlone: true };
  const answer = await ports.ask(question, signal);
  const { response } = answer;
  if (answer.checked) return parseJson(response.body, shown(response.url)) as ChangesPartDocument;
  const body = found(response, () => statusError(response));
  const actual = [partNameOf, binNameOf].map((nameOf) => nameOf(body, integrityOf)).find((one) => one === name);
  if (actual === undefined)
    throw new ArError('INTEGRITY_MISMATCH', {
      archive: shown(response.url),
      expected: pinned,
      actual: integrityOf(body),
    });
  const { validator } = await import('@ar-registry/schemas/validators/api/changes-part');
  const part = parseDocument(response, validator);
  // Of bins, what is wanted of them is kept with the head.
  if (part.digests !== undefined) await answer.keep();
  return part;
}
