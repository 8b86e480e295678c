/**
 * Tokens, keys and passwords that were left in a package, in any of its files: also in binary ones, where they stand as
 * plainly. Whoever installs the plugin has them.
 */
import { setImmediate } from 'node:timers/promises';
import { FINDINGS } from '@ar-registry/core/findings';
import { stripControl } from '@ar-registry/core/text';
import type { Check, ReportedFinding } from '@ar-registry/schemas';
import { toCheck } from '../../report/to-check.ts';
import type { ContentsInput } from '../input.ts';
import { type FindSecrets, type Hit, loadRules } from './rules.ts';
import { searchText } from './search-text.ts';

/** Where a secret is and what it is: so that nothing else quotes it. */
export interface Secret {
  /** As findings call it. */
  readonly file: string;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly text: string;
}

export interface SecretsFound {
  readonly check: Check;
  readonly secrets: readonly Secret[];
}

export interface SecretLimits {
  /** Of all files together. */
  readonly totalBytes: number;
  readonly secrets: number;
}

/** More than an archive may hold by default. */
const DEFAULT_LIMITS: SecretLimits = { totalBytes: 64 * 1024 * 1024, secrets: 1000 };

interface Search {
  readonly find: FindSecrets;
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

/** @throws `signal.reason` when aborted; nothing else, whatever the files hold */
export async function checkSecrets(
  { files, nameOf = (path) => path }: Pick<ContentsInput, 'files' | 'nameOf'>,
  signal?: AbortSignal,
  limits: SecretLimits = DEFAULT_LIMITS,
): Promise<SecretsFound> {
  const find = await loadRules();
  const found: Found[] = [];
  const searched = { bytes: 0, files: 0, binary: 0 };
  const left: string[] = [];
  for (const [path, bytes] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const limit = limits.secrets - found.length;
    if (limit <= 0 || searched.bytes + bytes.length > limits.totalBytes) {
      left.push(nameOf(path));
      continue;
    }
    searched.bytes += bytes.length;
    searched.files += 1;
    searched.binary += isBinary(bytes) ? 1 : 0;
    const inFile = await searchFile({ path, file: nameOf(path), bytes }, { find, limit, signal });
    if (!inFile) left.push(nameOf(path));
    for (const each of inFile ?? []) found.push(each);
  }
  return {
    check: toCheck(
      'secrets',
      found.map(({ finding }) => finding),
      { reason: told(searched), couldNotRun: toldOf(left) },
    ),
    secrets: found.map(({ secret }) => secret),
  };
}

interface Found {
  readonly secret: Secret;
  readonly finding: ReportedFinding;
}

interface SearchedFile {
  readonly path: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Undefined where the rules failed. */
async function searchFile(
  { path, file, bytes }: SearchedFile,
  { find, limit, signal }: Search,
): Promise<readonly Found[] | undefined> {
  const text = decode(bytes);
  const pause = async (): Promise<void> => {
    await setImmediate();
    signal?.throwIfAborted();
  };
  try {
    const hits = await searchText(text, { name: path, find, limit, pause });
    return toFound(file, text, hits);
  } catch {
    signal?.throwIfAborted();
    return undefined; // what the rules cannot bear is told as not searched
  }
}

function toFound(file: string, text: string, hits: readonly Hit[]): readonly Found[] {
  if (hits.length === 0) return [];
  const starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  return hits.map((hit) => {
    const line = lineOf(starts, hit.start);
    const lineStart = starts[line - 1] ?? 0;
    const { severity, message, remedy } = FINDINGS.SECRET_FOUND;
    const facts = { kind: hit.kind, rule: hit.rule };
    return {
      secret: { file, firstLine: line, lastLine: lineOf(starts, hit.end), text: text.slice(hit.start, hit.end) },
      finding: {
        code: 'SECRET_FOUND',
        severity,
        file,
        line,
        column: hit.start - lineStart + 1,
        path: '',
        message: message(facts),
        remedy: remedy(facts),
        category: hit.rule,
        evidence: before(text, lineStart, hit.start),
      },
    };
  });
}

const SHOWN_BEFORE = 40;

/** What stands before the secret on its line, if that is short: longer text may hold another one. */
function before(text: string, lineStart: number, start: number): string {
  const prefix = start - lineStart > SHOWN_BEFORE ? '' : text.slice(lineStart, start);
  // A word that runs into the secret may be a part of it that the rule did not see.
  return `${stripControl(prefix).replace(/[\w+/=-]{12,}/g, '***')}***`;
}

function lineOf(starts: readonly number[], index: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? Infinity) <= index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By its byte order mark, else as UTF-8, in which the ASCII of any other text and of binary files can be read too. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
}

/** As git sees it. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8000).includes(0);
}

function told({ files, binary }: { readonly files: number; readonly binary: number }): string {
  const some = binary === 0 ? '' : `, ${binary} of them binary`;
  return `${files} ${files === 1 ? 'file was' : 'files were'} searched${some}.`;
}

function toldOf(left: readonly string[]): string | undefined {
  if (left.length === 0) return undefined;
  const more = left.length === 1 ? '' : ` and ${left.length - 1} more`;
  return `${left[0] ?? ''}${more} could not be searched: too much, or nothing the rules can read.`;
}
