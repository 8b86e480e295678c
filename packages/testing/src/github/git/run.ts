/** Starting of git for the repositories of the double: no configuration of the machine, no hooks, English words. */
import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';

export interface GitOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes besides 0 that are answers. */
  readonly answers?: readonly number[];
}

export interface GitAnswer {
  readonly exitCode: number;
  readonly bytes: Buffer;
  /** The same as text, without the last line break. */
  readonly text: string;
}

/** A git process that failed, with what it wrote: the routes tell from it what the caller did wrong. */
export class GitError extends Error {
  readonly exitCode: number;
  constructor(args: readonly string[], exitCode: number, stderr: string) {
    super(`git ${args.join(' ')} ended with ${exitCode}: ${stderr.trim()}`);
    this.name = 'GitError';
    this.exitCode = exitCode;
  }
}

/** The environment of every git process of the double: `GIT_…` of whoever started us is left out. */
export function gitEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_')));
  return {
    ...kept,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'GitHub',
    GIT_AUTHOR_EMAIL: 'noreply@github.com',
    GIT_COMMITTER_NAME: 'GitHub',
    GIT_COMMITTER_EMAIL: 'noreply@github.com',
  };
}

/**
 * Runs git in a folder and waits for its end; output is held in memory.
 *
 * @throws GitError
 */
export async function git(folder: string, args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> {
  const child = spawn('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', ...args], {
    cwd: folder,
    env: { ...gitEnvironment(process.env), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // git may end without reading all of its input; what it says then is in its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? -1));
  });
  const [bytes, stderr, exitCode] = await Promise.all([buffer(child.stdout), text(child.stderr), ended]);
  if (exitCode !== 0 && !options.answers?.includes(exitCode)) throw new GitError(args, exitCode, stderr);
  return { exitCode, bytes, text: bytes.toString('utf8').replace(/\n$/, '') };
}
