/** The drill of the guide: a registry is backed up, lost and restored by its scripts, and who knew it notices nothing. */
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { checkLog, createSeenStore } from '@ar-registry/io/transparency';
import type { ApiClient } from '@ar-registry/io/api-client';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { guideScript, programFolder } from './guide-code.ts';
import { clientOf, mirrorFixture } from './mirror-fixture.ts';

const AUDIT = '@acme/audit';
const { signal } = new AbortController();

describe('a registry', () => {
  it('is restored from its backup, and believed by clients that knew it', async () => {
    const fixture = await mirrorFixture();
    const { folder } = fixture;
    const bin = await programFolder(folder);
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, GIT_CONFIG_GLOBAL: '/dev/null' };
    const at = (...parts: readonly string[]): string => path.join(folder, ...parts);
    const shell = async (name: string) => {
      await writeFile(at(name), guideScript('backup.md', name, folder));
      return execa('sh', [at(name), at('backup')], { cwd: folder, env, reject: false });
    };
    await commitTrust(folder);
    await fixture.run('build', '--index', 'index@main', '--out', 'site');
    await fixture.run('sign', '--site', 'site', '--index', 'index', '--keys', 'keys');
    await mkdir(at('notify'));
    await writeFile(at('notify/state.json'), '{"told":[]}');
    const client = clientOf(fixture, fixture.url);
    const installed = await client.version(AUDIT, '1.0.0', signal);
    expect(await seen(client, folder, installed.dist.integrity)).toMatchObject({
      state: 'consistent',
      since: undefined,
    });
    const log = await readFile(at('site', routes.log, 'checkpoint'), 'utf8');

    expect(await shell('backup.sh')).toMatchObject({ exitCode: 0 });
    for (const lost of ['index', 'index.git', 'site', 'notify']) await rm(at(lost), { recursive: true });
    await cp(at('backup'), at('damaged'), { recursive: true });
    const restored = await shell('restore.sh');
    expect([restored.exitCode, restored.stderr]).toEqual([0, expect.any(String)]);

    expect(await readFile(at('notify/state.json'), 'utf8')).toBe('{"told":[]}');
    expect((await readFile(at('site', routes.log, 'checkpoint'), 'utf8')).split('\n').slice(0, 3)).toEqual(
      log.split('\n').slice(0, 3),
    );
    const again = clientOf(fixture, fixture.url);
    const document = await again.version(AUDIT, '1.0.0', signal);
    expect(document.dist.integrity).toBe(installed.dist.integrity);
    expect((await again.download(again.archiveUrl(document), document.dist.size, signal)).length).toBe(
      document.dist.size,
    );
    expect(await seen(again, folder, installed.dist.integrity)).toMatchObject({
      state: 'consistent',
      proved: [{ name: AUDIT }],
    });
  });

  it('is not restored from a backup that is damaged', async () => {
    const { folder } = await mirrorFixture();
    const at = (...parts: readonly string[]): string => path.join(folder, ...parts);
    for (const name of ['backup.sh', 'restore.sh']) await writeFile(at(name), guideScript('backup.md', name, folder));
    await execa('sh', [at('backup.sh'), at('backup')]);
    const bundle = await readFile(at('backup/index.bundle'));
    bundle[bundle.length - 1] = (bundle.at(-1) ?? 0) ^ 1;
    await writeFile(at('backup/index.bundle'), bundle);
    await rename(at('index.git'), at('lost.git'));
    const restored = await execa('sh', [at('restore.sh'), at('backup')], { reject: false });
    expect(restored.exitCode).not.toBe(0);
    await expect(readFile(at('index.git/HEAD'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

/** As whoever made the keys does: they are part of the index. */
async function commitTrust(folder: string): Promise<void> {
  const git = (...args: readonly string[]) =>
    execa('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
      cwd: path.join(folder, 'index'),
    });
  await git('add', '--all');
  await git('commit', '--quiet', '-m', 'Keys');
  await git('push', '--quiet', path.join(folder, 'index.git'), 'HEAD:main');
}

/** What a user is told who asks the log of what he has installed; what he saw is kept. */
async function seen(client: ApiClient, folder: string, integrity: string) {
  const read = (route: string, limitBytes: number) => client.file(route, limitBytes, signal);
  const identity = await client.log(signal);
  const versions = [{ name: AUDIT, version: '1.0.0', integrity }];
  return checkLog(
    { registry: client.registryUrl, identity, read, versions },
    createSeenStore(path.join(folder, 'seen')),
  );
}
