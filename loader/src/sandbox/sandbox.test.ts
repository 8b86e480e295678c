import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSandbox } from './sandbox.ts';

const PORTS = {
  projectDir: '/',
  env: {},
  execPath: process.execPath,
  platform: process.platform,
  path: '',
  elapsedMs: () => 0,
};

test('without namespaces, what they would hold is said to be missing', async () => {
  const sandbox = createSandbox(PORTS);
  sandbox.configure({});
  const { missing, prefix } = await sandbox.runtime('@a/b');
  expect(missing).toContain('signals');
  expect(missing).not.toContain('files');
  expect(prefix).toEqual([]);
});

test('without setpriv, a plugin that outlives the daemon is said to be possible, and strict refuses', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ar-path-'));
  const program = (name: string): void => writeFileSync(join(dir, name), '#!/bin/sh\n', { mode: 0o755 });
  program('unshare');
  const without = createSandbox({ ...PORTS, platform: 'linux', path: dir });
  without.configure({});
  expect((await without.runtime('@a/b')).missing).toContain('orphans');
  const strict = createSandbox({ ...PORTS, platform: 'linux', path: dir });
  strict.configure({ strict: true });
  await expect(strict.runtime('@a/b')).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
    facts: { missing: expect.stringContaining('orphans') as string },
  });
  program('setpriv');
  const withBoth = createSandbox({ ...PORTS, platform: 'linux', path: dir });
  withBoth.configure({});
  expect((await withBoth.runtime('@a/b')).missing).not.toContain('orphans');
  rmSync(dir, { recursive: true });
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
