import { describe, expect, it } from 'vitest';
import type { GitHubDouble } from '@ar-registry/testing/github';
import { asker, at, startGitHub, TOKENS } from './support/github.ts';

const RELEASES = '/repos/registry/index/releases';
const BYTES = new Uint8Array([0, 1, 2, 255]);

function upload(uploadUrl: string, name: string): Promise<Response> {
  return fetch(uploadUrl.replace('{?name,label}', `?name=${encodeURIComponent(name)}`), {
    method: 'POST',
    headers: { authorization: `token ${TOKENS.registry}`, 'content-type': 'application/gzip' },
    body: BYTES,
  });
}

async function release(github: GitHubDouble, body: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const made = await asker(github, TOKENS.registry)(`POST ${RELEASES}`, { tag_name: 'v1', name: 'One', ...body });
  return String(at(made.body, 'upload_url'));
}

describe('releases', () => {
  it('make their tag and are found by it, by id, and as the latest', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.registry);
    const made = await ask(`POST ${RELEASES}`, { tag_name: 'plugins/hello@1.0.0', body: 'Text.' });
    expect(made).toMatchObject({ status: 201, body: { draft: false, assets: [], author: { login: 'registry' } } });
    const repository = github.repository('registry/index');
    expect(await repository.tip('refs/tags/plugins/hello@1.0.0')).toBe(await repository.tip());
    const id = at(made.body, 'id');
    expect((await ask(`GET ${RELEASES}/tags/plugins%2Fhello%401.0.0`)).body).toMatchObject({ id });
    expect((await ask(`GET ${RELEASES}/latest`)).body).toMatchObject({ id });
    expect((await ask(`GET ${RELEASES}/${String(id)}`)).body).toMatchObject({ id });
    expect((await ask(`POST ${RELEASES}`, { tag_name: 'plugins/hello@1.0.0' })).body).toMatchObject({
      errors: [{ code: 'already_exists', field: 'tag_name' }],
    });
    expect((await ask(`DELETE ${RELEASES}/${String(id)}`)).status).toBe(204);
    expect((await ask(`GET ${RELEASES}/tags/plugins%2Fhello%401.0.0`)).status).toBe(404);
  });

  it('are seen as drafts by those alone who may push', async () => {
    await using github = await startGitHub();
    await release(github, { draft: true });
    expect((await asker(github)(`GET ${RELEASES}`)).body).toEqual([]);
    const ask = asker(github, TOKENS.registry);
    const drafts = (await ask(`GET ${RELEASES}`)).body;
    expect(drafts).toMatchObject([{ draft: true, published_at: null }]);
    await ask(`PATCH ${RELEASES}/${String(at(drafts, 0, 'id'))}`, { draft: false });
    expect((await asker(github)(`GET ${RELEASES}/tags/v1`)).status).toBe(200);
  });
});

describe('assets', () => {
  it('are uploaded, listed, downloaded through a redirect without the token, and deleted', async () => {
    await using github = await startGitHub();
    const uploadUrl = await release(github);
    expect(uploadUrl.startsWith(github.uploadUrl)).toBe(true);
    const uploaded: unknown = await (await upload(uploadUrl, 'hello 1.tgz')).json();
    expect(uploaded).toMatchObject({
      name: 'hello.1.tgz',
      state: 'uploaded',
      size: 4,
      content_type: 'application/gzip',
      digest: 'sha256:3d1f57c984978ef98a18378c8166c1cb8ede02c03eeb6aee7e2f121dfeee3e56',
    });
    const authorization = `token ${TOKENS.registry}`;
    const byWeb = await fetch(String(at(uploaded, 'browser_download_url')), { headers: { authorization } });
    expect(byWeb.redirected && new Uint8Array(await byWeb.arrayBuffer())).toEqual(BYTES);
    const byApi = await fetch(String(at(uploaded, 'url')), {
      headers: { authorization, accept: 'application/octet-stream' },
    });
    expect(new Uint8Array(await byApi.arrayBuffer())).toEqual(BYTES);
    const kept = await fetch(byApi.url, { headers: { authorization } });
    expect(kept.status).toBe(400);
    const ask = asker(github, TOKENS.registry);
    expect((await ask(`GET ${RELEASES}/tags/v1`)).body).toMatchObject({ assets: [{ download_count: 2 }] });
    expect((await ask(`DELETE ${RELEASES}/assets/${String(at(uploaded, 'id'))}`)).status).toBe(204);
    expect((await fetch(String(at(uploaded, 'browser_download_url')))).status).toBe(404);
  });

  it('hold their name also when their upload broke off, until they are deleted', async () => {
    await using github = await startGitHub();
    const uploadUrl = await release(github);
    github.repository('registry/index').stageBrokenUpload('v1', 'a.tgz');
    const refused = await upload(uploadUrl, 'a.tgz');
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ errors: [{ code: 'already_exists', field: 'name' }] });
    const ask = asker(github, TOKENS.registry);
    const listed = await ask(`GET ${RELEASES}/${uploadUrl.split('/').at(-2)}/assets`);
    expect(listed.body).toMatchObject([{ name: 'a.tgz', state: 'starter', size: 0, digest: null }]);
    await ask(`DELETE ${RELEASES}/assets/${String(at(listed.body, 0, 'id'))}`);
    expect((await upload(uploadUrl, 'a.tgz')).status).toBe(201);
  });

  it('are taken by the upload host alone', async () => {
    await using github = await startGitHub();
    const uploadUrl = await release(github);
    const wrong = uploadUrl.replace(github.uploadUrl, github.apiUrl);
    expect((await upload(wrong, 'a.tgz')).status).toBe(404);
  });
});
