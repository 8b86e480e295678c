import { expect, it } from 'vitest';
import type { GitHubDouble } from '@ar-registry/testing/github';
import { asker, at, startGitHub, TOKENS, type Ask } from './support/github.ts';

const REPOSITORY = '/repos/registry/index';

function workflow(github: GitHubDouble): Ask {
  github.addAccount({ login: 'github-actions[bot]', id: 41_898_282, type: 'Bot' });
  const permissions = { checks: 'write' } as const;
  return asker(github, github.createToken('github-actions[bot]', { repository: 'registry/index', permissions }));
}

it('keeps check runs of a commit: the latest of each name, or all', async () => {
  await using github = await startGitHub();
  const ask = workflow(github);
  const sha = await github.repository('registry/index').tip();
  const make = (conclusion: string) =>
    ask(`POST ${REPOSITORY}/check-runs`, {
      name: 'validate',
      head_sha: sha,
      conclusion,
      output: { title: 'T', summary: 'S' },
    });
  await make('failure');
  expect((await make('success')).body).toMatchObject({ status: 'completed', conclusion: 'success' });
  const latest = await ask(`GET ${REPOSITORY}/commits/main/check-runs`);
  expect(latest.body).toMatchObject({ total_count: 1, check_runs: [{ conclusion: 'success', head_sha: sha }] });
  const all = await ask(`GET ${REPOSITORY}/commits/${String(sha)}/check-runs?filter=all`);
  expect(all.body).toMatchObject({ total_count: 2 });
});

it('completes a check run, and not without a conclusion', async () => {
  await using github = await startGitHub();
  const ask = workflow(github);
  const head_sha = await github.repository('registry/index').tip();
  const made = await ask(`POST ${REPOSITORY}/check-runs`, { name: 'x', head_sha, status: 'in_progress' });
  const run = `${REPOSITORY}/check-runs/${String(at(made.body, 'id'))}`;
  expect((await ask(`PATCH ${run}`, { conclusion: 'neutral' })).body).toMatchObject({ status: 'completed' });
  expect((await ask(`GET ${run}`)).body).toMatchObject({ conclusion: 'neutral' });
  expect(github.repository('registry/index').checkRuns).toMatchObject([{ conclusion: 'neutral' }]);
  const registry = asker(github, TOKENS.registry);
  expect((await registry(`POST ${REPOSITORY}/check-runs`, { name: 'x', head_sha })).status).toBe(403);
  const none = { name: 'x', head_sha: '0'.repeat(40) };
  expect((await ask(`POST ${REPOSITORY}/check-runs`, none)).status).toBe(422);
});

it('combines commit statuses: the last of each context, and the worst of them', async () => {
  await using github = await startGitHub();
  const ask = asker(github, TOKENS.registry);
  const sha = String(await github.repository('registry/index').tip());
  const combined = () => ask(`GET ${REPOSITORY}/commits/${sha}/status`);
  const set = (state: string, context: string) => ask(`POST ${REPOSITORY}/statuses/${sha}`, { state, context });
  expect((await combined()).body).toMatchObject({ state: 'pending', total_count: 0 });
  await set('failure', 'a');
  await set('success', 'b');
  expect((await combined()).body).toMatchObject({ state: 'failure', total_count: 2 });
  await set('success', 'a');
  expect((await combined()).body).toMatchObject({ state: 'success', total_count: 2 });
  expect((await ask(`GET ${REPOSITORY}/commits/${sha}/statuses`)).body).toHaveLength(3);
});

it('has artifacts of runs, downloaded with a token through a redirect until they expire', async () => {
  await using github = await startGitHub();
  const repository = github.repository('registry/index');
  const headSha = String(await repository.tip());
  const seed = { name: 'report', headSha, bytes: new Uint8Array([80, 75, 5, 6]) };
  const id = repository.addArtifact({ ...seed, runId: 7 });
  const old = repository.addArtifact({ ...seed, runId: 8, expired: true });
  const ask = asker(github, TOKENS.alice);
  const listed = await ask(`GET ${REPOSITORY}/actions/runs/7/artifacts`);
  expect(listed.body).toMatchObject({ total_count: 1, artifacts: [{ id, name: 'report', workflow_run: { id: 7 } }] });
  const zip = `${REPOSITORY}/actions/artifacts/${id}/zip`;
  expect((await asker(github)(`GET ${zip}`)).status).toBe(401);
  const redirect = await ask(`GET ${zip}`);
  const bytes = await (await fetch(String(redirect.headers.get('location')))).arrayBuffer();
  expect([...new Uint8Array(bytes)]).toEqual([80, 75, 5, 6]);
  expect((await ask(`GET ${REPOSITORY}/actions/artifacts/${old}/zip`)).status).toBe(410);
});
