/** Puts the double together: its state, its four hosts, and what a test does to it. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createClock, type Clock } from '@ar-registry/io/clock';
import { answerApi, type Api } from './api.ts';
import { createFaults, type Fault, type FaultHandle } from './faults.ts';
import { listen, type Server } from './http.ts';
import { presentViolation, type LoggedRequest, type Violation } from './journal.ts';
import { sharedValidator } from './openapi/validator.ts';
import { createRateLimits } from './rate-limits.ts';
import { createRepository, deleteRepository } from './repositories.ts';
import { createRouter } from './route.ts';
import { ROUTES } from './routes/index.ts';
import { findRepository, type Account, type Area, type Repository, type Role, type State } from './state.ts';
import { addAccount, addToken, createRepositoryHandle, type RepositoryHandle } from './staging.ts';
import { createDeviceHost, type DeviceFlow } from './web/device.ts';
import { createGitStreaming, createStorageHost, createWebHost, type WebPorts } from './web/host.ts';

export interface AccountSeed {
  readonly login: string;
  readonly id: number;
  readonly type?: Account['type'];
  /** A token of this account that may do all it may; others are made with `createToken`. */
  readonly token?: string;
}

export interface RepositorySeed {
  /** A login of an account. */
  readonly owner: string;
  readonly name: string;
  /** `main` when left out. */
  readonly defaultBranch?: string;
  readonly private?: boolean;
  readonly collaborators?: Readonly<Record<string, Role>>;
  /** The first commit: path → content. A `README.md` when left out; none at all with `from`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** A repository on this machine to start as a copy of. */
  readonly from?: string;
}

export interface GitHubSeed {
  readonly accounts?: readonly AccountSeed[];
  readonly repositories?: readonly RepositorySeed[];
  readonly clock?: Clock;
  /** How many requests find a new fork without its git objects (409). 0 when left out. */
  readonly forkDelay?: number;
  /** How many reads find `mergeable` not computed yet after a pull request has changed. 0 when left out. */
  readonly mergeableDelay?: number;
  /** Requests that a token has in an hour. 5000 when left out. */
  readonly rateLimit?: number;
  /** Of the device flow. */
  readonly device?: {
    /** Applications that are registered. Every id is one when left out. */
    readonly clientIds?: readonly string[];
    /** How long to wait between two questions. 0 when left out, where GitHub has 5. */
    readonly intervalSeconds?: number;
  };
}

export interface TokenSeed {
  /** Of a classic token; `public_repo` when left out. */
  readonly scopes?: readonly string[];
  /** Of a workflow's token, which reaches this repository (`owner/name`) alone. */
  readonly repository?: string;
  /** Of a workflow's token; none when left out. */
  readonly permissions?: Readonly<Partial<Record<Area, 'read' | 'write'>>>;
}

/** Disposing throws an Error that names the violations, if there are any. */
export interface GitHubDouble extends AsyncDisposable {
  /** `https://api.github.com` of the double. */
  readonly apiUrl: string;
  /** `https://uploads.github.com` of the double. */
  readonly uploadUrl: string;
  /** `https://github.com` of the double. */
  readonly webUrl: string;
  /** Requests so far, in the order in which they came. Tokens are not in it. */
  readonly requests: readonly LoggedRequest[];
  /** What was not as GitHub describes it. A test asserts that there are none; disposing throws if there are. */
  readonly violations: readonly Violation[];
  /** Returns the violations and forgets them: for tests that cause them. */
  takeViolations(): readonly Violation[];
  addAccount(seed: AccountSeed): Account;
  /** A further token of an account. */
  createToken(login: string, seed?: TokenSeed): string;
  createRepository(seed: RepositorySeed): Promise<RepositoryHandle>;
  /** Deletes it, as its owner would: the pull requests from it are closed and have no head repository any more. */
  deleteRepository(fullName: string): Promise<void>;
  /** @param fullName `owner/name`, also of a fork. */
  repository(fullName: string): RepositoryHandle;
  /** The bare repository's folder, which git takes as an address. */
  gitUrl(owner: string, name: string): string;
  fail(fault: Fault): FaultHandle;
  /** The person who has the code of a device flow typed in. */
  readonly device: DeviceFlow;
}

