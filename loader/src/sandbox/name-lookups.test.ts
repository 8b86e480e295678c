import { expect, test } from 'vitest';
import type { Resolved } from '../bridge/protocol.ts';
import { createNameLookups } from './name-lookups.ts';

const { signal } = new AbortController();

/** A name server that answers when it is told to. */
function slowResolver() {
  const asked: string[] = [];
  const answers = new Map<string, (found: readonly Resolved[]) => void>();
  const lookups = createNameLookups((host) => {
    const { promise, resolve } = Promise.withResolvers<readonly Resolved[]>();
    asked.push(host);
    answers.set(host, resolve);
    return promise;
  });
  return { asked, lookups, answer: (host: string) => answers.get(host)?.([]) };
}

test('a plugin has one name looked up at a time, and all of them in the end', async () => {
  const { asked, lookups, answer } = slowResolver();
  const all = ['a', 'b', 'c'].map((host) => lookups.resolve('@x/one', host, signal));
  expect(asked).toEqual(['a']);
  for (const host of ['a', 'b', 'c']) {
    await expect.poll(() => asked).toContain(host);
    answer(host);
  }
  expect(await Promise.all(all)).toEqual([[], [], []]);
});

test('a plugin whose names are never answered keeps nobody else waiting', async () => {
  const { asked, lookups, answer } = slowResolver();
  for (let index = 0; index < 200; index += 1)
    void lookups.resolve('@x/hostile', `n${index}`, signal).catch(() => undefined);
  const all = ['a', 'b'].map((host, index) => lookups.resolve(`@x/p${index}`, host, signal));
  expect(asked).toEqual(['n0', 'a']);
  answer('a');
  await expect.poll(() => asked).toEqual(['n0', 'a', 'b']);
  answer('b');
  expect(await Promise.all(all)).toEqual([[], []]);
});

test('turns go round', async () => {
  const { asked, lookups, answer } = slowResolver();
  const ask = (plugin: string, host: string): Promise<unknown> => lookups.resolve(plugin, host, signal);
  const all = [ask('1', 'a1'), ask('1', 'a2'), ask('2', 'b1'), ask('2', 'b2'), ask('3', 'c1')];
  expect(asked).toEqual(['a1', 'b1']);
  for (const host of ['a1', 'c1', 'b1', 'a2', 'b2']) {
    await expect.poll(() => asked).toContain(host);
    answer(host);
  }
  await Promise.all(all);
  expect(asked).toEqual(['a1', 'b1', 'c1', 'a2', 'b2']);
});

test('what waits is bounded for each plugin', async () => {
  const { lookups } = slowResolver();
  const failed: unknown[] = [];
  for (let index = 0; index < 300; index += 1)
    void lookups.resolve('@x/one', `n${index}`, signal).catch((error: unknown) => failed.push(error));
  await expect.poll(() => failed.length).toBe(300 - 1 - 256);
  expect(failed[0]).toMatchObject({ code: 'EAI_AGAIN' });
});

test('what is given up waits no longer, and what is asked already still counts', async () => {
  const { asked, lookups, answer } = slowResolver();
  const controller = new AbortController();
  const given = ['a', 'b'].map((host) => lookups.resolve('@x/one', host, controller.signal));
  controller.abort();
  for (const one of given) await expect(one).rejects.toMatchObject({ name: 'AbortError' });
  const later = lookups.resolve('@x/one', 'c', signal);
  expect(asked).toEqual(['a']);
  answer('a');
  await expect.poll(() => asked).toEqual(['a', 'c']);
  answer('c');
  expect(await later).toEqual([]);
});

test('a name that fails frees its place', async () => {
  const lookups = createNameLookups((host) => (host === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve([])));
  await expect(lookups.resolve('@x/one', 'bad', signal)).rejects.toThrow('no');
  expect(await lookups.resolve('@x/one', 'good', signal)).toEqual([]);
});
