import { describe, expect, it } from 'vitest';
import { asker, forkWithChange, openPull, startGitHub, TOKENS } from './support/github.ts';

const REPOSITORY = '/repos/registry/index';

describe('a stranger', () => {
  it('cannot write, label or merge in a repository', async () => {
    await using github = await startGitHub();
    await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    const ask = asker(github, TOKENS.alice);
    const sha = String(await github.repository('registry/index').tip());
    const statuses = [
      await ask(`POST ${REPOSITORY}/git/blobs`, { content: 'x' }),
      await ask(`POST ${REPOSITORY}/git/refs`, { ref: 'refs/heads/x', sha }),
      await ask(`PUT ${REPOSITORY}/pulls/1/merge`, {}),
      await ask(`POST ${REPOSITORY}/releases`, { tag_name: 'v1' }),
      await ask(`POST ${REPOSITORY}/statuses/${sha}`, { state: 'success' }),
      await ask(`POST ${REPOSITORY}/issues/1/labels`, { labels: ['reviewed'] }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 403]);
    expect(github.repository('registry/index').issues.get(1)?.labels).toEqual([]);
  });

  it('cannot change what another has written', async () => {
    await using github = await startGitHub();
    await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    await asker(github, TOKENS.alice)(`POST ${REPOSITORY}/issues/1/comments`, { body: 'Mine.' });
    const id = github.repository('registry/index').comments(1)[0]?.id;
    const bob = asker(github, TOKENS.bob);
    const statuses = [
      await bob(`PATCH ${REPOSITORY}/pulls/1`, { title: 'x' }),
      await bob(`PATCH ${REPOSITORY}/issues/comments/${id}`, { body: 'x' }),
      await bob(`DELETE ${REPOSITORY}/issues/comments/${id}`),
      await bob(`POST ${REPOSITORY}/pulls`, { title: 'x', head: 'alice:main', base: 'main' }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([403, 403, 403, 403]);
  });

  it('does not see a private repository', async () => {
    await using github = await startGitHub();
    await github.createRepository({ owner: 'registry', name: 'secret', private: true });
    expect((await asker(github, TOKENS.alice)('GET /repos/registry/secret')).status).toBe(404);
    expect((await asker(github, TOKENS.registry)('GET /repos/registry/secret')).status).toBe(200);
  });
});

describe('a collaborator', () => {
  it('may do what the role says', async () => {
    await using github = await startGitHub({
      repositories: [{ owner: 'registry', name: 'index', collaborators: { alice: 'triage', bob: 'write' } }],
    });
    const [alice, bob] = [asker(github, TOKENS.alice), asker(github, TOKENS.bob)];
    await bob(`POST ${REPOSITORY}/issues`, { title: 'x' });
    expect((await alice(`POST ${REPOSITORY}/issues/1/labels`, { labels: ['a'] })).status).toBe(200);
    expect((await alice(`POST ${REPOSITORY}/git/blobs`, { content: 'x' })).status).toBe(404);
    expect((await bob(`POST ${REPOSITORY}/git/blobs`, { content: 'x' })).status).toBe(201);
    expect((await bob(`GET ${REPOSITORY}/collaborators/alice/permission`)).body).toMatchObject({
      permission: 'read',
      role_name: 'triage',
    });
  });
});

describe('a token', () => {
  it('that is not known is refused, and so is writing without one', async () => {
    await using github = await startGitHub();
    expect(await asker(github, 'wrong')('GET /users/alice')).toMatchObject({
      status: 401,
      body: { message: 'Bad credentials' },
    });
    expect((await asker(github)('GET /user')).status).toBe(401);
    expect((await asker(github)(`POST ${REPOSITORY}/forks`, {})).status).toBe(401);
    expect((await asker(github)(`GET ${REPOSITORY}`)).status).toBe(200);
  });

  it('without the scope writes nothing', async () => {
    await using github = await startGitHub();
    const ask = asker(github, github.createToken('alice', { scopes: ['read:user'] }));
    expect((await ask('GET /user')).status).toBe(200);
    expect((await ask(`POST ${REPOSITORY}/forks`, {})).status).toBe(404);
  });

  it('of a workflow does what its permissions say, in its repository alone', async () => {
    await using github = await startGitHub();
    github.addAccount({ login: 'github-actions[bot]', id: 41_898_282, type: 'Bot' });
    await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    const token = github.createToken('github-actions[bot]', {
      repository: 'registry/index',
      permissions: { 'pull-requests': 'write', contents: 'read' },
    });
    const ask = asker(github, token);
    expect((await ask(`POST ${REPOSITORY}/issues/1/comments`, { body: 'Report' })).status).toBe(201);
    expect((await ask(`POST ${REPOSITORY}/issues/1/labels`, { labels: ['x'] })).status).toBe(200);
    expect(await ask(`PUT ${REPOSITORY}/pulls/1/merge`, {})).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    });
    expect((await ask('POST /repos/alice/index/issues', { title: 'x' })).status).toBe(403);
    expect((await ask('GET /user')).status).toBe(403);
  });

  it('is never in the log', async () => {
    await using github = await startGitHub();
    await asker(github, TOKENS.alice)('GET /user');
    expect(github.requests).toMatchObject([{ host: 'api', method: 'GET', path: '/user', login: 'alice', status: 200 }]);
    expect(JSON.stringify(github.requests)).not.toContain(TOKENS.alice);
  });
});
