/** What this program asks of GitHub, in its own words. Everything in the answers is untrusted text. */
import type { Account } from '@ar-registry/schemas';
import type { TreeEntry } from '../git/index.ts';

/** `owner/repo`, taken apart. */
export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** What is known of a repository, under its present name. */
export interface RepositoryFacts extends RepositoryName {
  readonly id: number;
  readonly defaultBranch: string;
  /** Whether the token's user may push to it. */
  readonly canPush: boolean;
  /** What it is a fork of. */
  readonly parent?: RepositoryName;
}

/** A commit to be made: files that are not named stay as in `base`. */
export interface NewCommit {
  /** The commit that it stands on. */
  readonly base: string;
  readonly files: ReadonlyMap<string, Uint8Array | string | null>;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly now: Date;
}

/** A commit and what it stands on. */
export interface CommitFacts {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
}

/** A pull request. Title, body, labels and names are its author’s words. */
export interface PullRequest {
  readonly number: number;
  /** Of its page. */
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  readonly draft: boolean;
  /** Absent for an account that was deleted. */
  readonly author?: Account;
  readonly createdAt: string;
  readonly labels: readonly string[];
  readonly head: { readonly sha: string; readonly ref: string; readonly repository?: RepositoryName };
  readonly base: { readonly sha: string; readonly ref: string };
}

/** One file that a commit or a pull request changes. */
export interface PullFile {
  readonly path: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed' | 'unchanged';
  /** For a renamed file. */
  readonly previousPath?: string;
  /** Object id of its content. */
  readonly oid?: string;
}

/** Which pull requests are looked for. */
export interface PullQuery {
  /** `owner:branch`. */
  readonly head?: string;
  /** Commit at the head of the pull request. */
  readonly headSha?: string;
  /** `open` unless given. */
  readonly state?: 'open' | 'closed' | 'all';
}

/** A pull request to be opened. */
export interface NewPull {
  readonly title: string;
  readonly body: string;
  /** `owner:branch`. */
  readonly head: string;
  readonly base: string;
}

/** One check of a commit. */
export interface CheckRun {
  readonly name: string;
  readonly status: string;
  /** Null until it is completed. */
  readonly conclusion: string | null;
  /** When GitHub says that it began; an author has no say in it. Undefined while it is queued. */
  readonly startedAt: string | undefined;
  /** The GitHub app that made it: 15368 is GitHub Actions. */
  readonly appId: number | undefined;
}

/** What a run of a workflow has left. */
export interface Artifact {
  readonly runId: number;
  readonly createdAt: string;
}

/** A label as it is made. */
export interface LabelSpec {
  readonly name: string;
  /** Six hexadecimal digits. */
  readonly color: string;
  readonly description: string;
}

/** A file of a release. */
export interface Asset {
  readonly id: number;
  readonly name: string;
  /** `uploaded` once it is whole. */
  readonly state: 'uploaded' | 'open';
  readonly sizeBytes: number;
  /** Where everybody gets it. */
  readonly url: string;
}

/** How often an asset was downloaded, ever. */
export interface AssetDownloads {
  readonly url: string;
  readonly downloads: number;
}

/** A release that is published. */
export interface Release {
  readonly id: number;
  readonly tag: string;
  readonly draft: boolean;
  readonly assets: readonly Asset[];
}

/** One repository, through the API. Every method throws GITHUB_… and ABORTED. */
export interface GitHubRepository {
  readonly name: RepositoryName;
  facts(): Promise<RepositoryFacts>;

  /** The fork of the token's user, if it has the usual name. */
  findFork(): Promise<RepositoryFacts | undefined>;
  /** Forks it to the token's user, or finds the fork there is, and waits until it can be used. */
  fork(): Promise<RepositoryFacts>;
  /** Brings a branch of a fork up to its parent. @throws GITHUB_REJECTED where they have diverged */
  syncFork(branch: string): Promise<void>;

  /** The commit of a branch, or undefined. */
  branch(name: string): Promise<string | undefined>;
  /** Makes a branch. False if it was there already, whatever it holds. */
  createBranch(name: string, sha: string): Promise<boolean>;
  /** Makes a branch that is there another commit, whatever it held. */
  moveBranch(name: string, sha: string): Promise<void>;
  /** Makes a branch a commit that stands on what it is. False if it is something else by now. */
  advanceBranch(name: string, sha: string): Promise<boolean>;
  commit(sha: string): Promise<CommitFacts>;
  /** All files of a commit or tree, paths from the top; `skip` names folders that are left out. */
  listTree(treeish: string, options?: { readonly skip?: ReadonlySet<string> }): Promise<readonly TreeEntry[]>;
  /** Contents by object id, all in memory. */
  readBlobs(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Content of a file at a branch or commit, or undefined. */
  readFile(path: string, ref: string): Promise<Uint8Array | undefined>;
  /** Paths that differ between a commit and its first parent. */
  changedFiles(sha: string): Promise<readonly PullFile[]>;
  /** Makes a commit of files, on no branch yet. Equal input makes an equal commit. @returns its id */
  makeCommit(commit: NewCommit): Promise<string>;

  openPull(pull: NewPull): Promise<PullRequest>;
  findPulls(query: PullQuery): Promise<readonly PullRequest[]>;
  pull(number: number): Promise<PullRequest>;
  /** All files that it changes. @throws GITHUB_TOO_LARGE past the 3000 that GitHub lists */
  pullFiles(number: number): Promise<readonly PullFile[]>;
  /** Merges by squash if its head is still `sha`. @throws GITHUB_REJECTED. @returns the merge commit */
  mergePull(number: number, merge: { readonly sha: string; readonly title: string }): Promise<string>;

  /** Writes the one comment of the token's user that starts with `marker`, or changes it. */
  upsertComment(number: number, marker: string, body: string): Promise<void>;
  /** Makes labels that are missing. */
  ensureLabels(labels: readonly LabelSpec[]): Promise<void>;
  /** Sets exactly these of `managed` labels and leaves all others of the pull request alone. */
  setLabels(number: number, labels: readonly string[], managed: readonly string[]): Promise<void>;
  checkRuns(sha: string): Promise<readonly CheckRun[]>;
  /**
   * The newest artifact of this name that a run for a branch of this very repository left and that has not expired. One
   * that a run for a fork's branch left, whatever that branch is called, is a stranger's and does not count.
   */
  latestArtifact(artifact: string, branch: string): Promise<Artifact | undefined>;

  releaseByTag(tag: string): Promise<Release | undefined>;
  /** How often each asset was downloaded, of the newest 10,000 releases; undefined where there is no such repository. */
  releaseDownloads(): Promise<readonly AssetDownloads[] | undefined>;
  /** Makes a release, and its tag at `target` (a commit or branch) if that is missing. */
  createRelease(release: { readonly tag: string; readonly name: string; readonly target?: string }): Promise<Release>;
  uploadAsset(release: number, name: string, bytes: Uint8Array): Promise<Asset>;
  deleteAsset(asset: number): Promise<void>;
  downloadAsset(asset: number): Promise<Uint8Array>;
}

/** GitHub, as one account. */
export interface GitHub {
  /** Whose token it is; asked once. @throws GITHUB_UNAUTHORIZED */
  whoAmI(): Promise<Account>;
  /** The account that has this login now. @throws GITHUB_NOT_FOUND */
  account(login: string): Promise<Account>;
  repository(name: RepositoryName): GitHubRepository;
}
