/** What git lists, parsed. Paths come from submitted trees and are attacker-controlled. */

export type EntryKind = 'file' | 'executable' | 'symlink' | 'submodule';

/** One entry of a tree. A path that is not UTF-8 holds U+FFFD and so never names a record. */
export interface TreeEntry {
  readonly path: string;
  readonly kind: EntryKind;
  readonly oid: string;
}

export type ChangeKind = 'added' | 'modified' | 'deleted';

/** One path that differs between two trees. */
export interface ChangedEntry {
  readonly path: string;
  readonly kind: ChangeKind;
}

/** Reads `git ls-tree -r -z`. */
export function parseTree(output: Uint8Array): readonly TreeEntry[] {
  return splitZero(output).map((line) => {
    const [, mode = '', oid = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    return { path, kind: kindOfMode(mode), oid };
  });
}

/** Reads `git diff-tree -r -z --no-renames --name-status`. */
export function parseChanges(output: Uint8Array): readonly ChangedEntry[] {
  const fields = splitZero(output);
  return fields.flatMap((status, index) =>
    index % 2 === 0 ? [{ path: fields[index + 1] ?? '', kind: kindOfStatus(status) }] : [],
  );
}

function splitZero(output: Uint8Array): readonly string[] {
  const fields = new TextDecoder('utf-8').decode(output).split('\0');
  return fields.slice(0, -1);
}

/** @param mode as git stores it */
export function kindOfMode(mode: string): EntryKind {
  if (mode === '120000') return 'symlink';
  if (mode === '100755') return 'executable';
  return mode === '160000' ? 'submodule' : 'file';
}

/** A change of type (a file that becomes a symbolic link) is a modification as well. */
function kindOfStatus(status: string): ChangeKind {
  if (status === 'A') return 'added';
  return status === 'D' ? 'deleted' : 'modified';
}
