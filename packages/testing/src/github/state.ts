/** What the double remembers. Everything that git can hold is in the bare repositories, the rest is here. */
import type { Clock } from '@ar-registry/io/clock';

export interface Account {
  readonly login: string;
  /** Never given to another account, unlike the login. */
  readonly id: number;
  readonly type: 'User' | 'Bot' | 'Organization';
  readonly createdAt: string;
}

/** What a repository lets somebody do, each including the ones before it. */
export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin';

/** As in the `permissions` of a workflow. */
export type Area = 'contents' | 'pull-requests' | 'issues' | 'checks' | 'statuses' | 'actions' | 'administration';

export interface Token {
  readonly value: string;
  readonly account: Account;
  /** Of a classic or OAuth token. */
  readonly scopes: readonly string[];
  /** Of a workflow's or fine-grained token: what it may do, in this one repository (`owner/name`). */
  readonly limitedTo?: {
    readonly repository: string;
    readonly permissions: Readonly<Partial<Record<Area, 'read' | 'write'>>>;
  };
}

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly user: Account;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
}

/** A pull request is an issue with a `pull`. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly user: Account;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  /** Names of labels of the repository. */
  labels: readonly string[];
  readonly locked: boolean;
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  pull?: Pull;
}

export interface Pull {
  readonly head: { readonly repository: Repository; readonly ref: string; sha: string };
  base: { ref: string; sha: string };
  draft: boolean;
  maintainerCanModify: boolean;
  mergedAt: string | null;
  mergedBy: Account | null;
  /** The commit of the merge; before it, the one that tries it (`refs/pull/N/merge`). */
  mergeCommitSha: string | null;
  mergeable: boolean;
  /** How many readers will yet be told that this is not known: GitHub computes it in the background. */
  unknownFor: number;
  readonly reviews: Review[];
}

export interface Review {
  readonly id: number;
  readonly user: Account;
  readonly body: string;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';
  readonly commitId: string;
  readonly submittedAt: string;
}

export interface Release {
  readonly id: number;
  readonly author: Account;
  tagName: string;
  targetCommitish: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  readonly createdAt: string;
  publishedAt: string | null;
  readonly assets: Asset[];
}

export interface Asset {
  readonly id: number;
  name: string;
  label: string | null;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** `starter`: an upload that broke off. */
  readonly state: 'uploaded' | 'starter';
  readonly uploader: Account;
  downloads: number;
  readonly createdAt: string;
  updatedAt: string;
}

export interface CheckRun {
  readonly id: number;
  readonly headSha: string;
  name: string;
  status: string;
  conclusion: string | null;
  detailsUrl: string | null;
  externalId: string | null;
  startedAt: string | null;
  completedAt: string | null;
  output: { title: string | null; summary: string | null; text: string | null; annotations: readonly unknown[] };
}

export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: Account;
  readonly createdAt: string;
}

export interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly runId: number;
  readonly headSha: string;
  readonly headBranch: string;
  /** Of the repository whose branch the run was for: another one where a fork's pull request started it. */
  readonly headRepositoryId: number;
  /** A zip, as it is downloaded. */
  readonly bytes: Uint8Array;
  readonly createdAt: string;
  expired: boolean;
}

export interface Repository {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  /** The bare repository. */
  readonly gitDir: string;
  readonly private: boolean;
  readonly parent: Repository | undefined;
  defaultBranch: string;
  /** Login → role; the owner is not among them. */
  readonly collaborators: Map<string, Role>;
  readonly createdAt: string;
  pushedAt: string;
  /** How many requests will yet find it without its git objects: a fork is made in the background. */
  notReadyFor: number;
  /** Gone, though pull requests still remember it. */
  deleted: boolean;
  nextNumber: number;
  readonly issues: Map<number, Issue>;
  /** By name in lower case. */
  readonly labels: Map<string, Label>;
  readonly comments: Map<number, Comment>;
  readonly releases: Map<number, Release>;
  readonly checkRuns: CheckRun[];
  readonly statuses: Status[];
  readonly artifacts: Artifact[];
}

export interface Hosts {
  readonly api: string;
  readonly upload: string;
  readonly web: string;
  /** Where redirects of downloads lead: another host, which refuses requests that carry a token. */
  readonly storage: string;
}

export interface State {
  readonly clock: Clock;
  readonly hosts: Hosts;
  /** The temporary folder of everything. */
  readonly folder: string;
  /** By login in lower case. */
  readonly accounts: Map<string, Account>;
  /** By value. */
  readonly tokens: Map<string, Token>;
  /** By `owner/name` in lower case. */
  readonly repositories: Map<string, Repository>;
  /** How many requests find a new fork without objects. */
  forkDelay: number;
  /** How many reads of a pull request find `mergeable` not computed after a change. */
  mergeableDelay: number;
  nextId(): number;
}

/** Undefined when there is none of that name. Case does not count, as on GitHub. */
export function findRepository(state: State, fullName: string): Repository | undefined {
  return state.repositories.get(fullName.toLowerCase());
}

export function fullNameOf(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

const ROLES: readonly Role[] = ['read', 'triage', 'write', 'maintain', 'admin'];

/** The role of an account, which for strangers is `read` where a repository is public. */
export function roleOf(repository: Repository, account: Account | undefined): Role | undefined {
  if (account && account.login === repository.owner.login) return 'admin';
  const own = account && repository.collaborators.get(account.login.toLowerCase());
  return own ?? (repository.private ? undefined : 'read');
}

export function isAtLeast(role: Role | undefined, least: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least);
}
