/** What is said on a pull request: one comment, and labels. */
import { hasCode } from '@ar-registry/core/errors';
import { allPages, orMissing, statusOf, type Request } from './calls.ts';
import type { RepositoryCalls } from './create.ts';
import { whole } from './read.ts';
import type { GitHubRepository } from './types.ts';

type Methods = Pick<GitHubRepository, 'upsertComment' | 'ensureLabels' | 'setLabels'>;

const MOST_PAGES = 30;

export function commentMethods(own: RepositoryCalls): Methods {
  const { call, name, shown } = own;
  return {
    upsertComment: async (number, marker, body) => {
      const isOwn = await ownComments(own);
      await call(`commenting on pull request ${number} of ${shown}`, async (request) => {
        const find = async (): Promise<number | undefined> => findComment({ request, own, isOwn }, number, marker);
        await writeComment({ request, own, find }, number, body);
      });
    },
    ensureLabels: async (labels) =>
      call(`making the labels of ${shown}`, async (request) => {
        for (const label of labels) {
          const found = await orMissing(
            request('GET /repos/{owner}/{repo}/labels/{name}', { ...name, name: label.name }),
          );
          if (!found) await makeLabel(request, name, label);
        }
      }),
    setLabels: async (number, labels, managed) =>
      call(`labelling pull request ${number} of ${shown}`, async (request) => {
        const issue = { ...name, issue_number: number };
        const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/labels';
        const { data } = await request(route, { ...issue, per_page: 100 });
        const present = new Set(data.map((label) => label.name));
        // One by one and not as a whole: what a person sets in the meantime must not be lost.
        const missing = labels.filter((label) => !present.has(label));
        if (missing.length > 0)
          await request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', { ...issue, labels: missing });
        const surplus = managed.filter((label) => present.has(label) && !labels.includes(label));
        for (const label of surplus) {
          const remove = 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}';
          await orMissing(request(remove, { ...issue, name: label }));
        }
      }),
  };
}

type IsOwn = (user: { readonly id: unknown; readonly login: string; readonly type: string } | null) => boolean;

/** Anybody can write a comment that starts with our marker; it must not be taken for ours. */
async function ownComments({ whoAmI }: RepositoryCalls): Promise<IsOwn> {
  try {
    const { id } = await whoAmI();
    return (user) => user?.id === id;
  } catch (error) {
    // The token of a workflow belongs to an app, which is not told who it is.
    if (!hasCode(error, 'GITHUB_FORBIDDEN')) throw error;
    return (user) => user?.type === 'Bot' && user.login === 'github-actions[bot]';
  }
}

interface Asked {
  readonly request: Request;
  readonly own: RepositoryCalls;
}

async function findComment(
  { request, own, isOwn }: Asked & { readonly isOwn: IsOwn },
  number: number,
  marker: string,
): Promise<number | undefined> {
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const comments = await allPages(MOST_PAGES, async (page) => {
    return (await request(route, { ...own.name, issue_number: number, per_page: 100, page })).data;
  });
  const found = comments.find(({ body, user }) => body?.startsWith(marker) === true && isOwn(user));
  return found && whole(found.id);
}

/** A comment is not asked for twice: the answer may be lost while the comment is there. Then it is looked for. */
async function writeComment(
  { request, own: { name }, find }: Asked & { readonly find: () => Promise<number | undefined> },
  number: number,
  body: string,
): Promise<void> {
  const change = async (id: number): Promise<void> => {
    await request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...name, comment_id: id, body });
  };
  const there = await find();
  if (there !== undefined) return change(there);
  const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const make = { ...name, issue_number: number, body };
  try {
    await request(route, { ...make, request: { retries: 0 } });
  } catch (error) {
    if (statusOf(error) !== undefined && (statusOf(error) ?? 0) < 500) throw error;
    if ((await find()) === undefined) await request(route, { ...make, request: { retries: 0 } });
  }
}

async function makeLabel(
  request: Request,
  repository: RepositoryCalls['name'],
  { name, color, description }: Parameters<Methods['ensureLabels']>[0][number],
): Promise<void> {
  await request('POST /repos/{owner}/{repo}/labels', { ...repository, name, color, description }).catch(
    (error: unknown) => {
      // Another job made it in the meantime.
      if (statusOf(error) !== 422) throw error;
    },
  );
}
