/** One command of a stranger's project: its own process group, bounded time and output, and nothing of it left behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { ArError } from '@ar-registry/core/errors';
import { stripControl, toSingleLine } from '@ar-registry/core/text';
import type { Isolation } from './isolation.ts';

export interface Workshop {
  readonly isolation: Isolation;
  /** Everything of it is thrown away. Absolute. */
  readonly workDir: string;
  /** All that the command sees of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends everything, for the time that all steps may take together. */
  readonly deadline: AbortSignal;
  readonly signal: AbortSignal;
}

export interface CommandRun {
  /** Absolute. */
  readonly cwd: string;
  readonly network: boolean;
  readonly timeoutMs: number;
}

export type CommandResult =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      /** Why, and the end of the output, in one line. */
      readonly said: string;
      readonly output: string;
      /** Whether it went past a limit of ours, and did not end by itself. */
      readonly isStopped: boolean;
    };

const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024;
const KEPT_BYTES = 16 * 1024;
const DRAIN_MS = 2000;

/** @throws COMMAND_NOT_FOUND, and `signal.reason` when aborted */
export async function runCommand(
  command: readonly [string, ...string[]],
  { isolation, workDir, env, deadline, signal }: Workshop,
  { cwd, network, timeoutMs }: CommandRun,
): Promise<CommandResult> {
  signal.throwIfAborted();
  const [file, ...args] = isolation.wrap(command, { workDir, cwd, network });
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  const stop = AbortSignal.any([signal, deadline, AbortSignal.timeout(timeoutMs), output.overflow]);
  const kill = (): void => killGroup(child);
  stop.addEventListener('abort', kill, { once: true });
  if (stop.aborted) kill();
  try {
    const ended = await end(child, file);
    signal.throwIfAborted();
    const why = stop.aborted ? reasonFor({ overflow: output.overflow, deadline, timeoutMs }) : ended;
    return why === undefined
      ? { kind: 'done' }
      : { kind: 'failed', said: told(why, output.tail()), output: output.tail(), isStopped: stop.aborted };
  } finally {
    stop.removeEventListener('abort', kill);
    // Whatever it left in the background goes with it.
    killGroup(child);
  }
}

interface Collected {
  readonly overflow: AbortSignal;
  tail(): string;
}

function collect(child: ChildProcess): Collected {
  const controller = new AbortController();
  let total = 0;
  let kept = Buffer.alloc(0);
  const take = (chunk: Buffer): void => {
    total += chunk.length;
    kept = Buffer.concat([kept, chunk]).subarray(-KEPT_BYTES);
    if (total > OUTPUT_LIMIT_BYTES) controller.abort();
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  return { overflow: controller.signal, tail: () => kept.toString('utf8') };
}

/** @returns why it did not do what it should; undefined if it did */
function end(child: ChildProcess, file: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new ArError('COMMAND_NOT_FOUND', { command: file }, { cause }));
    });
    child.once('exit', (code, signal) => {
      const why = code === null ? `ended by ${signal ?? 'a signal'}` : `exit code ${code}`;
      killGroup(child);
      // One that left the group may hold the pipes for ever: what has not come by then is not waited for.
      const late = setTimeout(() => [child.stdout, child.stderr].forEach((pipe) => pipe?.destroy()), DRAIN_MS);
      child.once('close', () => {
        clearTimeout(late);
        resolve(code === 0 ? undefined : why);
      });
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // Nothing of the group is left.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

function reasonFor(stop: {
  readonly overflow: AbortSignal;
  readonly deadline: AbortSignal;
  readonly timeoutMs: number;
}): string {
  if (stop.overflow.aborted) return `it wrote more than ${OUTPUT_LIMIT_BYTES / 1024 ** 2} MiB`;
  if (stop.deadline.aborted) return 'the time for the whole check was over';
  return `it did not end within ${Math.round(stop.timeoutMs / 1000)} s`;
}

const SHOWN_CHARACTERS = 380;

/** The last lines, which is where programs say what is wrong. */
function told(why: string, output: string): string {
  const text = toSingleLine(withoutSecrets(stripControl(output)).trim().split('\n').slice(-12).join(' ')).trim();
  const last = text.length > SHOWN_CHARACTERS ? `…${text.slice(-SHOWN_CHARACTERS)}` : text;
  return last === '' ? `${why}.` : `${why}: ${last}`;
}

/** What looks like a token of GitHub, npm, GitLab, Slack or AWS, a bearer, or a password in an address. */
const SECRETS =
  /\b(?:gh[a-z]_|github_pat_|npm_|glpat-|xox[a-z]-|AKIA)[\w-]{10,}|(?<=\bbearer\s+)[\w.~+/=-]{8,}|(?<=:\/\/)[^\s/@]+(?=@)/gi;

/** The report is public. This is no wall: a program can write a secret in other words. */
function withoutSecrets(text: string): string {
  return text.replaceAll(SECRETS, '***');
}
