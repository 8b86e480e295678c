/** Making of repositories and forks: each a bare repository of its own that shares nothing with another. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { git } from './git/run.ts';
import { writeBlob, writeCommit, writeRef, writeTree } from './git/write.ts';
import { personOf } from './pulls.ts';
import { fullNameOf, type Account, type Repository, type Role, type State } from './state.ts';

export interface NewRepository {
  readonly owner: Account;
  readonly name: string;
  readonly defaultBranch: string;
  readonly private: boolean;
  readonly collaborators: Readonly<Record<string, Role>>;
  /** What its first commit has: path → content. Without files and without `from` it is empty. */
  readonly files?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /** A repository on this machine to be copied, with all of its branches. */
  readonly from?: string | undefined;
}

/** @throws Error when there is one of that name already */
export async function createRepository(state: State, seed: NewRepository): Promise<Repository> {
  const repository = await register(state, { ...seed, parent: undefined });
  const { gitDir, defaultBranch } = repository;
  if (seed.from === undefined) await git(state.folder, ['init', '--quiet', '--bare', gitDir]);
  else await copy(seed.from, gitDir);
  await configure(gitDir, defaultBranch);
  if (seed.files) await commitFiles(state, repository, { branch: defaultBranch, files: seed.files });
  for (const [login, role] of Object.entries(seed.collaborators))
    repository.collaborators.set(login.toLowerCase(), role);
  return repository;
}

export interface NewFork {
  readonly parent: Repository;
  readonly owner: Account;
  readonly name: string | undefined;
  readonly defaultBranchOnly: boolean;
}

/** The account's fork of `parent`: the one that there is, or a new one. A name that is taken gets a number. */
export async function forkRepository(state: State, fork: NewFork): Promise<Repository> {
  const { parent, owner } = fork;
  const known = [...state.repositories.values()].find((one) => one.owner.id === owner.id && one.parent === parent);
  if (known) return known;
  const repository = await register(state, {
    owner,
    name: freeName(state, owner, fork.name ?? parent.name),
    defaultBranch: parent.defaultBranch,
    private: parent.private,
    parent,
  });
  await copy(parent.gitDir, repository.gitDir, fork.defaultBranchOnly ? parent.defaultBranch : undefined);
  await configure(repository.gitDir, repository.defaultBranch);
  repository.notReadyFor = state.forkDelay;
  return repository;
}

/** Takes a repository away with all of its objects. Its forks stay. */
export async function deleteRepository(state: State, repository: Repository): Promise<void> {
  repository.deleted = true;
  state.repositories.delete(fullNameOf(repository).toLowerCase());
  await rm(repository.gitDir, { recursive: true });
}

export interface FilesCommit {
  readonly branch: string;
  /** Path → content; null takes a file away. */
  readonly files: Readonly<Record<string, string | Uint8Array | null>>;
  readonly message?: string;
  readonly author?: Account;
  /** Where a new branch starts; without it, from the default branch. */
  readonly startAt?: string;
}

/** Commits straight to a branch, which is made when it is not there, and returns the commit. */
export async function commitFiles(state: State, repository: Repository, commit: FilesCommit): Promise<string> {
  const { gitDir } = repository;
  const parent = (await tip(gitDir, commit.branch)) ?? commit.startAt ?? (await tip(gitDir, repository.defaultBranch));
  const changes = await Promise.all(
    Object.entries(commit.files).map(async ([name, content]) => {
      const sha = content === null ? null : await writeBlob(gitDir, Buffer.from(content));
      return { path: name, mode: '100644', sha };
    }),
  );
  const tree = await writeTree(gitDir, parent, changes);
  const person = personOf(state, commit.author ?? repository.owner);
  const sha = await writeCommit(gitDir, {
    tree,
    parents: parent === undefined ? [] : [parent],
    author: person,
    committer: person,
    message: commit.message ?? 'Change files',
  });
  await writeRef(gitDir, `refs/heads/${commit.branch}`, sha);
  repository.pushedAt = state.clock.now();
  return sha;
}

async function tip(gitDir: string, branch: string): Promise<string | undefined> {
  const { exitCode, text } = await git(gitDir, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`], {
    answers: [1],
  });
  return exitCode === 0 ? text : undefined;
}

type Registration = Pick<NewRepository, 'owner' | 'name' | 'defaultBranch' | 'private'> & Pick<Repository, 'parent'>;

async function register(state: State, seed: Registration): Promise<Repository> {
  const { owner, name, defaultBranch, parent } = seed;
  const now = state.clock.now();
  const repository: Repository = {
    id: state.nextId(),
    owner,
    name,
    gitDir: path.join(state.folder, 'repositories', owner.login, `${name}.git`),
    private: seed.private,
    parent,
    defaultBranch,
    collaborators: new Map(),
    createdAt: now,
    pushedAt: now,
    notReadyFor: 0,
    deleted: false,
    nextNumber: 1,
    issues: new Map(),
    labels: new Map(),
    comments: new Map(),
    releases: new Map(),
    checkRuns: [],
    statuses: [],
    artifacts: [],
  };
  const key = fullNameOf(repository).toLowerCase();
  if (state.repositories.has(key)) throw new Error(`There is a repository ${key} already.`);
  state.repositories.set(key, repository);
  await mkdir(path.dirname(repository.gitDir), { recursive: true });
  return repository;
}

/** Branches and tags, not the refs of pull requests: those belong to the repository that they were opened in. */
async function copy(from: string, gitDir: string, branch?: string): Promise<void> {
  const parent = path.dirname(gitDir);
  const single = branch === undefined ? [] : ['--single-branch', '--branch', branch];
  await git(parent, ['clone', '--quiet', '--bare', '--no-hardlinks', ...single, from, gitDir]);
}

const CONFIG = `[core]
\trepositoryformatversion = 0
\tbare = true
[uploadpack]
\tallowAnySHA1InWant = true
[http]
\treceivepack = true
`;

/** As GitHub's: any commit may be fetched by its id; and pushes over HTTP are let in once they are authorized. */
async function configure(gitDir: string, defaultBranch: string): Promise<void> {
  await writeFile(path.join(gitDir, 'HEAD'), `ref: refs/heads/${defaultBranch}\n`);
  await writeFile(path.join(gitDir, 'config'), CONFIG);
}

function freeName(state: State, owner: Account, wanted: string): string {
  const isTaken = (name: string): boolean => state.repositories.has(`${owner.login}/${name}`.toLowerCase());
  let name = wanted;
  for (let number = 1; isTaken(name); number += 1) name = `${wanted}-${number}`;
  return name;
}
