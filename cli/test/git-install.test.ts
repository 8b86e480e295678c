/** Plugins from git repositories as a user installs them. All that a repository holds is the work of a stranger. */
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { validator as isInfo } from '@ar-registry/schemas/validators/cli/info';
import { validator as isInstall } from '@ar-registry/schemas/validators/cli/install';
import { validator as isList } from '@ar-registry/schemas/validators/cli/list';
import { validator as isOutdated } from '@ar-registry/schemas/validators/cli/outdated';
import { validator as isUpdate } from '@ar-registry/schemas/validators/cli/update';
import { validator as isVerify } from '@ar-registry/schemas/validators/cli/verify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from './support/interrupted.ts';
import { createProject, LOCK_FILE, PROJECT_FILE, type TestProject } from './support/project.ts';
import { atTerminal, noTerminal } from './support/terminal.ts';
import { createRepository, plugin, sources, toBuild, type Repository } from './support/repository.ts';

const NAME = '@acme/git';
const BUILD = `node -e "fs=require('fs');fs.mkdirSync('dist',{recursive:true});fs.writeFileSync('dist/index.js','export default {}')"`;

let registry: ServedRegistry;
let project: TestProject;
let root: string;

beforeAll(async () => {
  registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(() => {
  registry.intercept = undefined;
  project = createProject(registry);
  root = path.dirname(project.dir);
  return () => project[Symbol.dispose]();
});

function repository(files: Readonly<Record<string, string>>, name = 'repo'): Repository {
  return createRepository(path.join(root, name), files);
}

function lock(): Readonly<Record<string, string | boolean>> {
  const { plugins } = JSON.parse(project.read(LOCK_FILE)) as { plugins: Record<string, Record<string, string>> };
  return plugins[NAME] ?? {};
}

/** What another machine has: the project's files, and an empty store. */
function elsewhere(): void {
  fs.rmSync(path.join(project.dataDir, 'plugins'), { recursive: true });
}

function staging(): readonly string[] {
  const folder = path.join(project.dataDir, 'plugins/staging');
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
}

async function install(...specs: readonly string[]): Promise<void> {
  const { code, stderr } = await project.ar('install', ...specs);
  if (code !== 0) throw new Error(stderr);
}

describe('install from a repository', () => {
  it('pins the commit and the archive, and leaves no clone', async () => {
    const repo = repository(plugin());
    const commit = repo.git('rev-parse', 'HEAD').trim();
    const { code, value } = await project.json(isInstall, 'install', repo.spec);
    expect([code, value.installed]).toMatchObject([0, [{ name: NAME, version: '1.0.0' }]]);
    expect(lock()).toMatchObject({ source: 'git', git: repo.spec, commit, built: false });
    expect(project.read(PROJECT_FILE)).toContain(`git: ${repo.spec}`);
    expect(project.stored('package/dist/index.js')).toHaveLength(1);
    expect(project.stored('.git')).toEqual([]);
    expect(staging()).toEqual([]);
    const verified = await project.json(isVerify, 'verify');
    expect([verified.code, verified.value.plugins]).toMatchObject([0, [{ name: NAME, state: 'intact' }]]);
  });

  it('takes a branch, a tag, a full commit and a folder', async () => {
    const repo = repository(plugin());
    const first = repo.git('rev-parse', 'HEAD').trim();
    repo.git('tag', '-a', 'v1', '-m', 'One');
    repo.git('checkout', '-q', '-b', 'next');
    const second = repo.commit(plugin({ version: '2.0.0' }));
    const inFolder = Object.entries(plugin({ version: '3.0.0' })).map(([name, text]) => [`packages/a/${name}`, text]);
    const third = repo.commit(Object.fromEntries(inFolder));
    const cases = [
      ['v1', first, '1.0.0'],
      ['next', third, '2.0.0'],
      [second, second, '2.0.0'],
      ['next::path:packages/a', third, '3.0.0'],
    ];
    for (const [ref, commit, version] of cases) {
      await install(`${repo.spec}#${ref}`);
      expect(lock()).toMatchObject({ commit, version, git: `${repo.spec}#${ref}` });
    }
    expect(await project.refusal('install', `${repo.spec}#gone`)).toEqual([1, 'REVISION_UNKNOWN']);
    expect(await project.refusal('install', `${repo.spec}#${'0'.repeat(40)}`)).toEqual([1, 'REVISION_UNKNOWN']);
    expect(await project.refusal('install', `${repo.spec}#path:packages/b`)).toEqual([1, 'GIT_SOURCE_INVALID']);
    expect(await project.refusal('install', `git+file://${root}/nothing`)).toEqual([4, 'GIT_FAILED']);
  });

  it('reads github: where git says that GitHub is', async () => {
    const repo = repository(plugin(), 'hosts/acme/hello.git');
    const config = path.join(root, '.home/.gitconfig');
    fs.appendFileSync(config, `[url "file://${root}/hosts/"]\n\tinsteadOf = https://github.com/\n`);
    await install('github:acme/hello#main');
    expect(lock()).toMatchObject({ git: 'github:acme/hello#main', commit: repo.git('rev-parse', 'HEAD').trim() });
    expect(project.read(LOCK_FILE)).not.toContain(root);
  });

  it('comes by SSH as the user’s git does', async () => {
    const repo = repository(plugin());
    const ssh = path.join(root, 'ssh.sh');
    // What git asks of a host is the last word: a program of git, and a path.
    fs.writeFileSync(ssh, '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n', { mode: 0o755 });
    const withSsh = createProject(registry, { GIT_SSH_COMMAND: ssh, GIT_SSH_VARIANT: 'ssh' });
    expect((await withSsh.ar('install', `git@git.example:${repo.dir.slice(1)}`)).code).toBe(0);
    expect(withSsh.read(PROJECT_FILE)).toContain(`git: git+ssh://git@git.example${repo.dir}`);
    withSsh[Symbol.dispose]();
  });

  it('can be interrupted while a host does not answer, and leaves no program behind', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connected = once(server, 'connection') as Promise<[net.Socket]>;
    const { port } = server.address() as net.AddressInfo;
    const { child, ended } = project.start('install', `git+http://127.0.0.1:${port}/x.git`);
    const [socket] = await connected;
    const closed = once(socket.resume(), 'close');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    await closed;
    server.close();
    expect([project.state(), staging()]).toEqual([['', ''], []]);
  });

  it('is one change with plugins from a registry, a folder and an archive, and with --dry-run none', async () => {
    const repo = repository(plugin());
    const own = createRepository(path.join(root, 'own'), plugin({ name: '"@me/own"' }));
    const packed = createRepository(path.join(root, 'packed'), plugin({ name: '"@me/packed"' }));
    expect((await project.ar('pack', packed.dir, '--out', path.join(root, 'packed.tgz'))).code).toBe(0);
    const specs = ['@acme/hello', repo.spec, own.dir, path.join(root, 'packed.tgz')];
    const planned = await project.json(isInstall, 'install', '--dry-run', ...specs);
    expect(planned.value.installed.map(({ name }) => name).toSorted()).toEqual([
      NAME,
      '@acme/hello',
      '@me/own',
      '@me/packed',
    ]);
    expect(project.state()).toEqual(['', '']);
    expect(await project.refusal('install', ...specs, `${repo.spec}#gone`)).toEqual([1, 'REVISION_UNKNOWN']);
    expect(project.state()).toEqual(['', '']);
    const { value } = await project.json(isInstall, 'install', ...specs);
    expect(value).toEqual(planned.value);
  });

  it('shows in info, list and a dry restore as what it is', async () => {
    const repo = repository(plugin());
    await install(repo.spec);
    const { commit = '' } = lock();
    expect((await project.json(isInfo, 'info', NAME)).value).toMatchObject({ local: { source: 'git', commit } });
    expect((await project.json(isList, 'list')).value.plugins).toMatchObject([{ name: NAME, source: 'git', commit }]);
    elsewhere();
    const planned = await project.json(isInstall, 'install', '--dry-run');
    expect(planned.value).toMatchObject({ installed: [{ name: NAME }], unchanged: [] });
    expect(project.stored('ar-store.json')).toEqual([]);
    expect((await project.ar('remove', NAME)).code).toBe(0);
    expect(project.read(LOCK_FILE)).not.toContain(NAME);
  });

  it('works where paths have spaces and umlauts', async () => {
    const repo = createRepository(path.join(root, 'Ein Übungs ordner'), plugin());
    await install(`git+${new URL(`file://${repo.dir}`).href}`);
    expect(lock()).toMatchObject({ version: '1.0.0' });
  });
});

describe('a build', () => {
  it('does not run unasked', async () => {
    const repo = repository(toBuild(`${BUILD} && touch ${path.join(root, 'ran')}`));
    expect(await project.refusal('install', repo.spec)).toEqual([1, 'GIT_BUILD_REFUSED']);
    const { code, value } = await project.json(isInstall, 'install', '--dry-run', '--yes', repo.spec);
    expect([code, value.installed]).toMatchObject([0, [{ name: NAME }]]);
    expect(value.installed[0]?.integrity).toBeUndefined();
    expect(fs.existsSync(path.join(root, 'ran'))).toBe(false);
    expect(project.state()).toEqual(['', '']);
    expect(staging()).toEqual([]);
  });

  it.each(['--allow-build', '--yes'])('runs with %s, and again only with it when it is restored', async (flag) => {
    const repo = repository(toBuild(BUILD));
    await install(repo.spec, flag);
    expect(lock()).toMatchObject({ built: true });
    const before = project.state();
    await install();
    elsewhere();
    expect(await project.refusal('install')).toEqual([1, 'GIT_BUILD_REFUSED']);
    await install(flag);
    expect(project.state()).toEqual(before);
    expect((await project.ar('verify')).code).toBe(0);
  });

  it.skipIf(noTerminal).each([
    ['y', 0, true],
    ['', 1, false],
  ])('is shown at a terminal, and runs after the answer %j with %i', async (answer, code, installed) => {
    const repo = repository(toBuild(BUILD));
    const terminal = atTerminal(project, ['install', repo.spec]);
    await terminal.answer(`Build ${NAME}? [y/N]`, answer);
    const ended = await terminal.ended;
    expect([ended.code, project.read(LOCK_FILE) !== '']).toEqual([code, installed]);
    expect(ended.screen).toContain('mkdirSync');
    expect(ended.screen).toContain('outside of any sandbox');
  });

  it('gets no secret of the environment', async () => {
    const script = `node -e "fs=require('fs');fs.mkdirSync('dist');fs.writeFileSync('dist/index.js','//'+JSON.stringify(process.env))"`;
    const careful = createProject(registry, { AR_TOKEN_ACME: 's3cret', GITHUB_TOKEN: 's3cret' });
    const repo = repository(toBuild(script));
    expect((await careful.ar('install', repo.spec, '--allow-build')).code).toBe(0);
    const [main = ''] = careful.stored('package/dist/index.js');
    expect(fs.readFileSync(main, 'utf8')).toContain('PATH');
    expect(fs.readFileSync(main, 'utf8')).not.toContain('s3cret');
    careful[Symbol.dispose]();
  });

  it('installs what it is built with from its lock, without scripts and without settings of the project', async () => {
    const ran = path.join(root, 'ran');
    const repo = repository({
      ...toBuild(BUILD),
      'package-lock.json': '{"name":"x","lockfileVersion":3,"requires":true,"packages":{"":{"name":"x"}}}',
      '.npmrc': `ignore-scripts=false\nscript-shell=${ran}.sh\n`,
      'package.json': JSON.stringify({ name: 'x', scripts: { preinstall: `touch ${ran}`, build: BUILD } }),
    });
    await install(repo.spec, '--allow-build');
    expect(lock()).toMatchObject({ built: true });
    expect(fs.existsSync(ran)).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'that is interrupted ends with all that it started, and leaves nothing',
    async () => {
      const pids = path.join(root, 'pids');
      fs.mkdirSync(pids);
      const repo = repository(toBuild(`sleep 300 & touch ${pids}/$!; touch ${pids}/$$; wait`));
      const begun = once(fs.watch(pids), 'change');
      const { child, ended } = project.start('install', repo.spec, '--allow-build');
      await begun;
      child.kill('SIGINT');
      expect((await ended).code).toBe(130);
      await expect.poll(() => fs.readdirSync(pids).filter(isRunning), { timeout: 10_000 }).toEqual([]);
      expect([project.state(), staging()]).toEqual([['', ''], []]);
    },
  );

  it('that fails, makes nothing, or changes what was agreed to installs nothing', async () => {
    const cases: readonly (readonly [string, number, string])[] = [
      ['echo no; exit 3', 4, 'GIT_BUILD_FAILED'],
      ['true', 4, 'GIT_BUILD_FAILED'],
      [`${BUILD} && echo 'permissions: { network: [evil.example] }' >> ar-plugin.yaml`, 1, 'GIT_SOURCE_INVALID'],
    ];
    for (const [index, [script, code, error]] of cases.entries()) {
      const repo = repository(toBuild(script), `repo${index}`);
      expect(await project.refusal('install', repo.spec, '--allow-build')).toEqual([code, error]);
    }
    expect(project.state()).toEqual(['', '']);
    expect(staging()).toEqual([]);
  });

  it('that is not the same each time is not restored', async () => {
    const counter = path.join(root, 'count');
    const script = `node -e "fs=require('fs');fs.appendFileSync('${counter}','x');fs.mkdirSync('dist');fs.writeFileSync('dist/index.js','//'+fs.readFileSync('${counter}'))"`;
    const repo = repository(toBuild(script));
    await install(repo.spec, '--allow-build');
    elsewhere();
    expect(await project.refusal('install', '--allow-build')).toEqual([3, 'GIT_SOURCE_CHANGED']);
    expect(project.stored('ar-store.json')).toEqual([]);
  });

  it('needs a script, and a lock for what it is built with', async () => {
    expect(await project.refusal('install', repository(sources()).spec, '--yes')).toEqual([1, 'GIT_SOURCE_INVALID']);
    const packageJson = '{"name":"x","scripts":{"build":"true"},"devDependencies":{"typescript":"*"}}';
    const repo = repository({ ...sources(), 'package.json': packageJson }, 'unlocked');
    expect(await project.refusal('install', repo.spec, '--yes')).toEqual([1, 'GIT_SOURCE_INVALID']);
  });
});

describe('restoring', () => {
  it('gives the locked commit, though the branch has moved', async () => {
    const repo = repository(plugin());
    await install(repo.spec);
    const before = project.state();
    repo.commit(plugin({ version: '1.1.0' }));
    elsewhere();
    await install();
    expect(project.state()).toEqual(before);
    expect((await project.ar('verify')).code).toBe(0);
  });

  it('fails for a commit that is gone, and for a lock that was edited', async () => {
    const repo = repository(plugin());
    await install(repo.spec);
    elsewhere();
    const text = project.read(LOCK_FILE);
    const { commit = '', integrity = '' } = lock();
    project.write(LOCK_FILE, text.replace(String(commit), 'f'.repeat(40)));
    expect(await project.refusal('install')).toEqual([1, 'REVISION_UNKNOWN']);
    project.write(LOCK_FILE, text.replace(String(integrity), `sha512-${'A'.repeat(86)}==`));
    expect(await project.refusal('install')).toEqual([3, 'GIT_SOURCE_CHANGED']);
    project.write(LOCK_FILE, text.replace('"built": false', '"built": true'));
    expect(await project.refusal('install')).toEqual([3, 'GIT_SOURCE_CHANGED']);
    project.write(LOCK_FILE, text.replace('"version": "1.0.0"', '"version": "1.0.1"'));
    expect(await project.refusal('install')).toEqual([3, 'PACKAGE_MISMATCH']);
    project.write(LOCK_FILE, text.replace(repo.spec, 'git+file:///etc'));
    expect(await project.refusal('install')).toEqual([1, 'LOCK_MISMATCH']);
    const hostile = 'git+ext::sh -c touch% pwned';
    project.write(LOCK_FILE, text.replace(repo.spec, hostile));
    project.write(PROJECT_FILE, project.read(PROJECT_FILE).replace(repo.spec, JSON.stringify(hostile)));
    expect(await project.refusal('install')).toEqual([2, 'SPEC_INVALID']);
  });
});

describe('update and outdated', () => {
  it('move to the newest commit of the branch, and say so', async () => {
    const repo = repository(plugin());
    await install(`${repo.spec}#main`);
    const before = String(lock()['commit']);
    expect((await project.json(isOutdated, 'outdated')).value.git).toBeUndefined();
    expect((await project.json(isUpdate, 'update')).value).toMatchObject({ updated: [], unchanged: [{ name: NAME }] });
    const newest = repo.commit(plugin({ version: '1.1.0' }));
    const outdated = await project.json(isOutdated, 'outdated', '--exit-code');
    expect([outdated.code, outdated.value.git]).toMatchObject([1, [{ name: NAME, current: before, newest }]]);
    const planned = await project.json(isUpdate, 'update', '--dry-run');
    expect(planned.value.updated).toMatchObject([{ name: NAME, from: '1.0.0', to: '1.1.0' }]);
    expect(lock()).toMatchObject({ commit: before });
    const { value } = await project.json(isUpdate, 'update', NAME);
    expect(value.updated).toMatchObject([{ commit: { from: before.slice(0, 12), to: newest.slice(0, 12) } }]);
    expect(lock()).toMatchObject({ commit: newest, version: '1.1.0' });
  });

  it('ask where the new commit wants more, and refuse another plugin', async () => {
    const repo = repository(plugin());
    await install(repo.spec);
    const before = project.state();
    repo.commit(plugin({ version: '1.1.0', permissions: '{ childProcess: [git] }' }));
    expect(await project.refusal('update')).toEqual([1, 'PERMISSIONS_NOT_GRANTED']);
    repo.commit(plugin({ name: '"@acme/other"' }));
    expect(await project.refusal('update')).toEqual([3, 'PACKAGE_MISMATCH']);
    expect(project.state()).toEqual(before);
  });

  it('do not take what was granted to a registry’s plugin for the grant of a repository that has its name', async () => {
    const granted = plugin({ permissions: '{ childProcess: [git] }' });
    await install(repository(granted).spec, '--yes');
    const other = repository(granted, 'other');
    expect(await project.refusal('install', other.spec)).toEqual([1, 'PERMISSIONS_NOT_GRANTED']);
  });
});

describe('a hostile repository', () => {
  it('runs no hook, filter or setting of its own', async () => {
    const ran = path.join(root, 'ran');
    const repo = repository({
      ...plugin(),
      '.gitattributes': '* filter=evil\n',
      '.lfsconfig': '[lfs]\n\turl = http://127.0.0.1:1/\n',
      '.npmrc': `git=touch ${ran}\n`,
      'package.json': JSON.stringify({
        scripts: { install: `touch ${ran}`, prepare: `touch ${ran}`, prepack: `touch ${ran}` },
      }),
    });
    repo.git('config', 'filter.evil.smudge', `touch ${ran}`);
    repo.git('config', 'uploadpack.packObjectsHook', `touch ${ran}`);
    fs.appendFileSync(path.join(root, '.home/.gitconfig'), `[filter "evil"]\n\tsmudge = touch ${ran}; cat\n`);
    fs.writeFileSync(path.join(repo.dir, '.git/hooks/post-checkout'), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    await install(repo.spec);
    expect(fs.existsSync(ran)).toBe(false);
  });

  it('is refused for submodules, for files in Git LFS, and for links where files are read', async () => {
    const other = repository(plugin(), 'other');
    const withModule = repository(plugin(), 'module');
    withModule.git('submodule', 'add', '--quiet', other.dir, 'dist/other');
    withModule.commit();
    expect(await project.refusal('install', withModule.spec)).toEqual([1, 'GIT_SOURCE_INVALID']);
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';
    const large = repository({ ...plugin(), 'dist/index.js': pointer }, 'large');
    expect(await project.refusal('install', large.spec)).toEqual([1, 'GIT_SOURCE_INVALID']);
    const linked = repository(plugin(), 'linked');
    fs.symlinkSync('/dev/zero', path.join(linked.dir, 'package.json'));
    linked.commit();
    expect(await project.refusal('install', linked.spec)).toEqual([1, 'GIT_SOURCE_INVALID']);
    const out = repository(plugin(), 'out');
    fs.symlinkSync('/etc', path.join(out.dir, 'sub'));
    out.commit();
    expect(await project.refusal('install', `${out.spec}#path:sub`)).toEqual([1, 'GIT_SOURCE_INVALID']);
    expect(staging()).toEqual([]);
  });

  it('is refused with too many files, and no manifest', async () => {
    const many = Object.fromEntries(Array.from({ length: 20_001 }, (_, index) => [`d${index % 50}/${index}`, '']));
    const repo = repository({ ...plugin(), ...many });
    expect(await project.refusal('install', repo.spec)).toEqual([1, 'GIT_SOURCE_INVALID']);
    expect(await project.refusal('install', repository({ a: '' }, 'none').spec)).toEqual([1, 'GIT_SOURCE_INVALID']);
    const wrong = repository({ 'ar-plugin.yaml': 'name: "\u001b[31mx"\n' }, 'wrong');
    const { stderr } = await project.ar('install', wrong.spec);
    expect(stderr).toContain('SPEC_INVALID');
    expect(stderr).not.toContain('\u001b');
  });

  it('needs a lock for the packages that the plugin needs', async () => {
    const repo = repository(plugin({ dependencies: '{ left: ^1.0.0 }' }));
    expect(await project.refusal('install', repo.spec)).toEqual([1, 'GIT_SOURCE_INVALID']);
  });

  it('is not even asked where its address could be more than one', async () => {
    const canary = path.join(root, 'ran');
    const specs = [
      `git+ext::sh -c touch% ${canary}`,
      `git+file:///x#--upload-pack=touch ${canary}`,
      `git+ssh://-oProxyCommand=touch%20${canary}/x`,
      'git+https://user:s3cret@127.0.0.1:1/x.git',
    ];
    for (const spec of specs) {
      const { code, stdout, stderr } = await project.ar('install', spec, '--verbose');
      expect([code, stderr]).toEqual([2, expect.stringContaining('SPEC_INVALID')]);
      expect(stdout + stderr).not.toContain('s3cret');
    }
    expect(fs.existsSync(canary)).toBe(false);
  });
});
