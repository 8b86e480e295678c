import { describe, expect, it } from 'vitest';
import { validator as isProblem } from '@ar-registry/schemas/validators/api/problem';
import { createApp, type StaticFiles } from './app.ts';
import { limitRate, MAX_CLIENTS, parseRateLimit, type RateLimit, type RateLimitPorts } from './rate-limit.ts';

describe('parseRateLimit', () => {
  it.each<[string, RateLimit]>([
    ['100/60s', { requests: 100, windowSeconds: 60 }],
    ['300/1m', { requests: 300, windowSeconds: 60 }],
    ['5/s', { requests: 5, windowSeconds: 1 }],
    ['1000/24h', { requests: 1000, windowSeconds: 86_400 }],
  ])('reads %s', (text, limit) => {
    expect(parseRateLimit(text)).toEqual(limit);
  });

  it.each([
    '',
    '100',
    '0/1m',
    '-1/1m',
    '1.5/1m',
    '100/0s',
    '100/1d',
    '100/25h',
    '1e3/1m',
    '100/1m ',
    '1/1m\n',
    '100/60',
  ])('refuses “%s”', (text) => {
    expect(parseRateLimit(text)).toBeUndefined();
  });
});

const NO_FILES: StaticFiles = { read: async () => undefined };
const clientOf: RateLimitPorts['clientOf'] = ({ req }) => req.header('x-client') ?? '';

/** An app whose clock and clients the test decides. */
function limited(limit: RateLimit): {
  ask: (client: string, init?: RequestInit) => Promise<Response>;
  wait: (ms: number) => void;
} {
  let atMs = 0;
  const app = createApp(NO_FILES, { limit: limitRate(limit, { nowMs: () => atMs, clientOf }) });
  return {
    ask: async (client, init) => app.request('http://localhost/a', { ...init, headers: { 'x-client': client } }),
    wait: (ms) => void (atMs += ms),
  };
}

describe('a rate limit', () => {
  it('tells what is left, refuses what is more, and allows again with time', async () => {
    const { ask, wait } = limited({ requests: 2, windowSeconds: 10 });
    const first = await ask('a');
    expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([404, '"default";q=2;w=10']);
    expect(first.headers.get('ratelimit')).toBe('"default";r=1;t=5');
    expect((await ask('a')).headers.get('ratelimit')).toBe('"default";r=0;t=10');
    const refused = await ask('a');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    const problem = isProblem(await refused.json());
    expect(problem.ok && problem.value.code).toBe('RATE_LIMITED');
    wait(4999);
    expect((await ask('a')).status).toBe(429);
    wait(1);
    expect((await ask('a')).status).toBe(404);
    expect((await ask('a')).status).toBe(429);
  });

  it('is of each client, and of every method', async () => {
    const { ask } = limited({ requests: 1, windowSeconds: 10 });
    expect([(await ask('a')).status, (await ask('b')).status]).toEqual([404, 404]);
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) expect((await ask('a', { method })).status).toBe(429);
  });

  it('gives nothing for a clock that was set back, and never more than the limit', async () => {
    const { ask, wait } = limited({ requests: 1, windowSeconds: 10 });
    await ask('a');
    wait(-100_000);
    expect((await ask('a')).status).toBe(429);
    wait(1_000_000);
    expect([(await ask('a')).status, (await ask('a')).status]).toEqual([404, 429]);
  });

  it('remembers so many clients, and forgets who was not seen for longest', async () => {
    const { ask } = limited({ requests: 1, windowSeconds: 60 });
    await ask('old');
    await ask('seen');
    for (let index = 0; index < MAX_CLIENTS - 2; index += 1) await ask(`client ${index}`);
    expect((await ask('seen')).status).toBe(429);
    await ask('one more');
    expect([(await ask('seen')).status, (await ask('old')).status]).toEqual([429, 404]);
  });
});
