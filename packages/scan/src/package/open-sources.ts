import { setImmediate } from 'node:timers/promises';
import { scanFinding, type ScanFinding } from '../report/finding.ts';
import { openSource, spotOf, type SourceFile } from '../source/source-file.ts';
import { isCode } from './code-files.ts';
import { requiredPaths } from './required.ts';

export interface OpeningLimits {
  readonly fileBytes: number;
  readonly totalBytes: number;
}

export interface Opening {
  /** Paths that package.json and the manifest name as entries. */
  readonly entries: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
  readonly limits: OpeningLimits;
}

export interface Opened {
  readonly sources: readonly SourceFile[];
  /** What was to be looked at, and could not be. */
  readonly findings: readonly ScanFinding[];
}

const NO_CODE = /\.(?:json|node|wasm|css|html?|md|d\.[cm]?ts)$/i;

/** Opens what is code by itself, then what that loads, and so on. @throws `signal.reason` when aborted */
export async function openSources(files: ReadonlyMap<string, Uint8Array>, opening: Opening): Promise<Opened> {
  const { entries, signal, limits } = opening;
  const code = new Set([...files.keys()].filter((path) => isScanned(path, files, entries)).toSorted());
  const queue = new Set(code);
  const sources: SourceFile[] = [];
  const refused = new Map<string, ScanFinding>();
  let totalBytes = 0;
  // What is added while a set is walked is walked too.
  for (const path of queue) {
    const bytes = NO_CODE.test(path) ? undefined : files.get(path);
    if (!bytes) continue;
    await setImmediate();
    signal?.throwIfAborted();
    totalBytes += bytes.length;
    const opened = openFile(path, bytes, { ...limits, isFull: totalBytes > limits.totalBytes });
    if ('code' in opened) {
      refused.set(path, opened);
      continue;
    }
    sources.push(opened);
    const required = requiredPaths(opened);
    for (const name of required.certain) code.add(name);
    for (const name of required.possible) queue.add(name);
  }
  // A file that nothing is known to run is no code if it does not read as such.
  return { sources, findings: [...refused].filter(([path]) => code.has(path)).map(([, finding]) => finding) };
}

function isScanned(path: string, files: ReadonlyMap<string, Uint8Array>, entries: ReadonlySet<string>): boolean {
  return entries.has(path) || isCode(path, () => decodeText(files.get(path)?.subarray(0, 200)));
}

function openFile(
  file: string,
  bytes: Uint8Array,
  { fileBytes, isFull }: OpeningLimits & { readonly isFull: boolean },
): SourceFile | ScanFinding {
  const facts = { sizeBytes: bytes.length, limitBytes: fileBytes };
  if (isFull || bytes.length > fileBytes) return scanFinding('SOURCE_TOO_LARGE', { file, evidence: file }, { facts });
  const text = decodeText(bytes);
  const opened = openSource(file, text);
  if (opened.kind === 'opened') return opened.source;
  if (opened.kind === 'too-deep')
    return scanFinding('SOURCE_TOO_COMPLEX', { file, ...spotOf({ text }, { start: 0 }) }, { facts: {} });
  const { line, column } = opened;
  const start = text
    .split(/(?<=\r\n|\n|\r(?!\n))/)
    .slice(0, line - 1)
    .join('').length;
  return scanFinding('SOURCE_UNPARSABLE', { file, ...spotOf({ text }, { start }), line, column }, { facts: {} });
}

/** Bytes as Node would read them as JavaScript; a byte order mark stays. */
export function decodeText(bytes: Uint8Array | undefined): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes ?? new Uint8Array());
}
