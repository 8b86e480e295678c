import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listShown } from './room.ts';

/** A home folder with Node in it, as version managers put it there. */
async function homeWithNode(): Promise<string> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'ar-home-')));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const version = join(home, '.nvm/v1');
  await mkdir(join(version, 'bin'), { recursive: true });
  await mkdir(join(version, 'lib/node_modules/npm/bin'), { recursive: true });
  for (const file of ['bin/node', 'lib/node_modules/npm/bin/npm-cli.js']) {
    await writeFile(join(version, file), '');
    await chmod(join(version, file), 0o755);
  }
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(version, 'bin/npm'));
  await symlink('v1', join(home, '.nvm/current'));
  await writeFile(join(home, '.npmrc'), '//registry.example.com/:_authToken=secret\n');
  return home;
}

describe('listShown', () => {
  it('takes Node and npm of a home folder, and nothing else of it', async () => {
    const home = await homeWithNode();
    const bin = join(home, '.nvm/current/bin');
    const shown = await listShown({ PATH: `${bin}:/usr/bin` });
    const ofHome = shown.filter(({ path }) => path.startsWith(home));
    expect(ofHome.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { kind: 'link', path: join(bin, 'node'), target: join(home, '.nvm/v1/bin/node') },
      { kind: 'link', path: join(bin, 'npm'), target: join(home, '.nvm/v1/lib/node_modules/npm/bin/npm-cli.js') },
      { kind: 'file', path: join(home, '.nvm/v1/bin/node') },
      { kind: 'folder', path: join(home, '.nvm/v1/lib/node_modules/npm') },
    ]);
  });

  it('shows nothing where people and services keep theirs', async () => {
    const shown = await listShown({ PATH: '/usr/bin:relative:' });
    const paths = shown.map(({ path }) => path);
    for (const place of ['/', '/home', '/root', '/tmp', '/var', '/opt', '/sys', '/etc', '/dev', '/dev/shm', '/run'])
      expect(paths).not.toContain(place);
  });

  it('names nothing that lies in a folder it shows already', async () => {
    const paths = (await listShown({ PATH: '/usr/bin' })).map(({ path }) => path);
    const nested = paths.filter((path) => paths.some((other) => path.startsWith(`${other}/`)));
    expect(nested).toEqual([]);
  });

  it('shows the certificates that the environment names', async () => {
    const home = await homeWithNode();
    const certificate = join(home, 'ca.pem');
    await writeFile(certificate, '');
    const shown = await listShown({
      PATH: '/usr/bin',
      NODE_EXTRA_CA_CERTS: certificate,
      SSL_CERT_FILE: 'relative.pem',
    });
    expect(shown).toContainEqual({ kind: 'file', path: certificate });
  });
});
