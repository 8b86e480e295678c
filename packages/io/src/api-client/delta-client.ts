/**
 * Asking a registry which of the documents that are kept are still those of now: one small question in the place of one
 * for each (docs/decisions/024-delta.md).
 *
 * Of registries that are not signed: of another one, what is signed says it. Whatever is wrong with an answer, the
 * documents themselves are asked for, so that nothing can be hidden here that the server could not hide there.
 */
import { ArError, hasCode, isArError } from '@ar-registry/core/errors';
import { binNameOf, isInDelta, partNameOf, readDelta, type IsCurrent, type KnownBins } from '@ar-registry/core/delta';
import { routes } from '@ar-registry/core/layout';
import type { ChangesHeadDocument, ChangesPartDocument, PluginName } from '@ar-registry/schemas';
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

/**
 * @param names of the plugins whose documents will be asked for
 * @returns undefined where each has to be asked for
 * @throws REGISTRY_UNREACHABLE: who cannot be asked this cannot be asked for more
 */
export async function askDelta(
  names: readonly PluginName[],
  ports: DeltaPorts,
  signal: AbortSignal,
): Promise<Knowing | undefined> {
  const kept = await keptAmong([...new Set([routes.advisories, ...names.map(routes.plugin)])], ports);
  if (kept.length < FEWEST || (await ports.isSigned(signal))) return undefined;
  try {
    const isCurrent = await askAbout(kept, ports, signal);
    if (!isCurrent) return undefined;
    return (question) =>
      isInDelta(question.route) ? { isCurrent: (body) => isCurrent(question.route, body), ...question } : question;
  } catch (error) {
    if (!isArError(error) || hasCode(error, 'REGISTRY_UNREACHABLE')) throw error;
    ports.onNote?.(`Asked for each plugin: what has changed is not known. ${error.message}`);
    return undefined;
  }
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
