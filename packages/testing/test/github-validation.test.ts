import { describe, expect, it } from 'vitest';
import { createValidator } from '../src/github/openapi/validator.ts';
import { readDescription } from '../src/github/openapi/description.ts';
import { asker, startGitHub, TOKENS } from './support/github.ts';

describe('a request that is not as described', () => {
  it.each([
    ['an unknown path', 'GET /repos/registry/index/nonsense', undefined, 'GitHub describes no such path.'],
    ['an unknown method', 'PUT /users/alice', {}, 'GitHub describes no PUT for /users/{username}.'],
    ['a missing property', 'POST /repos/registry/index/git/refs', { ref: 'refs/heads/x' }, 'missingProperty":"sha"'],
    [
      'a property of the wrong type',
      'POST /repos/registry/index/git/blobs',
      { content: 1 },
      '/content: must be string',
    ],
    ['an invented property', 'POST /repos/registry/index/forks', { nam: 'x' }, 'additionalProperty":"nam"'],
    ['an invented parameter', 'GET /repos/registry/index/pulls?sha=x', undefined, 'additionalProperty":"sha"'],
    ['a parameter out of range', 'GET /repos/registry/index/pulls?state=merged', undefined, '/state: must be equal to'],
    ['a number that is none', 'GET /repos/registry/index/pulls/x', undefined, '/pull_number: must be integer'],
    ['a body that is missing', 'POST /repos/registry/index/git/trees', undefined, 'needs a body'],
  ])('is refused and recorded: %s', async (...[, line, body, problem]) => {
    await using github = await startGitHub();
    const reply = await asker(github, TOKENS.registry)(line, body);
    expect(reply.status).toBe(400);
    const violations = github.takeViolations();
    expect(violations.map(({ side }) => side)).toEqual(['request']);
    expect(violations[0]?.problems.join('\n')).toContain(problem);
  });

  it('makes disposing throw, so that no test passes over it', async () => {
    const github = await startGitHub();
    await asker(github)('GET /nonsense');
    await expect(github[Symbol.asyncDispose]()).rejects.toThrow('GET /nonsense');
  });

  it('is told from one that the double lacks', async () => {
    await using github = await startGitHub();
    await asker(github, TOKENS.alice)('GET /repos/registry/index/milestones');
    expect(github.takeViolations()).toMatchObject([
      { problems: ['The double has no GET /repos/{owner}/{repo}/milestones yet.'] },
    ]);
  });
});

describe('an answer that is not as described', () => {
  const validator = createValidator(readDescription());
  const check = (template: string, status: number, body: unknown): readonly string[] =>
    validator.checkAnswer({ method: 'GET', template, status, body });
  const ref = { ref: 'refs/heads/x', node_id: 'n', url: 'https://example.com', object: {} };

  it('is found: a property missing, of the wrong type, or invented', () => {
    const object = { sha: '0'.repeat(40), type: 'commit', url: 'https://example.com' };
    const template = '/repos/{owner}/{repo}/git/ref/{ref}';
    expect(check(template, 200, { ...ref, object })).toEqual([]);
    expect(check(template, 200, { ...ref, object: { ...object, sha: undefined } })).toHaveLength(1);
    expect(check(template, 200, { ...ref, object, url: 'no address' })).toHaveLength(1);
    expect(check(template, 200, { ...ref, object, invented: 1 })).toHaveLength(1);
  });

  it('is found: a status that the operation never answers', () => {
    expect(check('/repos/{owner}/{repo}/git/ref/{ref}', 201, ref)).toHaveLength(1);
    expect(check('/repos/{owner}/{repo}/git/ref/{ref}', 404, { message: 'Not Found' })).toEqual([]);
    expect(check('/user', 418, { message: 'x' })).toHaveLength(1);
  });

  it('is recorded when the double sends it', async () => {
    await using github = await startGitHub({
      accounts: [
        { login: 'registry', id: 1, token: TOKENS.registry },
        // An id that is none: the description wants an integer.
        { login: 'half', id: 0.5 },
      ],
    });
    await asker(github)('GET /users/half');
    expect(github.takeViolations()).toMatchObject([{ side: 'answer', method: 'GET', path: '/users/half' }]);
  });
});
