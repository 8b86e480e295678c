/** Pull requests. */
import { ArError } from '@ar-registry/core/errors';
import { allPages, statusOf, type Request } from './calls.ts';
import type { RepositoryCalls } from './create.ts';
import { toPullFile } from './git-data.ts';
import { httpUrl, objectId, text, whole } from './read.ts';
import type { GitHubRepository, PullQuery, PullRequest } from './types.ts';

type Methods = Pick<GitHubRepository, 'openPull' | 'findPulls' | 'pull' | 'pullFiles' | 'mergePull'>;

/** What GitHub lists of one pull request, whatever it holds. */
const FILES_LIMIT = 3000;
const MOST_PAGES = 30;

export function pullMethods(own: RepositoryCalls): Methods {
  const { call, name, shown } = own;
  const findPulls = async (query: PullQuery): Promise<readonly PullRequest[]> =>
    call(`looking for pull requests of ${shown}`, async (request) => find(request, own, query));
  const pull = async (number: number): Promise<PullRequest> =>
    call(`reading pull request ${number} of ${shown}`, async (request) => read(request, own, number));
  return {
    findPulls,
    pull,
    openPull: async ({ title, body, head, base }) =>
      call(`opening a pull request in ${shown}`, async (request) => {
        try {
          const { data } = await request('POST /repos/{owner}/{repo}/pulls', { ...name, title, body, head, base });
          return toPull(data);
        } catch (error) {
          // Another run was faster, or the answer to the first try was lost.
          const [there] = statusOf(error) === 422 ? await findPulls({ head }) : [];
          if (there) return there;
          throw error;
        }
      }),
    pullFiles: async (number) => {
      const files = await call(`reading the files of pull request ${number} of ${shown}`, async (request) =>
        allPages(MOST_PAGES, async (page) => {
          const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files';
          const { data } = await request(route, { ...name, pull_number: number, per_page: 100, page });
          return data.map(toPullFile);
        }),
      );
      if (files.length < FILES_LIMIT) return files;
      throw new ArError('GITHUB_TOO_LARGE', { what: `Pull request ${number}`, limit: `${FILES_LIMIT} files` });
    },
    mergePull: async (number, { sha, title }) =>
      call(`merging pull request ${number} of ${shown}`, async (request) => {
        const route = 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge';
        const how = { sha, commit_title: title, merge_method: 'squash' } as const;
        try {
          return objectId((await request(route, { ...name, pull_number: number, ...how })).data.sha);
        } catch (error) {
          const merged = statusOf(error) === 405 ? await mergeOf(request, own, { number, sha }) : undefined;
          if (merged !== undefined) return merged;
          throw error;
        }
      }),
  };
}

async function find(request: Request, { name }: RepositoryCalls, query: PullQuery): Promise<readonly PullRequest[]> {
  const { head, headSha, state = 'open' } = query;
  const found = await allPages(MOST_PAGES, async (page) => {
    const wanted = { ...name, state, per_page: 100, page, ...(head === undefined ? {} : { head }) };
    return (await request('GET /repos/{owner}/{repo}/pulls', wanted)).data.map(toPull);
  });
  // The list of a commit's pull requests leaves out those from forks; and `head` matches by name alone.
  return found.filter((pull) => headSha === undefined || pull.head.sha === headSha);
}

async function read(request: Request, { name }: RepositoryCalls, number: number): Promise<PullRequest> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
  return toPull((await request(route, { ...name, pull_number: number })).data);
}

/** The commit that it was merged by, if that was of this head: an answer of an earlier try may have been lost. */
async function mergeOf(
  request: Request,
  { name }: RepositoryCalls,
  { number, sha }: { readonly number: number; readonly sha: string },
): Promise<string | undefined> {
  const { data } = await request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...name, pull_number: number });
  return data.merged && data.head.sha === sha ? objectId(data.merge_commit_sha) : undefined;
}

interface PullAnswer {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body: string | null;
  readonly state: string;
  readonly merged_at: string | null;
  readonly draft?: boolean | undefined;
  readonly user: { readonly login: string; readonly id: unknown } | null;
  readonly created_at: string;
  readonly labels: readonly { readonly name: string }[];
  readonly head: {
    readonly sha: string;
    readonly ref: string;
    readonly repo: { readonly name: string; readonly owner: { readonly login: string } } | null;
  };
  readonly base: { readonly sha: string; readonly ref: string };
}

function toPull(pull: PullAnswer): PullRequest {
  const { head, base, user } = pull;
  return {
    number: whole(pull.number),
    url: httpUrl(pull.html_url),
    title: text(pull.title),
    body: pull.body ?? '',
    state: pull.state === 'open' ? 'open' : 'closed',
    merged: pull.merged_at !== null,
    draft: pull.draft === true,
    ...(user ? { author: { login: text(user.login), id: whole(user.id) } } : {}),
    createdAt: text(pull.created_at),
    labels: pull.labels.map((label) => text(label.name)),
    head: {
      sha: objectId(head.sha),
      ref: text(head.ref),
      // A fork that was deleted leaves its pull requests behind.
      ...(head.repo ? { repository: { owner: text(head.repo.owner.login), repo: text(head.repo.name) } } : {}),
    },
    base: { sha: objectId(base.sha), ref: text(base.ref) },
  };
}
