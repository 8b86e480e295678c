/**
 * Objects of a repository, one after the other, by one `git cat-file --batch` that stays: to start git takes longer than
 * what it is asked. Contents come from submitted trees and are attacker-controlled; what is too large is passed over as
 * it arrives.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { ArError } from '@ar-registry/core/errors';
import { toGitError } from './git-error.ts';
import { hardened, hardenedEnv } from './hardening.ts';

export interface GitObject {
  readonly oid: string;
  readonly type: string;
  readonly sizeBytes: number;
  /** Undefined for more than was asked for. */
  readonly bytes: Uint8Array | undefined;
}

export interface ObjectReader extends AsyncDisposable {
  /**
   * @param name any name of an object that git knows, without a line feed
   * @returns undefined for what is not there
   * @throws GIT_FAILED, COMMAND_NOT_FOUND, ABORTED
   */
  read(name: string, limitBytes: number): Promise<GitObject | undefined>;
}

export interface ObjectReaderOptions {
  /** A folder of the repository; absolute. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

const DOING = 'reading objects';

interface Asked {
  readonly name: string;
  readonly limitBytes: number;
  readonly answer: PromiseWithResolvers<GitObject | undefined>;
}

/** Nothing is fetched from anywhere, also where the repository lacks objects. @throws GIT_FAILED, COMMAND_NOT_FOUND */
export function openObjectReader(options: ObjectReaderOptions): ObjectReader {
  const asked: Asked[] = [];
  let failure: (() => ArError) | undefined;
  const { stdin, stdout, ended } = startReader(options);
  const waitForEnd = async (): Promise<void> => {
    failure = await ended;
    for (const { answer } of asked.splice(0)) answer.reject(failure());
  };
  const over = waitForEnd();
  let waiting = '';
  // What is asked at once is one line after another in one piece.
  const send = (name: string): void => {
    if (waiting === '') process.nextTick(() => (stdin.write(waiting), (waiting = '')));
    waiting += `${name}\n`;
  };
  stdout.on('data', createParser(asked));
  return {
    read: async (name, limitBytes) => {
      if (failure) throw failure();
      if (/[\n\0]/.test(name)) throw new ArError('GIT_FAILED', { doing: DOING, reason: 'no object has such a name.' });
      const answer = Promise.withResolvers<GitObject | undefined>();
      asked.push({ name, limitBytes, answer });
      send(name);
      return answer.promise;
    },
    [Symbol.asyncDispose]: async () => {
      stdin.end();
      await over;
    },
  };
}

/** More than anybody reads of what it says of a failure. */
const TOLD_LIMIT = 64 * 1024;

/** By what Node.js has for that: to load what starts the other processes of git takes longer than all that is asked here. */
function startReader({ folder, signal }: ObjectReaderOptions) {
  const { stdin, stdout, stderr, child } = startGit(folder, signal);
  let told = '';
  let code: string | undefined;
  stderr.setEncoding('utf8').on('data', (text: string) => (told += text.slice(0, TOLD_LIMIT - told.length)));
  child.on('error', (error: NodeJS.ErrnoException) => (code = error.code));
  // That it ended before it has read all is told by its end.
  stdin.on('error', () => undefined);
  // Mostly nobody asks for the reason: it ends because nothing is asked any more.
  const ended = new Promise<() => ArError>((resolve) => {
    child.on('close', () => {
      const canceled = signal?.aborted ?? false;
      resolve(() => toGitError({ doing: DOING, folder, stderr: told, canceled, code }));
    });
  });
  return { stdin, stdout, ended };
}

function startGit(folder: string, signal: AbortSignal | undefined) {
  try {
    const child = spawn('git', [...hardened(), 'cat-file', '--batch'], {
      cwd: folder,
      env: { ...process.env, ...hardenedEnv(false) },
      windowsHide: true,
      signal,
    });
    const { stdin, stdout, stderr }: Partial<ChildProcessWithoutNullStreams> = child;
    child.on('error', () => undefined);
    // Where no file can be opened any more it has none of them.
    if (!stdin || !stdout || !stderr) throw new ArError('GIT_FAILED', { doing: DOING, reason: 'it has no streams.' });
    return { child, stdin, stdout, stderr };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    throw error instanceof ArError ? error : toGitError({ doing: DOING, folder, stderr: '', code: error.code });
  }
}

interface Arriving {
  readonly oid: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly isKept: boolean;
  readonly chunks: Uint8Array[];
  /** With the line feed behind the content. */
  leftBytes: number;
}

/** Takes `<oid> <type> <size>\n<content>\n` and `<name> missing\n` apart as they arrive, in the order of the questions. */
function createParser(asked: Asked[]): (chunk: Buffer) => void {
  let line = '';
  let arriving: Arriving | undefined;
  const takeContent = (chunk: Buffer): number => {
    const taken = chunk.subarray(0, arriving?.leftBytes);
    if (arriving?.isKept) arriving.chunks.push(taken);
    if (arriving) arriving.leftBytes -= taken.length;
    if (arriving?.leftBytes === 0) {
      asked.shift()?.answer.resolve(toObject(arriving));
      arriving = undefined;
    }
    return taken.length;
  };
  const takeLine = (chunk: Buffer): number => {
    const newline = chunk.indexOf(0x0a);
    line += chunk.toString('utf8', 0, newline === -1 ? chunk.length : newline);
    if (newline === -1) return chunk.length;
    arriving = parseHeader(line, asked[0]?.limitBytes ?? 0);
    line = '';
    if (!arriving) asked.shift()?.answer.resolve(undefined);
    return newline + 1;
  };
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) at += (arriving ? takeContent : takeLine)(chunk.subarray(at));
  };
}

/** @returns undefined for what is missing, or not one object */
function parseHeader(line: string, limitBytes: number): Arriving | undefined {
  const [, oid, type, size] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(line) ?? [];
  if (oid === undefined || type === undefined) return undefined;
  const sizeBytes = Number(size);
  return { oid, type, sizeBytes, isKept: sizeBytes <= limitBytes, chunks: [], leftBytes: sizeBytes + 1 };
}

function toObject({ oid, type, sizeBytes, isKept, chunks }: Arriving): GitObject {
  const bytes = isKept ? new Uint8Array(Buffer.concat(chunks, sizeBytes)) : undefined;
  return { oid, type, sizeBytes, bytes };
}
