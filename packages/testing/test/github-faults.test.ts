import { describe, expect, it } from 'vitest';
import { asker, startGitHub, TOKENS } from './support/github.ts';

const ISSUES = '/repos/registry/index/issues';

describe('faults', () => {
  it('are what GitHub answers, with its headers', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.alice);
    github.fail({ with: 'rate-limit', retryAfterSeconds: 30 });
    const limited = await ask('GET /user');
    expect(limited.status).toBe(403);
    expect(limited.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(Number(limited.headers.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(Date.now());
    github.fail({ with: 'secondary-rate-limit', retryAfterSeconds: 7 });
    const secondary = await ask('GET /user');
    expect(secondary.status).toBe(403);
    expect(secondary.headers.get('retry-after')).toBe('7');
    expect(secondary.headers.get('x-ratelimit-remaining')).not.toBe('0');
    for (const status of [401, 403, 404, 500, 502, 503] as const) {
      github.fail({ with: status });
      expect((await ask('GET /user')).status).toBe(status);
    }
    expect((await ask('GET /user')).status).toBe(200);
  });

  it('strike the method and path that are named, as often as is said', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.alice);
    const fault = github.fail({ method: 'GET', path: '/users/*', after: 1, times: 2, with: 500 });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await ask('GET /users/bob')).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
    expect((await ask('GET /user')).status).toBe(200);
    expect(fault.happened).toBe(2);
    await fault.once;
  });

  it('cut the connection before anything was done', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.alice);
    github.fail({ method: 'POST', path: ISSUES, with: 'drop-connection' });
    await expect(ask(`POST ${ISSUES}`, { title: 'x' })).rejects.toThrow(TypeError);
    expect(github.repository('registry/index').issues.size).toBe(0);
    expect(github.requests.at(-1)?.status).toBeUndefined();
  });

  it('cut the connection after the work was done', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.alice);
    github.fail({ method: 'POST', path: /\/issues$/, with: 'drop-after-effect' });
    await expect(ask(`POST ${ISSUES}`, { title: 'x' })).rejects.toThrow(TypeError);
    expect(github.repository('registry/index').issues.size).toBe(1);
  });

  it('hold an answer back until it is released', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.alice);
    const fault = github.fail({ path: '/user', with: 'slow' });
    const pending = ask('GET /user');
    await fault.once;
    expect((await ask('GET /users/bob')).status).toBe(200);
    fault.release();
    expect((await pending).status).toBe(200);
  });

  it('outlive a client that goes away while it waits', async () => {
    await using github = await startGitHub();
    const fault = github.fail({ path: '/users/bob', with: 'slow' });
    const controller = new AbortController();
    const pending = fetch(`${github.apiUrl}/users/bob`, { signal: controller.signal });
    await fault.once;
    controller.abort();
    await expect(pending).rejects.toThrow('aborted');
    fault.release();
    expect((await asker(github)('GET /users/bob')).status).toBe(200);
  });

  it('reach git and the device flow, too', async () => {
    await using github = await startGitHub();
    github.fail({ path: '/login/device/code', with: 502 });
    const code = await fetch(`${github.webUrl}/login/device/code`, { method: 'POST', body: 'client_id=x' });
    expect(code.status).toBe(502);
    github.fail({ path: '/registry/index.git/*', with: 503 });
    const refs = `${github.webUrl}/registry/index.git/info/refs?service=git-upload-pack`;
    expect((await fetch(refs)).status).toBe(503);
    expect((await fetch(refs)).status).toBe(200);
  });
});

describe('the hourly allowance', () => {
  it('is counted for each token and refilled by the clock', async () => {
    let nowMs = Date.parse('2026-01-01T00:00:00Z');
    const clock = { nowMs: () => nowMs, now: () => `${new Date(nowMs).toISOString().slice(0, 19)}Z` };
    await using github = await startGitHub({ clock, rateLimit: 2 });
    const ask = asker(github, TOKENS.alice);
    expect((await ask('GET /user')).headers.get('x-ratelimit-remaining')).toBe('1');
    await ask('GET /user');
    const refused = await ask('GET /user');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('x-ratelimit-reset')).toBe(String(nowMs / 1000 + 3600));
    expect((await asker(github, TOKENS.bob)('GET /user')).status).toBe(200);
    nowMs += 3_600_001;
    expect((await ask('GET /user')).status).toBe(200);
  });
});
