import { actsAs } from '../access.ts';
import { invalid, listed, notFound, type Answer } from '../answer.ts';
import { flagOf, requiredText, textOf } from '../body.ts';
import { readRef, resolveCommit } from '../git/read.ts';
import { writeRef } from '../git/write.ts';
import { presentRelease } from '../present/release.ts';
import { accountOf, type RepositoryContext, type RepositoryRoute } from '../route.ts';
import type { Release } from '../state.ts';

const RELEASES = '/repos/{owner}/{repo}/releases';
const RELEASE = `${RELEASES}/{release_id}` as const;
const areas = ['contents'] as const;

export const releases: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: RELEASES,
    access: 'anyone',
    areas,
    handle: (context) =>
      listed(visibleReleases(context), context.url, (release) =>
        presentRelease(context.state, context.repository, release),
      ),
  },
  { method: 'POST', path: RELEASES, access: 'push', areas, handle: create },
  {
    method: 'GET',
    path: `${RELEASES}/latest`,
    access: 'anyone',
    areas,
    handle: (context) =>
      found(
        context,
        visibleReleases(context).find(({ draft, prerelease }) => !draft && !prerelease),
      ),
  },
  {
    method: 'GET',
    path: `${RELEASES}/tags/{tag}`,
    access: 'anyone',
    areas,
    handle: (context) =>
      found(
        context,
        // A draft has no tag yet and is not found by it.
        visibleReleases(context).find(({ tagName, draft }) => tagName === context.parameters['tag'] && !draft),
      ),
  },
  { method: 'GET', path: RELEASE, access: 'anyone', areas, handle: (context) => found(context, releaseOf(context)) },
  { method: 'PATCH', path: RELEASE, access: 'push', areas, handle: update },
  {
    method: 'DELETE',
    path: RELEASE,
    access: 'push',
    areas,
    handle(context) {
      // The tag stays.
      context.repository.releases.delete(releaseOf(context).id);
      return { status: 204 };
    },
  },
];

/** The newest first. Drafts are shown to those who may push. */
function visibleReleases({ repository, token }: RepositoryContext): readonly Release[] {
  const seesDrafts = actsAs(token, repository, 'write');
  return [...repository.releases.values()].filter(({ draft }) => !draft || seesDrafts).toReversed();
}

/** @throws Refusal 404 */
export function releaseOf(context: RepositoryContext): Release {
  const id = Number(context.parameters['release_id']);
  const release = visibleReleases(context).find((one) => one.id === id);
  if (!release) throw notFound();
  return release;
}

function found({ state, repository }: RepositoryContext, release: Release | undefined): Answer {
  if (!release) throw notFound();
  return { status: 200, body: presentRelease(state, repository, release) };
}

async function create(context: RepositoryContext): Promise<Answer> {
  const { state, repository, body } = context;
  const tagName = requiredText(body, 'tag_name');
  const draft = flagOf(body, 'draft') ?? false;
  const isTaken = [...repository.releases.values()].some((one) => one.tagName === tagName && !one.draft);
  if (isTaken && !draft) throw invalid({ resource: 'Release', code: 'already_exists', field: 'tag_name' });
  const targetCommitish = textOf(body, 'target_commitish') ?? repository.defaultBranch;
  if (!draft) await ensureTag(context, tagName, targetCommitish);
  const now = state.clock.now();
  const release: Release = {
    id: state.nextId(),
    author: accountOf(context),
    tagName,
    targetCommitish,
    name: textOf(body, 'name') ?? null,
    body: textOf(body, 'body') ?? null,
    draft,
    prerelease: flagOf(body, 'prerelease') ?? false,
    createdAt: now,
    publishedAt: draft ? null : now,
    assets: [],
  };
  repository.releases.set(release.id, release);
  return { status: 201, body: presentRelease(state, repository, release) };
}

async function update(context: RepositoryContext): Promise<Answer> {
  const { state, repository, body } = context;
  const release = releaseOf(context);
  const draft = flagOf(body, 'draft') ?? release.draft;
  release.tagName = textOf(body, 'tag_name') ?? release.tagName;
  release.targetCommitish = textOf(body, 'target_commitish') ?? release.targetCommitish;
  if (!draft) await ensureTag(context, release.tagName, release.targetCommitish);
  release.name = textOf(body, 'name') ?? release.name;
  release.body = textOf(body, 'body') ?? release.body;
  release.prerelease = flagOf(body, 'prerelease') ?? release.prerelease;
  release.publishedAt = draft ? null : (release.publishedAt ?? state.clock.now());
  release.draft = draft;
  return { status: 200, body: presentRelease(state, repository, release) };
}

/** Publishing makes the tag when there is none. */
async function ensureTag({ repository }: RepositoryContext, tag: string, target: string): Promise<void> {
  const { gitDir } = repository;
  if ((await readRef(gitDir, `refs/tags/${tag}`)) !== undefined) return;
  const commit = await resolveCommit(gitDir, target);
  if (commit === undefined) throw invalid({ resource: 'Release', code: 'invalid', field: 'target_commitish' });
  await writeRef(gitDir, `refs/tags/${tag}`, commit);
}
