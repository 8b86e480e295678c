import type { Account, PluginName } from '@ar-registry/schemas';
import type { IndexState } from './index-state.ts';

/** A change of an index that its author proposes. */
export interface Proposal {
  /** Of this change alone, such as `publish/acme/hello/1.0.0`: a second run finds it by that name. */
  readonly branch: string;
  /** Of the pull request, one line. */
  readonly title: string;
  /** Of the pull request, in Markdown. What comes from others must be neutralised already. */
  readonly body: string;
  /** Of the commit, with a line feed at its end. */
  readonly message: string;
  /** Path from the top of the repository (`IndexState.prefix` + path in the index) → content; null deletes. */
  readonly files: ProposedFiles;
  /** An account at GitHub, or whoever else writes commits. */
  readonly author: Account | { readonly name: string; readonly email: string };
  readonly now: Date;
  /** Whether a branch of that name is this very change; unless given, whether it holds the same files. */
  readonly isSame?: (earlier: EarlierBranch) => Promise<boolean>;
  /** The branch as `findEarlier` found it, where the change goes on with it instead of being it: a further commit. */
  readonly onto?: EarlierBranch;
}

export type ProposedFiles = ReadonlyMap<string, Uint8Array | string | null>;

export interface ProposeOptions {
  /** Does all that others cannot see. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** What an earlier run left on a branch. Whoever may push there wrote it: it is compared, never trusted. */
export interface EarlierBranch {
  readonly branch: string;
  readonly commit: string;
  /** Paths that it adds, changes or deletes, from the top of the repository; sorted. */
  readonly files: readonly string[];
  /** Paths of all files of a folder on the branch, also of those that it does not change. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  /** The content of a file on the branch, or undefined. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /**
   * Whether it was accepted: by ancestry of the default branch, or a merged pull request of that head. Such a branch is
   * spent; a change that was undone since and is wanted again goes on another.
   */
  readonly isMerged: () => Promise<boolean>;
  /** That is open for it. */
  readonly pullRequest?: PullRequestLink;
}

export interface PullRequestLink {
  readonly number: number;
  /** Address of its page. */
  readonly url: string;
}

/**
 * What became of a proposal. `opened` and `already-open` name a pull request; `pushed` and `already-pushed` are branches
 * at a plain git remote. `already-…`: an earlier run had done it, with the same content.
 */
export interface Proposed {
  readonly state: 'opened' | 'already-open' | 'pushed' | 'already-pushed' | 'dry-run';
  readonly branch: string;
  /** Absent under `dry-run` at GitHub, where nothing is made. */
  readonly commit?: string;
  /** From the top of the repository, sorted. */
  readonly files: readonly string[];
  readonly pullRequest?: PullRequestLink;
  /** Whole sentences: what was done on the way, or would be; such as the fork that was made. */
  readonly steps: readonly string[];
}

/** An index that changes can be proposed to. Dispose it: it may hold a temporary clone. */
export interface IndexTarget extends AsyncDisposable {
  readonly kind: 'git' | 'github';
  /** The remote as it may be shown, without credentials. */
  readonly shown: string;
  /** @throws INDEX_NOT_FOUND, and INDEX_UNREADABLE for a record of the plugin that is broken */
  readState(name: PluginName): Promise<IndexState>;
  /** What an earlier run left on `branch`, where `propose` would put it; undefined if nothing. */
  findEarlier(branch: string): Promise<EarlierBranch | undefined>;
  /** Completes what `findEarlier` found, if anything is missing: the pull request. */
  resume(
    earlier: EarlierBranch,
    proposal: Pick<Proposal, 'title' | 'body'>,
    options: ProposeOptions,
  ): Promise<Proposed>;
  /**
   * Proposes a change. Cut off at any moment, it is run again: a branch that holds the same files is gone on with.
   *
   * @throws PROPOSAL_DIFFERS for a branch of that name with other files, BASE_MOVED where `onto` has moved, PUSH_REJECTED, GIT_FAILED, GITHUB_…, ABORTED
   */
  propose(proposal: Proposal, options: ProposeOptions): Promise<Proposed>;
}