/** Starts the double. Dispose of it: it has sockets and a temporary folder. */
export async function createGitHubDouble(seed: GitHubSeed = {}): Promise<GitHubDouble> {
  const violations: Violation[] = [];
  const onBug = (error: unknown): void => {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    violations.push({ side: 'bug', method: '-', path: '-', problems: [problem] });
  };
  const validator = sharedValidator();
  const servers = {
    api: await listen(onBug),
    upload: await listen(onBug),
    web: await listen(onBug),
    storage: await listen(onBug),
  };
  const state = await createState(seed, servers);
  const api: Api = {
    state,
    validator,
    faults: createFaults(),
    limits: createRateLimits(state, seed.rateLimit ?? 5000),
    requests: [],
    violations,
    find: createRouter(ROUTES),
    exclusively: createQueue(),
  };
  const device = createDeviceHost(state, { clientIds: [], intervalSeconds: 0, ...seed.device });
  connect({ ...api, device, onBug }, servers);
  for (const account of seed.accounts ?? []) addAccount(state, account);
  for (const repository of seed.repositories ?? []) await addRepository(state, repository);
  return createHandle(api, device, servers);
}

type Servers = Readonly<Record<'api' | 'upload' | 'web' | 'storage', Server>>;

async function createState(seed: GitHubSeed, servers: Servers): Promise<State> {
  let lastId = 1000;
  return {
    clock: seed.clock ?? createClock(),
    hosts: {
      api: servers.api.origin,
      upload: servers.upload.origin,
      web: servers.web.origin,
      storage: servers.storage.origin,
    },
    folder: await mkdtemp(path.join(os.tmpdir(), 'ar-github-')),
    accounts: new Map(),
    tokens: new Map(),
    repositories: new Map(),
    forkDelay: seed.forkDelay ?? 0,
    mergeableDelay: seed.mergeableDelay ?? 0,
    nextId: () => (lastId += 1),
  };
}

function connect(api: Api & WebPorts, servers: Servers): void {
  servers.api.host = (received) => answerApi(api, 'api', received);
  servers.upload.host = (received) => answerApi(api, 'upload', received);
  servers.web.host = createWebHost(api);
  servers.web.streaming = createGitStreaming(api);
  servers.storage.host = createStorageHost(api);
}

async function addRepository(state: State, seed: RepositorySeed): Promise<RepositoryHandle> {
  const owner = state.accounts.get(seed.owner.toLowerCase());
  if (!owner) throw new Error(`There is no account ${seed.owner} to own ${seed.name}.`);
  const files = seed.files ?? (seed.from === undefined ? { 'README.md': `# ${seed.name}\n` } : undefined);
  const repository = await createRepository(state, {
    owner,
    name: seed.name,
    defaultBranch: seed.defaultBranch ?? 'main',
    private: seed.private ?? false,
    collaborators: seed.collaborators ?? {},
    from: seed.from,
    files,
  });
  return createRepositoryHandle(state, repository);
}

function createHandle(api: Api, device: DeviceFlow, servers: Servers): GitHubDouble {
  const { state, violations } = api;
  const find = (fullName: string): Repository => {
    const found = findRepository(state, fullName);
    if (!found) throw new Error(`The double has no repository ${fullName}.`);
    return found;
  };
  return {
    apiUrl: state.hosts.api,
    uploadUrl: state.hosts.upload,
    webUrl: state.hosts.web,
    requests: api.requests,
    violations,
    takeViolations: () => violations.splice(0),
    addAccount: (account) => addAccount(state, account),
    createToken: (login, token = {}) => addToken(state, login, token),
    createRepository: (repository) => addRepository(state, repository),
    deleteRepository: (fullName) => api.exclusively(() => deleteRepository(state, find(fullName))),
    repository: (fullName) => createRepositoryHandle(state, find(fullName)),
    gitUrl: (owner, name) => find(`${owner}/${name}`).gitDir,
    fail: (fault) => api.faults.add(fault),
    device,
    async [Symbol.asyncDispose]() {
      api.faults.releaseAll();
      await Promise.all(Object.values(servers).map((server) => server.close()));
      await api.exclusively(async () => undefined);
      await rm(state.folder, { recursive: true, force: true });
      if (violations.length > 0) throw new Error(violations.map(presentViolation).join('\n'));
    },
  };
}

/** Runs what it is given one after the other, whether or not the one before failed. */
function createQueue(): Api['exclusively'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
