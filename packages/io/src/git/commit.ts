import { ArError } from '@ar-registry/core/errors';
import { runGit } from './command.ts';
import { assertBranch, isObjectId } from './names.ts';

/** Who made a commit, and when. Given by the caller: the user's git configuration is neither read nor needed. */
export interface CommitAuthor {
  readonly name: string;
  readonly email: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

export interface Commit {
  readonly branch: string;
  /** The commit that it stands on. */
  readonly base: string;
  /** Path from the top of the repository → content; null deletes. What is not named stays as in `base`. */
  readonly files: ReadonlyMap<string, Uint8Array | string | null>;
  readonly message: string;
  readonly author: CommitAuthor;
}

/**
 * Commits `files` onto `base` as `branch`, without a work tree and without an index: nothing is checked out.
 *
 * A branch that exists moves only if it is an ancestor of the new commit. Equal input makes an equal commit.
 *
 * @returns the id of the commit
 * @throws GIT_FAILED, ABORTED
 */
export async function commitFiles(repoDir: string, commit: Commit, signal?: AbortSignal): Promise<string> {
  assertBranch(commit.branch, repoDir);
  if (!isObjectId(commit.base)) throw new ArError('REVISION_UNKNOWN', { repository: repoDir, revision: commit.base });
  await runGit(['fast-import', '--quiet', '--done'], {
    doing: `committing to ${commit.branch}`,
    cwd: repoDir,
    input: importStream(commit),
    signal,
  });
  const ref = `refs/heads/${commit.branch}`;
  const { stdout } = await runGit(['rev-parse', '--verify', ref], {
    doing: 'reading the commit',
    cwd: repoDir,
    signal,
  });
  return new TextDecoder().decode(stdout).trim();
}

/** @source git-fast-import(1), “Input format” */
function importStream({ branch, base, files, message, author }: Commit): Uint8Array {
  const person = identity(author);
  const paths = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([
    Buffer.from(`commit refs/heads/${branch}\nauthor ${person}\ncommitter ${person}\n`),
    data(message),
    Buffer.from(`from ${base}\n`),
    ...paths.flatMap(([path, content]) =>
      content === null
        ? [Buffer.from(`D ${quotePath(path)}\n`)]
        : [Buffer.from(`M 100644 inline ${quotePath(path)}\n`), data(content)],
    ),
    Buffer.from('done\n'),
  ]);
}

function data(content: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}

/** `Name <email> <seconds> +0000`, without the characters that would end a part early. */
export function identity({ name, email, atMs }: CommitAuthor): string {
  return `${withoutDelimiters(name)} <${withoutDelimiters(email)}> ${Math.floor(atMs / 1000)} +0000`;
}

function withoutDelimiters(text: string): string {
  // oxlint-disable-next-line no-control-regex -- controls are what this removes
  return text.replaceAll(/[<>\u0000-\u001f\u007f]/g, '').trim();
}

function quotePath(path: string): string {
  const names = path.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git'))
    throw new Error(`Not a path inside a repository: ${path}`);
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
