import { describe, expect, it } from 'vitest';
import type { GitHubDouble } from '@ar-registry/testing/github';
import { asker, at, startGitHub } from './support/github.ts';

const CLIENT = { client_id: 'Iv1.client' };

async function post(github: GitHubDouble, path: string, form: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await fetch(`${github.webUrl}${path}`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(form),
  });
  return response.json();
}

/** Starts a flow and returns its user code, and the question for its token. */
async function start(github: GitHubDouble) {
  const flow = await post(github, '/login/device/code', { ...CLIENT, scope: 'public_repo' });
  const question = {
    ...CLIENT,
    device_code: String(at(flow, 'device_code')),
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
  };
  return {
    userCode: String(at(flow, 'user_code')),
    ask: (more = {}) => post(github, '/login/oauth/access_token', { ...question, ...more }),
  };
}

describe('the device flow', () => {
  it('gives one token, of the account that typed the code, once that is done', async () => {
    await using github = await startGitHub();
    const shown = github.device.nextUserCode();
    const { userCode, ask } = await start(github);
    expect(await shown).toBe(userCode);
    expect(github.device.userCodes).toEqual([userCode]);
    expect(await ask()).toMatchObject({ error: 'authorization_pending' });
    github.device.approve(userCode, 'alice');
    const answer = await ask();
    expect(answer).toMatchObject({ token_type: 'bearer', scope: 'public_repo' });
    const user = await asker(github, String(at(answer, 'access_token')))('GET /user');
    expect(user.body).toMatchObject({ login: 'alice', id: 2 });
    expect(user.headers.get('x-oauth-scopes')).toBe('public_repo');
    expect(await ask()).toMatchObject({ error: 'expired_token' });
  });

  it('says when it was denied, when it expired, and when it is asked too fast', async () => {
    await using github = await startGitHub();
    const [denied, expired, hasty] = [await start(github), await start(github), await start(github)];
    github.device.deny(denied.userCode);
    github.device.expire(expired.userCode);
    expect(await denied.ask()).toMatchObject({ error: 'access_denied' });
    expect(await expired.ask()).toMatchObject({ error: 'expired_token' });
    github.device.answerFirst('slow_down');
    expect(await hasty.ask()).toMatchObject({ error: 'slow_down', interval: 5 });
    expect(await hasty.ask()).toMatchObject({ error: 'authorization_pending' });
  });

  it('ends with the clock', async () => {
    let nowMs = Date.parse('2026-01-01T00:00:00Z');
    const clock = { nowMs: () => nowMs, now: () => `${new Date(nowMs).toISOString().slice(0, 19)}Z` };
    await using github = await startGitHub({ clock });
    const { ask } = await start(github);
    nowMs += 901_000;
    expect(await ask()).toMatchObject({ error: 'expired_token' });
  });

  it('refuses codes, grants and applications that it does not know', async () => {
    await using github = await startGitHub({ device: { clientIds: [CLIENT.client_id] } });
    const { ask } = await start(github);
    expect(await ask({ device_code: 'x' })).toMatchObject({ error: 'incorrect_device_code' });
    expect(await ask({ grant_type: 'x' })).toMatchObject({ error: 'unsupported_grant_type' });
    expect(await ask({ client_id: 'x' })).toMatchObject({ error: 'incorrect_client_credentials' });
    expect(await post(github, '/login/device/code', { client_id: 'x' })).toMatchObject({ error: 'Not Found' });
  });
});
