/** The first-parent history of a branch: what each commit or merge on it did, and nothing of the branches that it took in. */
import { ArError } from '@ar-registry/core/errors';
import { runGit } from './command.ts';
import type { GitRepository } from './repository.ts';

export interface HistoryCommit {
  readonly oid: string;
  /** When it was committed, as it says: seconds since 1970. */
  readonly committedAt: number;
  readonly changes: readonly HistoryChange[];
}

/** A path, and the contents before and after: absent for what was or is no plain file. */
export interface HistoryChange {
  readonly path: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

export interface HistoryQuestion {
  /** A commit. */
  readonly head: string;
  /** The commit after which to begin; all without it. */
  readonly after?: string | undefined;
  /** Only what lies below; empty for all. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Oldest first; commits that changed nothing below the folder are left out.
 *
 * @throws GIT_FAILED, REVISION_UNKNOWN where `after` is not in that history, INDEX_UNREADABLE for a clone without it
 */
export async function firstParentHistory(
  { gitDir }: Pick<GitRepository, 'gitDir'>,
  { head, after, folder, signal }: HistoryQuestion,
): Promise<readonly HistoryCommit[]> {
  const run = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await runGit(['--git-dir', gitDir, ...args], { doing: 'reading a history', signal });
    return new TextDecoder().decode(stdout);
  };
  if ((await run('rev-parse', '--is-shallow-repository')).trim() !== 'false')
    throw new ArError('INDEX_UNREADABLE', { index: gitDir, problem: 'it is a clone without its history' });
  if (after !== undefined) {
    const all = await run('rev-list', '--first-parent', head);
    if (!all.split('\n').includes(after))
      throw new ArError('REVISION_UNKNOWN', { repository: gitDir, revision: after });
  }
  const range = after === undefined ? [head] : [head, `^${after}`];
  return parseHistory(await run(...LOG, ...range, ...(folder === '' ? [] : ['--', folder])));
}

const LOG = [
  'log',
  '--first-parent',
  '--diff-merges=first-parent',
  '--root',
  '--reverse',
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-notes',
  '--no-show-signature',
  '--format=%x01%H %ct',
] as const;

/** A commit begins with a 0x01, a change with a colon; the path of a change follows it. */
function parseHistory(output: string): readonly HistoryCommit[] {
  const commits: (HistoryCommit & { readonly changes: HistoryChange[] })[] = [];
  const fields = output.split('\0');
  for (let at = 0; at < fields.length; at += 1) {
    const field = (fields[at] ?? '').replace(/^\n/, '');
    if (field.startsWith('\u0001')) {
      const [oid = '', seconds = ''] = field.slice(1).split(' ');
      commits.push({ oid, committedAt: Number(seconds), changes: [] });
    } else if (field.startsWith(':')) {
      at += 1;
      commits.at(-1)?.changes.push(parseChange(field, fields[at] ?? ''));
    }
  }
  return commits;
}

/** @source git-diff(1), “Raw output format” */
function parseChange(field: string, path: string): HistoryChange {
  const [oldMode = '', newMode = '', oldOid = '', newOid = ''] = field.slice(1).split(' ');
  return { path, before: isFile(oldMode) ? oldOid : undefined, after: isFile(newMode) ? newOid : undefined };
}

function isFile(mode: string): boolean {
  return mode === '100644' || mode === '100755';
}
