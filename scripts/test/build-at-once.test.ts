/** Several builds into one folder at the same time, each a process. */
import { mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import { LOCK_FILE, withOutput } from '../src/stages/build/output-lock.ts';
import { BASE_URL, builtSite, contentOf, publish } from './incremental-fixture.ts';
import { testRegistry } from './registry-fixture.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const NODE_ARGS = ['--conditions=ar-source', '--disable-warning=ExperimentalWarning', MAIN];

async function folderOf(): Promise<string> {
  return join((await testRegistry()).folder, 'out');
}

describe('builds into one folder', () => {
  it.each(['that is new', 'with an earlier build'])('wait for each other: one %s', async (kind) => {
    const { registry, world, build: run } = await builtSite();
    const out = join(registry.folder, 'at-once');
    const source = { repository: registry.bare, revision: 'main' };
    if (kind !== 'that is new') await build({ source, out, baseUrl: BASE_URL });
    publish('@acme/alpha', '1.1.0')(world);
    await run();
    const args = ['build', '--index', `${registry.bare}@main`, '--out', out, '--base-url', BASE_URL];
    const ended = await Promise.all(
      [1, 2, 3].map(() => execa(process.execPath, [...NODE_ARGS, ...args], { reject: false })),
    );
    expect(ended.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([1, 2, 3].map(() => [0, '']));
    const alone = join(registry.folder, 'alone');
    await build({ source, out: alone, baseUrl: BASE_URL, state: 'none' });
    expect(await contentOf(out)).toEqual(await contentOf(alone));
    expect(await readdir(out)).not.toContain(LOCK_FILE);
  });

  it('say who is at work where that takes too long, and leave it alone', async () => {
    const folder = await folderOf();
    const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const holder = `${other.pid ?? 0} 1 ${hostname()}`;
    await mkdir(folder);
    await writeFile(join(folder, LOCK_FILE), `${holder}\n`);
    const waiting = withOutput(folder, { timeoutMs: 1 }, () => Promise.reject(new Error('It ran.')));
    await expect(waiting).rejects.toMatchObject({ code: 'OUTPUT_IN_USE', facts: { folder } });
    expect(await readFile(join(folder, LOCK_FILE), 'utf8')).toBe(`${holder}\n`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    // It was killed, and can take nothing away.
    expect(await withOutput(folder, { timeoutMs: 1 }, async () => 'ran')).toBe('ran');
  });

  it('take over from an earlier process that had their number', async () => {
    const folder = await folderOf();
    await mkdir(folder);
    await writeFile(join(folder, LOCK_FILE), `${process.pid} 1 ${hostname()}\n`);
    expect(await withOutput(folder, { timeoutMs: 1 }, async () => 'ran')).toBe('ran');
  });

  it.each(['', 'no number\n', '1 1 elsewhere.example.com\n', '-1 x\n'])(
    'do not take what cannot be known for one that has ended: %j',
    async (text) => {
      const folder = await folderOf();
      await mkdir(folder);
      await writeFile(join(folder, LOCK_FILE), text);
      await expect(withOutput(folder, { timeoutMs: 1 }, async () => 'ran')).rejects.toMatchObject({
        code: 'OUTPUT_IN_USE',
      });
    },
  );

  it.skipIf(process.platform === 'win32')('wait for no pipe, and show nothing of another file', async () => {
    const folder = await folderOf();
    await mkdir(folder);
    await execa('mkfifo', [join(folder, LOCK_FILE)]);
    const run = (): Promise<string> => withOutput(folder, { timeoutMs: 1 }, async () => 'ran');
    await expect(run()).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    await rm(join(folder, LOCK_FILE));
    const other = `${folder}.txt`;
    await writeFile(other, 'precious');
    await symlink(other, join(folder, LOCK_FILE));
    await expect(run()).rejects.toMatchObject({ code: 'OUTPUT_IN_USE', facts: { holder: 'unknown' } });
    expect(await readFile(other, 'utf8')).toBe('precious');
  });

  it('stop waiting when they are told to', async () => {
    const folder = await folderOf();
    await mkdir(folder);
    await writeFile(join(folder, LOCK_FILE), '');
    const signal = AbortSignal.abort(new Error('Enough.'));
    await expect(withOutput(folder, { signal }, async () => 'ran')).rejects.toThrow('Enough.');
  });

  it('leave no folder behind where there was nothing to write', async () => {
    const { bare, folder } = await testRegistry();
    const out = join(folder, 'out');
    const source = { repository: bare, revision: 'no-such-branch' };
    await expect(build({ source, out })).rejects.toMatchObject({ code: 'REVISION_UNKNOWN' });
    await expect(stat(out)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
