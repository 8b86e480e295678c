/** Starting of git, for all that streams, writes, or talks to a remote. */
import { tmpdir } from 'node:os';
import { ArError } from '@ar-registry/core/errors';
import { hideCredentials, toSingleLine, truncate } from '@ar-registry/core/text';
import { execa } from 'execa';
import { endAll } from '../children/end-all.ts';
import { HARDENED_CONFIG, hardenedEnv } from './hardening.ts';

export interface GitRun {
  /** Completes “git failed while …”. */
  readonly doing: string;
  readonly cwd?: string;
  /** Whether git may talk to a remote; without it no transport works, also not for objects that a clone lacks. */
  readonly network?: boolean;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Exit codes besides 0 that are answers and not failures. */
  readonly answers?: readonly number[];
  /**
   * Whether git gets a group of its own, so that the programs it starts end with it when it is cancelled. They have no
   * terminal then: not for ssh, which asks there for what opens a key.
   */
  readonly ownGroup?: boolean;
  /** How large one file may get that git writes, such as what it receives. */
  readonly fileLimitBytes?: number;
}

export interface GitAnswer {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/**
 * Runs `git` with `args` and waits for its end. Output is held in memory.
 *
 * @throws GIT_FAILED, DISK_FULL, COMMAND_NOT_FOUND, ABORTED
 */
export async function runGit(args: readonly string[], run: GitRun): Promise<GitAnswer> {
  const [file, first] = programOf(run);
  const child = execa(file, [...first, ...hardened(), ...args], optionsOf(run));
  const end = (): void => endAll(child, ownsGroup(run));
  run.signal?.addEventListener('abort', end, { once: true });
  if (run.signal?.aborted) end();
  const result = await child;
  run.signal?.removeEventListener('abort', end);
  const stderr = new TextDecoder().decode(result.stderr);
  const { exitCode } = result;
  if (exitCode !== undefined && (exitCode === 0 || run.answers?.includes(exitCode)))
    return { exitCode, stdout: result.stdout, stderr };
  throw toGitError({ doing: run.doing, folder: run.cwd, stderr, canceled: result.isCanceled, code: result.code });
}

function optionsOf(run: GitRun) {
  return {
    env: { ...hardenedEnv(run.network ?? false), ...run.env },
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: 512 * 1024 * 1024,
    reject: false,
    ...(run.input === undefined ? { stdin: 'ignore' as const } : { input: run.input }),
    ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
    ...(run.signal ? { cancelSignal: run.signal } : {}),
    detached: ownsGroup(run),
  } as const;
}

/** Windows knows no groups. */
function ownsGroup({ ownGroup = false }: GitRun): boolean {
  return ownGroup && process.platform !== 'win32';
}

/** The shell's own limit holds on every system that has a shell; a signal for it would look like a crash. */
const LIMITED = 'trap "" XFSZ; ulimit -f "$0" && exec git "$@"';
/** @source POSIX `ulimit -f`: in units of 512 bytes */
const BLOCK_BYTES = 512;

function programOf({ fileLimitBytes }: GitRun): readonly [string, readonly string[]] {
  if (fileLimitBytes === undefined) return ['git', []];
  return ['sh', ['-c', LIMITED, String(Math.floor(fileLimitBytes / BLOCK_BYTES))]];
}

/** The `-c` arguments that every git process starts with. */
export function hardened(): readonly string[] {
  return HARDENED_CONFIG.flatMap((setting) => ['-c', setting]);
}

export interface GitFailure {
  readonly doing: string;
  /** Where git wrote, if that is known; else it is taken to be the system's temporary folder. */
  readonly folder?: string | undefined;
  /** What git wrote to stderr: in part the words of the remote. */
  readonly stderr: string;
  readonly canceled?: boolean;
  /** The system's code when git could not be started. */
  readonly code?: string | undefined;
}

/** The error of ours for a git process that failed. Credentials in addresses are removed. */
export function toGitError({ doing, folder, stderr, canceled, code }: GitFailure): ArError {
  if (canceled) return new ArError('ABORTED', { doing });
  if (code === 'ENOENT') return new ArError('COMMAND_NOT_FOUND', { command: 'git' });
  if (code === 'ENOSPC' || isDiskFull(stderr)) return new ArError('DISK_FULL', { path: folder ?? tmpdir() });
  return new ArError('GIT_FAILED', {
    doing: hideCredentials(doing),
    reason: reasonOf(stderr) || code || 'no reason given',
  });
}

/**
 * git has no other sign of it than the words of the C library, which are in English under our `LC_ALL`. Lines that the
 * remote wrote are of its own disk, or of its invention.
 */
function isDiskFull(stderr: string): boolean {
  return stderr
    .split(/[\r\n]+/)
    .some((line) => /: (?:No space left on device|Disk quota exceeded)$/.test(line.trim()) && !isOfRemote(line));
}

function isOfRemote(line: string): boolean {
  return /^\s*(?:remote:|(?:fatal|error): (?:remote error|protocol error))/.test(line);
}

/** The lines that say why, cleaned: progress and hints left out. */
export function reasonOf(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).map((line) => line.trim());
  const telling = lines.filter((line) => /^(?:fatal|error|remote|ssh|!):?/i.test(line));
  const chosen = (telling.length > 0 ? telling : lines).filter((line) => line !== '');
  return truncate(toSingleLine(hideCredentials(chosen.join(' '))), 500);
}
