import { notFound, page, Refusal, type Answer } from '../answer.ts';
import { digestOf } from '../digest.ts';
import { apiUrlOf } from '../present/repository.ts';
import { nodeId } from '../present/user.ts';
import type { RepositoryContext, RepositoryRoute } from '../route.ts';
import type { Artifact, Repository, State } from '../state.ts';

const ARTIFACTS = '/repos/{owner}/{repo}/actions/artifacts';
const areas = ['actions'] as const;

/** What runs of workflows have left behind. There are no workflows here: tests put artifacts where they belong. */
export const artifacts: readonly RepositoryRoute[] = [
  { method: 'GET', path: ARTIFACTS, access: 'anyone', areas, handle: (context) => list(context, () => true) },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
    access: 'anyone',
    areas,
    handle: (context) => list(context, ({ runId }) => String(runId) === context.parameters['run_id']),
  },
  {
    method: 'GET',
    path: `${ARTIFACTS}/{artifact_id}`,
    access: 'anyone',
    areas,
    handle: (context) => ({
      status: 200,
      body: presentArtifact(context.state, context.repository, artifactOf(context)),
    }),
  },
  {
    method: 'GET',
    path: `${ARTIFACTS}/{artifact_id}/{archive_format}`,
    access: 'account',
    areas,
    handle(context) {
      const { id, expired } = artifactOf(context);
      if (expired) throw new Refusal(410, 'Artifact has expired');
      if (context.parameters['archive_format'] !== 'zip') throw notFound();
      return { status: 302, headers: { location: `${context.state.hosts.storage}/artifacts/${id}` } };
    },
  },
];

function list({ state, repository, url }: RepositoryContext, isWanted: (one: Artifact) => boolean): Answer {
  const name = url.searchParams.get('name');
  const matching = repository.artifacts.filter((one) => isWanted(one) && (name === null || one.name === name));
  const { items, headers } = page(matching.toReversed(), url);
  const shown = items.map((one) => presentArtifact(state, repository, one));
  return { status: 200, headers, body: { total_count: matching.length, artifacts: shown } };
}

/** `artifact` of the description. */
function presentArtifact(state: State, repository: Repository, artifact: Artifact): unknown {
  const url = `${apiUrlOf(state, repository)}/actions/artifacts/${artifact.id}`;
  return {
    id: artifact.id,
    node_id: nodeId('A', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.bytes.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.expired,
    digest: digestOf(artifact.bytes),
    created_at: artifact.createdAt,
    expires_at: null,
    updated_at: artifact.createdAt,
    workflow_run: {
      id: artifact.runId,
      repository_id: repository.id,
      head_repository_id: artifact.headRepositoryId,
      head_branch: artifact.headBranch,
      head_sha: artifact.headSha,
    },
  };
}

function artifactOf({ repository, parameters }: RepositoryContext): Artifact {
  const found = repository.artifacts.find(({ id }) => id === Number(parameters['artifact_id']));
  if (!found) throw notFound();
  return found;
}
