import { actsAs } from '../access.ts';
import { invalid, listed, notFound, Refusal, type Answer } from '../answer.ts';
import { flagOf, requiredText, textOf } from '../body.ts';
import { diffFiles } from '../git/diff.ts';
import { isAncestor, listCommits, mergeBase, readRef } from '../git/read.ts';
import { fetchCommit } from '../git/write.ts';
import { addIssue, closeIssue, issueOf, mayChange, reopenIssue } from '../issues.ts';
import { presentCommit } from '../present/commit.ts';
import { presentFile } from '../present/file.ts';
import { presentPull, presentSimplePull, type PullIssue } from '../present/pull.ts';
import { beginPull, headOf, isPull, pullsOf } from '../pulls.ts';
import { accountOf, type RepositoryContext, type RepositoryRoute } from '../route.ts';
import type { Pull, Repository, State } from '../state.ts';

const areas = ['pull-requests'] as const;

export const pulls: readonly RepositoryRoute[] = [
  { method: 'POST', path: '/repos/{owner}/{repo}/pulls', access: 'account', areas, handle: open },
  { method: 'GET', path: '/repos/{owner}/{repo}/pulls', access: 'anyone', areas, handle: list },
  { method: 'GET', path: '/repos/{owner}/{repo}/pulls/{pull_number}', access: 'anyone', areas, handle: get },
  { method: 'PATCH', path: '/repos/{owner}/{repo}/pulls/{pull_number}', access: 'account', areas, handle: update },
  { method: 'GET', path: '/repos/{owner}/{repo}/pulls/{pull_number}/files', access: 'anyone', areas, handle: files },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/commits',
    access: 'anyone',
    areas,
    async handle(context) {
      const { pull } = pullOf(context);
      const { gitDir } = context.repository;
      const shas = await listCommits(gitDir, { include: pull.head.sha, exclude: pull.base.sha, reverse: true });
      return listed(shas, context.url, (sha) => presentCommit(context.state, context.repository, sha));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{commit_sha}/pulls',
    access: 'anyone',
    areas,
    handle: ofCommit,
  },
];

/** @throws Refusal 404 */
export function pullOf(context: RepositoryContext): PullIssue {
  const issue = issueOf(context);
  if (!isPull(issue)) throw notFound();
  return issue;
}

async function open(context: RepositoryContext): Promise<Answer> {
  const { state, repository, body } = context;
  const user = accountOf(context);
  const base = requiredText(body, 'base');
  const head = await findHead(context, requiredText(body, 'head'));
  const baseSha = await readRef(repository.gitDir, `refs/heads/${base}`);
  if (baseSha === undefined) throw invalid({ resource: 'PullRequest', code: 'invalid', field: 'base' });
  refuseSecond(repository, head, base);
  await mustDiffer(repository, { head, base, baseSha });
  const issue = addIssue(state, repository, {
    user,
    title: textOf(body, 'title') ?? '',
    body: textOf(body, 'body') ?? null,
  });
  const pull: Pull = {
    head,
    base: { ref: base, sha: baseSha },
    draft: flagOf(body, 'draft') ?? false,
    maintainerCanModify: flagOf(body, 'maintainer_can_modify') ?? true,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    mergeable: false,
    unknownFor: 0,
    reviews: [],
  };
  const opened = Object.assign(issue, { pull });
  await beginPull(state, repository, opened);
  // The first answer always comes before GitHub has tried the merge.
  const unknown = { ...opened, pull: { ...pull, unknownFor: 1, mergeCommitSha: null } };
  return { status: 201, body: await presentPull(state, { repository, issue: unknown, viewer: user }) };
}

/** `branch`, or `owner:branch` of a fork; whoever opens must be able to push to it, or have a role in the base. */
async function findHead(context: RepositoryContext, head: string): Promise<Pull['head']> {
  const { state, repository } = context;
  const colon = head.indexOf(':');
  const owner = colon < 0 ? repository.owner.login : head.slice(0, colon);
  const ref = head.slice(colon + 1);
  const named = textOf(context.body, 'head_repo');
  const source = findSource(state, repository, { owner, named });
  const sha = source && (await readRef(source.gitDir, `refs/heads/${ref}`));
  if (!source || sha === undefined) throw invalid({ resource: 'PullRequest', code: 'invalid', field: 'head' });
  const isOwn = [source, repository].some((one) => actsAs(context.token, one, 'write'));
  if (!isOwn) throw new Refusal(403, 'Resource not accessible by personal access token');
  return { repository: source, ref, sha };
}

function findSource(
  state: State,
  repository: Repository,
  { owner, named }: { readonly owner: string; readonly named: string | undefined },
): Repository | undefined {
  if (owner.toLowerCase() === repository.owner.login.toLowerCase()) return repository;
  return [...state.repositories.values()].find(
    (one) =>
      one.parent === repository &&
      one.owner.login.toLowerCase() === owner.toLowerCase() &&
      (named === undefined || one.name === named.split('/').at(-1)),
  );
}

function refuseSecond(repository: Repository, head: Pull['head'], base: string): void {
  const second = pullsOf(repository).some(
    ({ state, pull }) =>
      state === 'open' &&
      pull.head.repository === head.repository &&
      pull.head.ref === head.ref &&
      pull.base.ref === base,
  );
  if (!second) return;
  throw refuse(`A pull request already exists for ${head.repository.owner.login}:${head.ref}.`);
}

