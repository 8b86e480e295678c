/** Where the files of an index come from: a folder, or a tree of a repository. One face for both. */
import type { GitRepository } from '../git/index.ts';
import { walkFolder } from './walk-folder.ts';

/** A file of a tree, not read yet. `id` is what the tree reads it by. */
export interface TreeFile {
  /** From the top of the tree, POSIX. Attacker-controlled in a pull request. */
  readonly path: string;
  readonly kind: 'file' | 'executable' | 'symlink' | 'submodule' | 'special';
  readonly id: string;
}

export interface Tree {
  /** How the tree is named in errors. */
  readonly label: string;
  readonly commit?: string;
  /** Everything in it but the folders for which `skip` holds, as far as a tree can leave them out. */
  list(skip: (folder: string) => boolean): Promise<readonly TreeFile[]>;
  /** Sizes in bytes by `id`. */
  sizes(files: readonly TreeFile[]): Promise<ReadonlyMap<string, number>>;
  /** Contents by `id`. */
  contents(files: readonly TreeFile[]): Promise<ReadonlyMap<string, Uint8Array>>;
}

/** @param folder absolute path. */
export function folderTree(folder: string, signal: AbortSignal | undefined): Tree {
  const { list, sizes, contents } = walkFolder(folder, signal);
  return { label: folder, list, sizes, contents };
}

/** @param treeish id of a commit or tree. */
export function gitTree(
  repository: Pick<GitRepository, 'gitDir' | 'listTree' | 'readBlobSizes' | 'readBlobs'>,
  { treeish, commit }: { readonly treeish: string; readonly commit?: string | undefined },
): Tree {
  return {
    label: repository.gitDir,
    ...(commit === undefined ? {} : { commit }),
    list: async () => (await repository.listTree(treeish)).map(({ path, kind, oid }) => ({ path, kind, id: oid })),
    sizes: (files) => repository.readBlobSizes(files.map(({ id }) => id)),
    contents: (files) => repository.readBlobs(files.map(({ id }) => id)),
  };
}
