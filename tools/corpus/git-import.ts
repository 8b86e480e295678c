/**
 * One commit of very many files, streamed into one pack: `git add` would write half a million loose objects.
 *
 * @source git-fast-import(1)
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface CommitImport {
  /** @param path below the top of the repository, POSIX */
  add(path: string, text: string): Promise<void>;
  /** Ends the commit and takes it for what is checked out. @returns its name */
  finish(): Promise<string>;
}

const AUTHOR = 'Corpus <corpus@example.com>';

/** @param atSeconds since 1970; the same files and instant give the same commit */
export function startCommit(
  folder: string,
  about: { readonly message: string; readonly atSeconds: number },
): CommitImport {
  git(folder, ['init', '--quiet', '--initial-branch=main']);
  const child = spawn('git', ['fast-import', '--quiet', '--done'], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const input = child.stdin;
  const ended = once(child, 'exit');
  // A git that ends early is told by its exit code.
  input.on('error', () => undefined);
  input.write(`commit refs/heads/main\ncommitter ${AUTHOR} ${about.atSeconds} +0000\n${data(about.message)}`);
  return {
    add: async (path, text) => {
      const hasRoom = input.write(`M 100644 inline ${path}\n${data(text)}`);
      if (!hasRoom) await Promise.race([once(input, 'drain'), ended]);
    },
    finish: async () => {
      input.end('done\n');
      const [code] = (await ended) as [number | null];
      if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
      // The files are there already: only what git remembers of them is missing.
      git(folder, ['reset', '--quiet']);
      return git(folder, ['rev-parse', 'HEAD']);
    },
  };
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function git(folder: string, args: readonly string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  return execFileSync('git', [...args], { cwd: folder, encoding: 'utf8', env }).trim();
}