async function mustDiffer(
  repository: Repository,
  { head, base, baseSha }: { readonly head: Pull['head']; readonly base: string; readonly baseSha: string },
): Promise<void> {
  const { gitDir } = repository;
  if (head.repository !== repository) await fetchCommit(gitDir, head.repository.gitDir, head.sha);
  if (await isAncestor(gitDir, head.sha, baseSha)) throw refuse(`No commits between ${base} and ${head.ref}`);
  if ((await mergeBase(gitDir, baseSha, head.sha)) === undefined)
    throw refuse(`The ${head.ref} branch has no history in common with ${base}`);
}

function refuse(message: string): Refusal {
  return invalid({ resource: 'PullRequest', code: 'custom', message });
}

function list({ state, repository, url, token }: RepositoryContext): Promise<Answer> {
  const query = url.searchParams;
  const wanted = query.get('state') ?? 'open';
  const [head, base] = [query.get('head'), query.get('base')];
  const matching = pullsOf(repository).filter(
    ({ state: one, pull }) =>
      (wanted === 'all' || one === wanted) &&
      (head === null || !head.includes(':') || isHead(pull, head)) &&
      (base === null || pull.base.ref === base),
  );
  return listed(inOrder(matching, query), url, (issue) =>
    presentSimplePull(state, { repository, issue, viewer: token?.account }),
  );
}

/** The newest first, unless asked otherwise; by last update, the oldest first. */
function inOrder(found: readonly PullIssue[], query: URLSearchParams): readonly PullIssue[] {
  const byUpdate = query.get('sort') === 'updated';
  const newestFirst = byUpdate ? found.toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1)) : found;
  const direction = query.get('direction') ?? (byUpdate ? 'asc' : 'desc');
  return direction === 'asc' ? newestFirst.toReversed() : newestFirst;
}

/** `owner:branch`. GitHub ignores a filter that is not written like this. */
function isHead({ head }: Pull, filter: string): boolean {
  const colon = filter.indexOf(':');
  const owner = filter.slice(0, colon).toLowerCase();
  return head.repository.owner.login.toLowerCase() === owner && head.ref === filter.slice(colon + 1);
}

async function get(context: RepositoryContext): Promise<Answer> {
  const { state, repository, token } = context;
  const issue = pullOf(context);
  const body = await presentPull(state, { repository, issue, viewer: token?.account });
  if (issue.pull.unknownFor > 0) issue.pull.unknownFor -= 1;
  return { status: 200, body };
}

async function update(context: RepositoryContext): Promise<Answer> {
  const { state, repository, body } = context;
  const issue = pullOf(context);
  if (!mayChange(context, issue.user)) throw new Refusal(403, 'Must have admin rights to Repository.');
  const base = textOf(body, 'base');
  if (base !== undefined) await changeBase(context, issue, base);
  await changeState(context, issue, textOf(body, 'state'));
  issue.title = textOf(body, 'title') ?? issue.title;
  if (body['body'] !== undefined) issue.body = textOf(body, 'body') ?? null;
  issue.pull.maintainerCanModify = flagOf(body, 'maintainer_can_modify') ?? issue.pull.maintainerCanModify;
  issue.updatedAt = state.clock.now();
  return { status: 200, body: await presentPull(state, { repository, issue, viewer: accountOf(context) }) };
}

async function changeBase({ state, repository }: RepositoryContext, issue: PullIssue, base: string): Promise<void> {
  const sha = await readRef(repository.gitDir, `refs/heads/${base}`);
  if (sha === undefined) throw invalid({ resource: 'PullRequest', code: 'invalid', field: 'base' });
  issue.pull.base = { ref: base, sha };
  await beginPull(state, repository, issue);
}

async function changeState(context: RepositoryContext, issue: PullIssue, wanted: string | undefined): Promise<void> {
  const { state, repository } = context;
  if (wanted === undefined || wanted === issue.state) return;
  if (wanted === 'closed') {
    closeIssue(state, issue);
    return;
  }
  const { pull } = issue;
  const sha = await headOf(pull);
  if (pull.mergedAt !== null || sha === undefined)
    throw invalid({ resource: 'PullRequest', code: 'invalid', field: 'state', message: 'state cannot be changed.' });
  pull.head.sha = sha;
  reopenIssue(issue);
  await beginPull(state, repository, issue);
}

/** What the head changed since it left the base, as the tab “Files changed” has it. */
async function files(context: RepositoryContext): Promise<Answer> {
  const { state, repository, url } = context;
  const { pull } = pullOf(context);
  const start = (await mergeBase(repository.gitDir, pull.base.sha, pull.head.sha)) ?? pull.base.sha;
  const changed = await diffFiles(repository.gitDir, start, pull.head.sha);
  return listed(changed, url, (file) => presentFile(state, { repository, sha: pull.head.sha, file }));
}

/** Open ones that contain the commit; once it is in the default branch, the ones that brought it there. */
async function ofCommit({ state, repository, parameters, url, token }: RepositoryContext): Promise<Answer> {
  const sha = parameters['commit_sha'] ?? '';
  const found: PullIssue[] = [];
  for (const issue of pullsOf(repository)) {
    const { pull } = issue;
    const commits = await listCommits(repository.gitDir, { include: pull.head.sha, exclude: pull.base.sha });
    const isPart = commits.includes(sha) || (pull.mergedAt !== null && pull.mergeCommitSha === sha);
    if (isPart && (issue.state === 'open' || pull.mergedAt !== null)) found.push(issue);
  }
  return listed(found, url, (issue) => presentSimplePull(state, { repository, issue, viewer: token?.account }));
}
