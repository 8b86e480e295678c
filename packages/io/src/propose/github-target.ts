/**
 * Proposing to a repository at GitHub: one commit on a branch, in the repository itself for those who may push there
 * and in a fork for all others, and a pull request.
 *
 * Everything goes through the API; nothing is cloned. Each step is looked for before it is done: the fork, the branch
 * (made whole, with its commit, or not at all), the pull request. So a run that was cut off anywhere is run again.
 */
import { ArError, hasCode } from '@ar-registry/core/errors';
import { INDEX_FOLDER } from '@ar-registry/core/layout';
import type { PluginName } from '@ar-registry/schemas';
import type { GitHub, GitHubRepository, PullRequest, RepositoryFacts, RepositoryName } from '../github/types.ts';
import { assertSameFiles, authorOf } from './compare.ts';
import { readIndexState, type IndexState } from './index-state.ts';
import type { EarlierBranch, IndexTarget, Proposal, Proposed, ProposeOptions, PullRequestLink } from './types.ts';

interface GitHubIndex {
  readonly github: GitHub;
  readonly upstream: GitHubRepository;
  readonly facts: RepositoryFacts;
  /** Newest commit of the default branch. */
  readonly head: string;
  readonly shown: string;
  /** Branches are made in the repository itself, whatever it says of this token. */
  readonly own: boolean;
  /** Where this user's branches are, as soon as that is known. */
  readonly known: { home?: Home };
}

/** What a branch lies in: the repository itself, or a fork. */
interface Home {
  readonly repository: GitHubRepository;
  readonly isFork: boolean;
}

/** An index may keep its archives and its statistics in the repository; nobody who proposes needs their names. */
const NOT_LISTED = new Set(['', `${INDEX_FOLDER}/`].flatMap((prefix) => [`${prefix}store`, `${prefix}stats`]));

