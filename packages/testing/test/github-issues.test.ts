import { describe, expect, it } from 'vitest';
import { asker, at, forkWithChange, openPull, startGitHub, TOKENS, type Ask, type Reply } from './support/github.ts';

const ISSUES = '/repos/registry/index/issues';

describe('comments', () => {
  it('are written, changed and deleted', async () => {
    await using github = await startGitHub();
    await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    const ask = asker(github, TOKENS.bob);
    const made = await ask(`POST ${ISSUES}/1/comments`, { body: 'First.' });
    const id = Number(at(made.body, 'id'));
    expect(made).toMatchObject({ status: 201, body: { body: 'First.', user: { login: 'bob' } } });
    expect((await ask(`PATCH ${ISSUES}/comments/${id}`, { body: 'Changed.' })).status).toBe(200);
    expect(github.repository('registry/index').comments(1)).toMatchObject([{ body: 'Changed.' }]);
    expect((await ask(`GET ${ISSUES}/1`)).body).toMatchObject({ comments: 1, pull_request: { merged_at: null } });
    expect((await ask(`DELETE ${ISSUES}/comments/${id}`)).status).toBe(204);
    expect((await ask(`GET ${ISSUES}/comments/${id}`)).status).toBe(404);
  });

  it('are refused when they are empty or longer than GitHub takes', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.bob);
    await ask(`POST ${ISSUES}`, { title: 'Broken' });
    expect((await ask(`POST ${ISSUES}/1/comments`, { body: ' ' })).status).toBe(422);
    expect((await ask(`POST ${ISSUES}/1/comments`, { body: 'x'.repeat(65_537) })).status).toBe(422);
    expect((await ask(`POST ${ISSUES}/2/comments`, { body: 'x' })).status).toBe(404);
  });
});

describe('issues', () => {
  it('are closed and opened again by their author, and labelled by people of the repository', async () => {
    await using github = await startGitHub();
    const [bob, registry] = [asker(github, TOKENS.bob), asker(github, TOKENS.registry)];
    expect((await bob(`POST ${ISSUES}`, { title: 'x', labels: ['a'] })).body).toMatchObject({ number: 1, labels: [] });
    expect((await bob(`PATCH ${ISSUES}/1`, { state: 'closed', labels: ['a'] })).body).toMatchObject({
      state: 'closed',
      labels: [],
    });
    expect((await bob(`GET ${ISSUES}`)).body).toEqual([]);
    expect((await registry(`PATCH ${ISSUES}/1`, { state: 'open', labels: ['b'] })).body).toMatchObject({
      state: 'open',
      closed_at: null,
      labels: [{ name: 'b' }],
    });
    expect((await asker(github, TOKENS.alice)(`PATCH ${ISSUES}/1`, { state: 'closed' })).status).toBe(403);
  });
});

describe('pages', () => {
  it('hold as many as are asked for and link to the others', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.bob);
    await ask(`POST ${ISSUES}`, { title: 'Long' });
    for (let n = 1; n <= 5; n += 1) await ask(`POST ${ISSUES}/1/comments`, { body: `${n}` });
    const all = await follow(ask, `${github.apiUrl}${ISSUES}/1/comments?per_page=2`);
    expect(all).toEqual([['1', '2'], ['3', '4'], ['5']]);
    const middle = await ask(`GET ${ISSUES}/1/comments?per_page=2&page=2`);
    const relations = [...String(middle.headers.get('link')).matchAll(/[?&]page=(\d)>; rel="(\w+)"/g)];
    expect(relations.map(([, number, name]) => `${name} ${number}`)).toEqual(['prev 1', 'next 3', 'last 3', 'first 1']);
  });

  it('have thirty items by default and a hundred at most', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.registry);
    await ask(`POST ${ISSUES}`, { title: 'Many', labels: Array.from({ length: 101 }, (_, n) => `label ${n}`) });
    const sizes = [await ask(`GET ${ISSUES}/1/labels`), await ask(`GET ${ISSUES}/1/labels?per_page=500`)];
    expect(sizes.map(({ body }) => (body as unknown[]).length)).toEqual([30, 100]);
    expect((await ask(`GET ${ISSUES}`)).headers.get('link')).toBeNull();
  });
});

describe('labels', () => {
  it('are made, found whatever their case, renamed and deleted', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.registry);
    const labels = '/repos/registry/index/labels';
    expect((await ask(`POST ${labels}`, { name: 'needs: review', color: 'ff0000', description: 'd' })).status).toBe(
      201,
    );
    expect((await ask(`POST ${labels}`, { name: 'Needs: Review' })).body).toMatchObject({
      errors: [{ code: 'already_exists', field: 'name' }],
    });
    expect((await ask(`GET ${labels}/NEEDS%3A%20review`)).body).toMatchObject({ color: 'ff0000', description: 'd' });
    await ask(`POST ${ISSUES}`, { title: 'x', labels: ['needs: review'] });
    await ask(`PATCH ${labels}/needs%3A%20review`, { new_name: 'review' });
    expect((await ask(`GET ${ISSUES}?labels=review`)).body).toMatchObject([{ labels: [{ name: 'review' }] }]);
    expect((await ask(`DELETE ${labels}/review`)).status).toBe(204);
    expect((await ask(`GET ${ISSUES}/1/labels`)).body).toEqual([]);
  });

  it('are added to an issue, replaced and taken away', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.registry);
    await ask(`POST ${ISSUES}`, { title: 'x' });
    const on = `${ISSUES}/1/labels`;
    expect(names(await ask(`POST ${on}`, { labels: ['a', 'b'] }))).toEqual(['a', 'b']);
    expect(names(await ask(`POST ${on}`, { labels: [{ name: 'b' }, { name: 'c' }] }))).toEqual(['a', 'b', 'c']);
    expect(names(await ask(`DELETE ${on}/B`))).toEqual(['a', 'c']);
    expect((await ask(`DELETE ${on}/b`)).status).toBe(404);
    expect(names(await ask(`PUT ${on}`, { labels: ['d'] }))).toEqual(['d']);
    expect(names(await ask(`PUT ${on}`, { labels: [] }))).toEqual([]);
  });
});

function names({ body }: Reply): readonly string[] {
  return (body as { name: string }[]).map(({ name }) => name);
}

/** The texts of all pages, by the links between them. */
async function follow(ask: Ask, start: string): Promise<readonly (readonly string[])[]> {
  const pages: string[][] = [];
  for (let next: string | undefined = start; next !== undefined;) {
    const { body, headers }: { body: unknown; headers: Headers } = await ask(`GET ${next}`);
    pages.push((body as { body: string }[]).map((one) => one.body));
    next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
  }
  return pages;
}
