import { expect, test } from 'vitest';
import type { Resolved } from '../bridge/protocol.ts';
import { createSandbox } from './sandbox.ts';

const PORTS = { projectDir: '/', env: {}, execPath: process.execPath, platform: process.platform, path: '' };

test('only a few names are resolved at a time, and all of them in the end', async () => {
  const pending: { host: string; answer: (found: readonly Resolved[]) => void }[] = [];
  const resolve = (host: string): Promise<readonly Resolved[]> => {
    const { promise, resolve: answer } = Promise.withResolvers<readonly Resolved[]>();
    pending.push({ host, answer });
    return promise;
  };
  const sandbox = createSandbox({ ...PORTS, resolve });
  const all = Promise.all(['a', 'b', 'c', 'd'].map((host) => sandbox.resolve(host)));
  expect(pending.map(({ host }) => host)).toEqual(['a', 'b']);
  for (let answered = 0; answered < 4; answered += 1) {
    await expect.poll(() => pending.length).toBeGreaterThan(0);
    pending.shift()?.answer([]);
    expect(pending.length).toBeLessThanOrEqual(2);
  }
  expect(await all).toEqual([[], [], [], []]);
});

test('without namespaces, what they would hold is said to be missing', async () => {
  const sandbox = createSandbox(PORTS);
  sandbox.configure({});
  const { missing, prefix } = await sandbox.runtime('@a/b');
  expect(missing).toContain('signals');
  expect(missing).not.toContain('files');
  expect(prefix).toEqual([]);
});

test('strict refuses what is missing', async () => {
  const sandbox = createSandbox({ ...PORTS, platform: 'darwin' });
  sandbox.configure({ strict: true });
  await expect(sandbox.runtime('@a/b')).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' });
});

test('a runtime that is not there is told of', async () => {
  const sandbox = createSandbox(PORTS);
  sandbox.configure({ node: '/nowhere/node' });
  await expect(sandbox.runtime('@a/b')).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' });
});
