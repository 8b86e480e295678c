import { invalid, notFound, page, Refusal, type Answer } from '../answer.ts';
import { listOf, objectOf, requiredText, textOf, type Body } from '../body.ts';
import { resolveCommit, typeOf } from '../git/read.ts';
import { apiUrlOf, webUrlOf } from '../present/repository.ts';
import { nodeId } from '../present/user.ts';
import type { RepositoryContext, RepositoryRoute } from '../route.ts';
import type { CheckRun, Repository, State } from '../state.ts';

const areas = ['checks'] as const;

export const checkRuns: readonly RepositoryRoute[] = [
  { method: 'POST', path: '/repos/{owner}/{repo}/check-runs', access: 'push', areas, handle: create },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/check-runs/{check_run_id}',
    access: 'anyone',
    areas,
    handle: (context) => ({
      status: 200,
      body: presentCheckRun(context.state, context.repository, checkRunOf(context)),
    }),
  },
  { method: 'PATCH', path: '/repos/{owner}/{repo}/check-runs/{check_run_id}', access: 'push', areas, handle: update },
  { method: 'GET', path: '/repos/{owner}/{repo}/commits/{ref}/check-runs', access: 'anyone', areas, handle: list },
];

/** `check-run` of the description. */
function presentCheckRun(state: State, repository: Repository, run: CheckRun): unknown {
  const url = `${apiUrlOf(state, repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId('CR', run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: `${webUrlOf(state, repository)}/runs/${run.id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.output.title,
      summary: run.output.summary,
      text: run.output.text,
      annotations_count: run.output.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    name: run.name,
    check_suite: null,
    app: null,
    pull_requests: [],
  };
}

/** Check runs are made by applications; the token of a workflow is the one of GitHub's own. */
function mustBeApplication({ token }: RepositoryContext): void {
  if (!token?.limitedTo) throw new Refusal(403, 'You must authenticate via a GitHub App.');
}

async function create(context: RepositoryContext): Promise<Answer> {
  mustBeApplication(context);
  const { state, repository, body } = context;
  const headSha = requiredText(body, 'head_sha');
  if ((await typeOf(repository.gitDir, headSha)) !== 'commit')
    throw invalid({ resource: 'CheckRun', code: 'custom', message: `No commit found for SHA: ${headSha}` });
  const run: CheckRun = {
    id: state.nextId(),
    headSha,
    name: requiredText(body, 'name'),
    status: 'queued',
    conclusion: null,
    detailsUrl: null,
    externalId: null,
    startedAt: state.clock.now(),
    completedAt: null,
    output: { title: null, summary: null, text: null, annotations: [] },
  };
  change(state, run, body);
  repository.checkRuns.push(run);
  return { status: 201, body: presentCheckRun(state, repository, run) };
}

function update(context: RepositoryContext): Answer {
  mustBeApplication(context);
  const run = checkRunOf(context);
  change(context.state, run, context.body);
  return { status: 200, body: presentCheckRun(context.state, context.repository, run) };
}

/** A conclusion completes a run. */
function change(state: State, run: CheckRun, body: Body): void {
  const conclusion = textOf(body, 'conclusion');
  changeFacts(run, body);
  run.status = conclusion === undefined ? (textOf(body, 'status') ?? run.status) : 'completed';
  run.conclusion = conclusion ?? run.conclusion;
  run.output = changeOutput(run.output, objectOf(body['output']));
  if (run.status !== 'completed') return;
  if (run.conclusion === null) throw invalid({ resource: 'CheckRun', code: 'missing_field', field: 'conclusion' });
  run.completedAt = textOf(body, 'completed_at') ?? state.clock.now();
}

function changeFacts(run: CheckRun, body: Body): void {
  run.name = textOf(body, 'name') ?? run.name;
  run.detailsUrl = textOf(body, 'details_url') ?? run.detailsUrl;
  run.externalId = textOf(body, 'external_id') ?? run.externalId;
  run.startedAt = textOf(body, 'started_at') ?? run.startedAt;
}

/** Annotations add up. */
function changeOutput(old: CheckRun['output'], output: Body): CheckRun['output'] {
  return {
    title: textOf(output, 'title') ?? old.title,
    summary: textOf(output, 'summary') ?? old.summary,
    text: textOf(output, 'text') ?? old.text,
    annotations: [...old.annotations, ...listOf(output, 'annotations')],
  };
}

async function list({ state, repository, parameters, url }: RepositoryContext): Promise<Answer> {
  const sha = await resolveCommit(repository.gitDir, parameters['ref'] ?? '');
  if (sha === undefined)
    throw invalid({ resource: 'CheckRun', code: 'custom', message: `No commit found for SHA: ${parameters['ref']}` });
  const [name, status] = [url.searchParams.get('check_name'), url.searchParams.get('status')];
  const matching = repository.checkRuns
    .filter((run) => run.headSha === sha)
    .filter((run) => (name === null || run.name === name) && (status === null || run.status === status));
  // The latest of each name, unless all are asked for.
  const shown =
    url.searchParams.get('filter') === 'all' ? matching : [...new Map(matching.map((run) => [run.name, run])).values()];
  const { items, headers } = page(shown.toReversed(), url);
  const runs = items.map((run) => presentCheckRun(state, repository, run));
  return { status: 200, headers, body: { total_count: shown.length, check_runs: runs } };
}

function checkRunOf({ repository, parameters }: RepositoryContext): CheckRun {
  const run = repository.checkRuns.find(({ id }) => id === Number(parameters['check_run_id']));
  if (!run) throw notFound();
  return run;
}
