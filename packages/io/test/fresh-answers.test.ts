/** What the registry itself calls fresh, and who may do with it. */
import { mkdtempDisposable } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { serveRegistry } from '@ar-registry/testing/served-registry';
import { expect, it } from 'vitest';
import { createApiClient } from '../src/api-client/index.ts';

const HELLO = '@acme/hello';
const { signal } = new AbortController();

async function withRegistry(cacheControl: string | undefined) {
  const registry = await serveRegistry([{}]);
  registry.intercept = (_request, response) => {
    if (cacheControl !== undefined) response.setHeader('cache-control', cacheControl);
    response.setHeader('etag', '"1"');
    return false;
  };
  const cache = await mkdtempDisposable(path.join(os.tmpdir(), 'ar-fresh-'));
  const clientAt = (nowMs?: () => number) =>
    createApiClient({
      registryUrl: registry.url,
      cacheDir: cache.path,
      userAgent: 'test/1',
      ...(nowMs ? { nowMs } : {}),
    });
  const asked = async (nowMs?: () => number): Promise<boolean> => {
    const before = registry.requests.length;
    expect(await clientAt(nowMs).plugin(HELLO, signal)).toMatchObject({ name: HELLO });
    return registry.requests.length > before;
  };
  return {
    asked,
    [Symbol.asyncDispose]: async () => {
      await registry[Symbol.asyncDispose]();
      await cache[Symbol.asyncDispose]();
    },
  };
}

it('is not asked for again by whom it will do, until it is old', async () => {
  await using world = await withRegistry('max-age=60');
  expect(await world.asked(Date.now)).toBe(true);
  expect(await world.asked(Date.now)).toBe(false);
  expect(await world.asked(() => Date.now() + 61_000)).toBe(true);
});

it('is asked for by everybody else each time', async () => {
  await using world = await withRegistry('max-age=60');
  expect([await world.asked(), await world.asked()]).toEqual([true, true]);
});

it.each([undefined, 'no-cache', 'max-age=0'])('is nothing of which the registry says %j', async (cacheControl) => {
  await using world = await withRegistry(cacheControl);
  expect([await world.asked(Date.now), await world.asked(Date.now)]).toEqual([true, true]);
});