/** @throws INDEX_NOT_FOUND, GITHUB_…, ABORTED */
export async function openGitHubIndex(
  github: GitHub,
  { name, webUrl, own = false }: { readonly name: RepositoryName; readonly webUrl: string; readonly own?: boolean },
): Promise<IndexTarget> {
  const facts = await github.repository(name).facts();
  // By its present name: it may have been renamed.
  const upstream = github.repository({ owner: facts.owner, repo: facts.repo });
  const shown = `${webUrl}/${facts.owner}/${facts.repo}`;
  const head = await upstream.branch(facts.defaultBranch);
  if (head === undefined) throw new ArError('INDEX_NOT_FOUND', { remote: shown });
  const index: GitHubIndex = { github, upstream, facts, head, shown, own, known: {} };
  return {
    kind: 'github',
    shown,
    readState: async (plugin) => readState(index, plugin),
    findEarlier: async (branch) => (await findEarlier(index, branch)).earlier,
    resume: async (earlier, text, options) => resume(index, earlier, { ...options, ...text }),
    propose: async (proposal, options) => propose(index, proposal, options),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function readState({ upstream, head, shown }: GitHubIndex, plugin: PluginName): Promise<IndexState> {
  const repository = {
    listTree: async (treeish: string) => upstream.listTree(treeish, { skip: NOT_LISTED }),
    readBlobs: async (oids: readonly string[]) => upstream.readBlobs(oids),
  };
  return readIndexState({ repository, head, remote: shown }, plugin);
}

/** Without making anything: undefined where a fork would have to be made first. */
async function findHome({ github, upstream, facts, own, known }: GitHubIndex): Promise<Home | undefined> {
  if (facts.canPush || own) return { repository: upstream, isFork: false };
  if (known.home) return known.home;
  const fork = await upstream.findFork();
  if (fork) known.home = { repository: github.repository({ owner: fork.owner, repo: fork.repo }), isFork: true };
  return known.home;
}

async function makeHome(index: GitHubIndex, steps: string[]): Promise<Home> {
  const home = (await findHome(index)) ?? (await makeFork(index, steps));
  if (home.isFork) await syncFork(home.repository, index.facts.defaultBranch);
  return home;
}

async function makeFork({ github, upstream, facts, known }: GitHubIndex, steps: string[]): Promise<Home> {
  const { owner, repo } = await upstream.fork();
  steps.push(`Forked ${facts.owner}/${facts.repo} to ${owner}/${repo}.`);
  known.home = { repository: github.repository({ owner, repo }), isFork: true };
  return known.home;
}

/** A fork whose own default branch went other ways has the commits that it needs all the same. */
async function syncFork(fork: GitHubRepository, branch: string): Promise<void> {
  try {
    await fork.syncFork(branch);
  } catch (error) {
    if (!hasCode(error, 'GITHUB_REJECTED')) throw error;
  }
}

interface Found {
  readonly earlier?: EarlierBranch;
  /** A branch is there whose pull requests are all closed: it is done with. */
  readonly isLeft?: boolean;
}

async function findEarlier(index: GitHubIndex, branch: string): Promise<Found> {
  const place = await findHome(index);
  const commit = await place?.repository.branch(branch);
  if (!place || commit === undefined) return {};
  const pulls = await index.upstream.findPulls({ head: `${place.repository.name.owner}:${branch}`, state: 'all' });
  const pull = pulls.find(({ state }) => state === 'open');
  if (!pull && pulls.length > 0) return { isLeft: true };
  const changes = await place.repository.changedFiles(commit);
  const earlier: EarlierBranch = {
    branch,
    commit,
    files: changes.map(({ path }) => path).toSorted(),
    list: async (folder) => {
      const entries = await place.repository.listTree(commit, { skip: NOT_LISTED });
      return entries.map(({ path }) => path).filter((path) => path.startsWith(`${folder}/`));
    },
    read: async (path) => {
      const change = changes.find((file) => file.path === path);
      if (change?.status === 'removed') return undefined;
      if (change?.oid === undefined) return place.repository.readFile(path, commit);
      return (await place.repository.readBlobs([change.oid])).get(change.oid);
    },
    // It would have a pull request that is closed, and not be found.
    isMerged: async () => false,
    ...(pull ? { pullRequest: linkTo(pull) } : {}),
  };
  return { earlier };
}

type Text = Pick<Proposal, 'title' | 'body'>;

/** Opens the pull request of a branch that is there, unless that is there too. */
async function resume(index: GitHubIndex, earlier: EarlierBranch, options: ProposeOptions & Text): Promise<Proposed> {
  const { branch, commit, files, pullRequest } = earlier;
  const done = { branch, commit, files, steps: [] };
  if (pullRequest) return { state: 'already-open', ...done, pullRequest };
  const home = await findHome(index);
  if (options.dryRun || !home) return { state: 'dry-run', ...done, steps: [wouldOpen(index)] };
  return { state: 'opened', ...done, pullRequest: await open(index, home, { branch, ...options }) };
}

async function open(
  { upstream, facts }: GitHubIndex,
  home: Home,
  { branch, title, body }: Text & { readonly branch: string },
): Promise<PullRequestLink> {
  const head = `${home.repository.name.owner}:${branch}`;
  return linkTo(await upstream.openPull({ title, body, head, base: facts.defaultBranch }));
}

function linkTo({ number, url }: PullRequest): PullRequestLink {
  return { number, url };
}

async function propose(index: GitHubIndex, proposal: Proposal, options: ProposeOptions): Promise<Proposed> {
  const { branch, onto } = proposal;
  if (onto) return continueOn(index, onto, { proposal, options });
  const found = await findEarlier(index, branch);
  if (found.earlier) return goOn(index, found.earlier, { proposal, options });
  const files = [...proposal.files.keys()].toSorted();
  if (options.dryRun) return { state: 'dry-run', branch, files, steps: await plannedSteps(index, proposal) };
  const steps: string[] = [];
  const home = await makeHome(index, steps);
  const { message, now, author } = proposal;
  const { repository } = home;
  const commit = await repository.makeCommit({
    base: index.head,
    files: proposal.files,
    message,
    author: authorOf(author),
    now,
  });
  if (found.isLeft) await repository.moveBranch(branch, commit);
  else if (!(await repository.createBranch(branch, commit))) return faster(index, { proposal, options });
  return { state: 'opened', branch, commit, files, steps, pullRequest: await open(index, home, proposal) };
}

/** @throws BASE_MOVED where somebody has pushed to the branch since it was looked at */
async function continueOn(index: GitHubIndex, onto: EarlierBranch, { proposal, options }: Wish): Promise<Proposed> {
  const { branch, files, message, author, now } = proposal;
  const paths = [...files.keys()].toSorted();
  if (options.dryRun) return { state: 'dry-run', branch, files: paths, steps: await plannedSteps(index, proposal) };
  const { repository } = await makeHome(index, []);
  const commit = await repository.makeCommit({ base: onto.commit, files, message, author: authorOf(author), now });
  if (!(await repository.advanceBranch(branch, commit))) throw new ArError('BASE_MOVED', { branch, base: branch });
  return resume(index, { ...onto, commit, files: paths }, { ...options, ...proposal });
}

interface Wish {
  readonly proposal: Proposal;
  readonly options: ProposeOptions;
}

/** @throws PROPOSAL_DIFFERS */
async function goOn(index: GitHubIndex, earlier: EarlierBranch, { proposal, options }: Wish): Promise<Proposed> {
  await assertSameFiles(earlier, proposal);
  return resume(index, earlier, { ...options, ...proposal });
}

/** Another run of the same user made the branch in the meantime. */
async function faster(index: GitHubIndex, wish: Wish): Promise<Proposed> {
  const { earlier } = await findEarlier(index, wish.proposal.branch);
  if (earlier) return goOn(index, earlier, wish);
  return propose(index, wish.proposal, wish.options);
}

async function plannedSteps(index: GitHubIndex, { branch, files }: Proposal): Promise<readonly string[]> {
  const { facts } = index;
  const home = await findHome(index);
  const name = home?.repository.name;
  const place = name ? `${name.owner}/${name.repo}` : 'the fork';
  return [
    ...(home ? [] : [`Would fork ${facts.owner}/${facts.repo}.`]),
    `Would commit ${files.size} ${files.size === 1 ? 'file' : 'files'} to the branch ${branch} of ${place}.`,
    wouldOpen(index),
  ];
}

function wouldOpen({ facts }: GitHubIndex): string {
  return `Would open a pull request against ${facts.defaultBranch} of ${facts.owner}/${facts.repo}.`;
}
