/** Starting of git, for all that streams, writes, or talks to a remote. */
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { endAll } from '../children/end-all.ts';
import { toGitError } from './git-error.ts';
import { hardened, hardenedEnv } from './hardening.ts';

export interface GitRun {
  /** Completes “git failed while …”. */
  readonly doing: string;
  readonly cwd?: string;
  /** Whether git may talk to a remote; without it no transport works, also not for objects that a clone lacks. */
  readonly network?: boolean;
  readonly input?: string | Uint8Array | Readable;
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
