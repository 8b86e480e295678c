/** What changed between two commits, as the lists of changed files say it. */
import { git } from './run.ts';

export interface ChangedFile {
  readonly path: string;
  readonly previousPath: string | undefined;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  /** Of the new content; of the old when it was removed. */
  readonly blob: string;
  readonly additions: number;
  readonly deletions: number;
}

/** What changed from one tree or commit to another, renames found, sorted by path. */
export async function diffFiles(gitDir: string, from: string, to: string): Promise<readonly ChangedFile[]> {
  const options = ['diff-tree', '-r', '-z', '-M', '--raw', '--numstat', '--no-abbrev'];
  const { text } = await git(gitDir, [...options, from, to]);
  const fields = text.split('\0');
  const changes: Omit<ChangedFile, 'additions' | 'deletions'>[] = [];
  const counts = new Map<string, { additions: number; deletions: number }>();
  for (let field = fields.shift(); field !== undefined; field = fields.shift()) {
    if (field.startsWith(':')) changes.push(toChange(field, fields));
    else if (field !== '') countLines(field, fields, counts);
  }
  return changes
    .map((change) => ({ ...change, ...(counts.get(change.path) ?? { additions: 0, deletions: 0 }) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** `:100644 100644 <before> <after> M`, then the path, or two of them after a rename. */
function toChange(field: string, rest: string[]): Omit<ChangedFile, 'additions' | 'deletions'> {
  const [, , before = '', after = '', letter = ''] = field.split(' ');
  const first = rest.shift() ?? '';
  const second = letter.startsWith('R') ? rest.shift() : undefined;
  return {
    path: second ?? first,
    previousPath: second === undefined ? undefined : first,
    status: toStatus(letter),
    blob: letter === 'D' ? before : after,
  };
}

/** `<added>\t<removed>\t<path>`; after a rename the path is empty and two follow. Of binary files both are `-`. */
function countLines(
  field: string,
  rest: string[],
  counts: Map<string, { additions: number; deletions: number }>,
): void {
  const [added = '', removed = '', ...name] = field.split('\t');
  const written = name.join('\t');
  if (written === '') rest.shift();
  const path = written === '' ? (rest.shift() ?? '') : written;
  counts.set(path, { additions: Number(added) || 0, deletions: Number(removed) || 0 });
}

function toStatus(letter: string): ChangedFile['status'] {
  switch (letter.charAt(0)) {
    case 'A':
      return 'added';
    case 'D':
      return 'removed';
    case 'R':
      return 'renamed';
    case 'T':
      return 'changed';
    default:
      return 'modified';
  }
}
