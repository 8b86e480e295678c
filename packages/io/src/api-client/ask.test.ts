import { expect, it } from 'vitest';
import { createAsk } from './ask.ts';
import type { CachedResponse, ResponseCache } from './cache.ts';

const BASE = 'https://registry.example';
const kept = {
  body: Buffer.from('body'),
  made: Buffer.from('made by another version'),
  etag: '"1"',
  checkedBy: 'ar/1',
  checkedAtMs: 0,
};

it.each([['what this version made', Buffer.from('made')] as const, ['nothing', undefined] as const])(
  'keeps beside what another version of the client kept %s, and not what that one made',
  async (_what, made) => {
    const written: CachedResponse[] = [];
    const cache: ResponseCache = {
      keeps: true,
      get: async () => kept,
      set: async (_url, response) => void written.push(response),
      renew: async () => undefined,
    };
    const ask = createAsk({
      base: BASE,
      get: async ({ url }) => ({ url, status: 304, headers: {}, body: Buffer.alloc(0) }),
      cache,
      fallOver: (attempt) => attempt(BASE),
      mirrors: async () => [],
      userAgent: 'ar/2',
      offline: false,
      nowMs: undefined,
    });
    const { signal } = new AbortController();
    const answer = await ask({ route: 'api/v1/search/index.json', limitBytes: 100, what: 'It' }, signal);
    expect([answer.checked, answer.made]).toEqual([false, undefined]);
    await answer.keep(made);
    expect(written.map((one) => [one.checkedBy, one.made])).toEqual([['ar/2', made]]);
  },
);
