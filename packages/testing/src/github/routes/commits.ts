import { listed, notFound, page, unprocessable, type Answer } from '../answer.ts';
import { diffFiles } from '../git/diff.ts';
import { listCommits, mergeBase, resolveCommit } from '../git/read.ts';
import { fetchCommit } from '../git/write.ts';
import { presentCommit, presentCommitWithFiles } from '../present/commit.ts';
import { presentFile } from '../present/file.ts';
import { apiUrlOf, sourceOf, webUrlOf } from '../present/repository.ts';
import type { RepositoryContext, RepositoryRoute } from '../route.ts';
import type { Repository } from '../state.ts';

const areas = ['contents'] as const;

export const commits: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits',
    access: 'anyone',
    areas,
    async handle({ state, repository, url }) {
      const revision = url.searchParams.get('sha') ?? repository.defaultBranch;
      const include = await resolveCommit(repository.gitDir, revision);
      if (include === undefined) throw notFound();
      const path = url.searchParams.get('path');
      const shas = await listCommits(repository.gitDir, { include, ...(path === null ? {} : { path }) });
      return listed(shas, url, (sha) => presentCommit(state, repository, sha));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{ref}',
    access: 'anyone',
    areas,
    async handle({ state, repository, parameters, headers }) {
      const ref = parameters['ref'] ?? '';
      const sha = await resolveCommit(repository.gitDir, ref);
      if (sha === undefined) throw unprocessable(`No commit found for SHA: ${ref}`);
      if (String(headers['accept'] ?? '').includes('vnd.github.sha')) return { status: 200, body: sha };
      return { status: 200, body: await presentCommitWithFiles(state, repository, sha) };
    },
  },
  { method: 'GET', path: '/repos/{owner}/{repo}/compare/{basehead}', access: 'anyone', areas, handle: compare },
];

/** `base...head`, where each may be `owner:branch` of a repository of the same network. */
async function compare(context: RepositoryContext): Promise<Answer> {
  const { state, repository, parameters, url } = context;
  const { gitDir } = repository;
  const [baseName = '', headName = ''] = (parameters['basehead'] ?? '').split('...');
  const [base, head] = [await endOf(context, baseName), await endOf(context, headName)];
  const start = await mergeBase(gitDir, base, head);
  if (start === undefined) throw notFound();
  const ahead = await listCommits(gitDir, { include: head, exclude: base, reverse: true });
  const behind = await listCommits(gitDir, { include: base, exclude: head });
  const { items, headers } = page(ahead, url);
  const files = await diffFiles(gitDir, start, head);
  const web = `${webUrlOf(state, repository)}/compare/${baseName}...${headName}`;
  return {
    status: 200,
    headers,
    body: {
      url: `${apiUrlOf(state, repository)}/compare/${baseName}...${headName}`,
      html_url: web,
      permalink_url: `${webUrlOf(state, repository)}/compare/${base.slice(0, 7)}...${head.slice(0, 7)}`,
      diff_url: `${web}.diff`,
      patch_url: `${web}.patch`,
      base_commit: await presentCommit(state, repository, base),
      merge_base_commit: await presentCommit(state, repository, start),
      status: relationOf(ahead.length, behind.length),
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: await Promise.all(items.map((sha) => presentCommit(state, repository, sha))),
      files: files.map((file) => presentFile(state, { repository, sha: head, file })),
    },
  };
}

function relationOf(ahead: number, behind: number): string {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind';
  return behind === 0 ? 'ahead' : 'diverged';
}

async function endOf({ state, repository }: RepositoryContext, name: string): Promise<string> {
  const colon = name.indexOf(':');
  const owner = name.slice(0, Math.max(colon, 0)).toLowerCase();
  const isOfNetwork = (one: Repository): boolean => sourceOf(one) === sourceOf(repository);
  const source =
    colon < 0
      ? repository
      : [...state.repositories.values()].find((one) => one.owner.login.toLowerCase() === owner && isOfNetwork(one));
  const sha = source && (await resolveCommit(source.gitDir, name.slice(colon + 1)));
  if (!source || sha === undefined) throw notFound();
  if (source !== repository) await fetchCommit(repository.gitDir, source.gitDir, sha);
  return sha;
}
