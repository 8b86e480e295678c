export { openBranch, type BranchChanges, type BranchFile, type BranchTree } from './branch-tree.ts';
export { checkoutCommit, type Checkout, type CheckoutLimits, type GitProtocol, type Pinned } from './checkout.ts';
export { commitFiles, type Commit, type CommitAuthor } from './commit.ts';
export { firstParentHistory, type HistoryChange, type HistoryCommit } from './history.ts';
export { mergeBranch, mergeTrees, type Merge, type MergedTree } from './merge.ts';
export { isBranchName } from '@ar-registry/core/git-name';
export { commitTimeMs, missingObjects, remoteBranches } from './remote-branches.ts';
export { remoteCommit, type RemoteRef } from './remote-commit.ts';
export {
  cloneBranches,
  cloneForSubmission,
  fetchBranches,
  fetchPullHead,
  originOf,
  pushBranch,
  remoteBranch,
  type Push,
  type SubmissionClone,
} from './remote.ts';
export { openQuickRepository, type QuickRepository } from './quick-repository.ts';
export { openRepository, type GitRepository, type OpenOptions } from './repository.ts';
export type { ChangeKind, ChangedEntry, EntryKind, TreeEntry } from './tree.ts';
