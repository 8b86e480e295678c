/** Which part of a repository a change is about: the index, the tools beside it, or both. */
import { INDEX_FOLDER, REGISTRY_FILE } from '@ar-registry/core/layout';
import type { GitRepository } from '@ar-registry/io/git';

export interface ChangedParts {
  readonly index: boolean;
  /** Anything beside the index. */
  readonly tools: boolean;
}

/**
 * @param base what the change is compared with; only zeros, as GitHub writes of a branch that is new, is nothing at all
 * @throws REVISION_UNKNOWN, GIT_FAILED
 */
export async function changedParts(
  repository: GitRepository,
  { base, head }: { readonly base: string; readonly head: string },
): Promise<ChangedParts> {
  if (/^0+$/.test(base)) return { index: true, tools: true };
  const [from, to] = await Promise.all([repository.resolveRevision(base), repository.resolveRevision(head)]);
  const paths = (await repository.changedPaths(from, to)).map(({ path }) => path);
  const atTop = (await repository.listTree(from, `${INDEX_FOLDER}/${REGISTRY_FILE}`)).length === 0;
  // An index at the top of its repository has nothing beside it.
  if (atTop) return { index: paths.length > 0, tools: paths.length > 0 };
  const inIndex = paths.filter((path) => path.startsWith(`${INDEX_FOLDER}/`));
  return { index: inIndex.length > 0, tools: inIndex.length < paths.length };
}
