/** What a test does to the double besides asking it: accounts, tokens, and things that happen to repositories. */
import { listRefs, readBlob, readRef, type Ref } from './git/read.ts';
import { git } from './git/run.ts';
import { syncPulls } from './pulls.ts';
import { commitFiles } from './repositories.ts';
import type { AccountSeed, TokenSeed } from './double.ts';
import {
  fullNameOf,
  type Account,
  type CheckRun,
  type Comment,
  type Issue,
  type Release,
  type Repository,
  type State,
  type Status,
} from './state.ts';

/** @throws Error when the login or the id is taken */
export function addAccount(state: State, seed: AccountSeed): Account {
  const key = seed.login.toLowerCase();
  const isTaken = state.accounts.has(key) || [...state.accounts.values()].some(({ id }) => id === seed.id);
  if (isTaken) throw new Error(`There is an account ${seed.login} or ${seed.id} already.`);
  const { login, id, type = 'User' } = seed;
  const account: Account = { login, id, type, createdAt: state.clock.now() };
  state.accounts.set(key, account);
  if (seed.token !== undefined) state.tokens.set(seed.token, { value: seed.token, account, scopes: ['repo'] });
  return account;
}

/** A new token, which nobody can mistake for a real one. */
export function addToken(state: State, login: string, seed: TokenSeed): string {
  const account = state.accounts.get(login.toLowerCase());
  if (!account) throw new Error(`There is no account ${login}.`);
  const value = `double-token-${state.nextId()}`;
  const { repository, permissions = {} } = seed;
  const limitedTo = repository === undefined ? {} : { limitedTo: { repository, permissions } };
  state.tokens.set(value, {
    value,
    account,
    scopes: limitedTo.limitedTo ? [] : (seed.scopes ?? ['public_repo']),
    ...limitedTo,
  });
  return value;
}

/** One repository, as a test looks at it and changes it. */
export interface RepositoryHandle {
  readonly fullName: string;
  /** Folder of the bare repository. */
  readonly gitDir: string;
  /** Commits straight to a branch and returns the commit; null takes a file away. */
  commit(files: Readonly<Record<string, string | Uint8Array | null>>, options?: CommitOptions): Promise<string>;
  /** Content of a file at a branch or commit; undefined when there is none. */
  readFile(path: string, revision?: string): Promise<string | undefined>;
  /** The commit that a branch or a full ref name points at. */
  tip(ref?: string): Promise<string | undefined>;
  refs(prefix?: string): Promise<readonly Ref[]>;
  /** Follows pushes that went straight into a bare repository; requests do it by themselves. */
  sync(): Promise<void>;
  /** Issues and pull requests by number. */
  readonly issues: ReadonlyMap<number, Readonly<Issue>>;
  /** An upload that has broken off: it holds its name in the release and has no bytes. */
  stageBrokenUpload(tag: string, name: string): void;
  /** What a run of a workflow left behind; returns its id. */
  addArtifact(artifact: ArtifactSeed): number;
  readonly releases: ReadonlyMap<number, Readonly<Release>>;
  readonly checkRuns: readonly Readonly<CheckRun>[];
  readonly statuses: readonly Status[];
  /** Comments on an issue or pull request, the oldest first. */
  comments(number: number): readonly Readonly<Comment>[];
}

export interface CommitOptions {
  /** The default branch when left out. */
  readonly branch?: string;
  readonly message?: string;
}

export interface ArtifactSeed {
  readonly name: string;
  readonly runId: number;
  readonly headSha: string;
  /** The default branch when left out. */
  readonly headBranch?: string;
  /** Of the fork whose pull request started the run; this repository's own when left out. */
  readonly headRepositoryId?: number;
  /** A zip. */
  readonly bytes: Uint8Array;
  readonly expired?: boolean;
}

export function createRepositoryHandle(state: State, repository: Repository): RepositoryHandle {
  const { gitDir } = repository;
  return {
    fullName: fullNameOf(repository),
    gitDir,
    async commit(files, { branch = repository.defaultBranch, message = 'Change files' } = {}) {
      const sha = await commitFiles(state, repository, { branch, files, message });
      await syncPulls(state, repository);
      return sha;
    },
    async readFile(path, revision = repository.defaultBranch) {
      const { exitCode, text } = await git(gitDir, ['rev-parse', '--verify', '--quiet', `${revision}:${path}`], {
        answers: [1, 128],
      });
      return exitCode === 0 ? (await readBlob(gitDir, text)).toString('utf8') : undefined;
    },
    tip: (ref = repository.defaultBranch) => readRef(gitDir, ref.startsWith('refs/') ? ref : `refs/heads/${ref}`),
    refs: (prefix = 'refs/') => listRefs(gitDir, prefix),
    sync: () => syncPulls(state, repository),
    issues: repository.issues,
    releases: repository.releases,
    checkRuns: repository.checkRuns,
    statuses: repository.statuses,
    stageBrokenUpload: (tag, name) => stageBrokenUpload(state, repository, { tag, name }),
    addArtifact({ expired = false, headBranch = repository.defaultBranch, headRepositoryId = repository.id, ...seed }) {
      const id = state.nextId();
      const createdAt = state.clock.now();
      repository.artifacts.push({ ...seed, headBranch, headRepositoryId, expired, id, createdAt });
      return id;
    },
    comments: (number) => [...repository.comments.values()].filter(({ issue }) => issue === number),
  };
}

function stageBrokenUpload(
  state: State,
  repository: Repository,
  { tag, name }: { readonly tag: string; readonly name: string },
): void {
  const release = [...repository.releases.values()].find(({ tagName }) => tagName === tag);
  if (!release) throw new Error(`${fullNameOf(repository)} has no release ${tag}.`);
  const now = state.clock.now();
  release.assets.push({
    id: state.nextId(),
    name,
    label: null,
    contentType: 'application/octet-stream',
    bytes: new Uint8Array(),
    state: 'starter',
    uploader: release.author,
    downloads: 0,
    createdAt: now,
    updatedAt: now,
  });
}
