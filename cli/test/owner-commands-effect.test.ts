/** From an owner's command to what users see of it: merged, built, served, and installed. */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { validator as isInfo } from '@ar-registry/schemas/validators/cli/info';
import { validator as isInstall } from '@ar-registry/schemas/validators/cli/install';
import { expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { packedIndex } from './support/packed-index.ts';
import { makeIndex, mergeBranch, registryCommand } from './support/pipeline.ts';

const NAME = '@acme/hello';
/** A registry with three versions; `release` builds what main holds. */
async function startRegistry(sandbox: Sandbox) {
  await makeIndex(sandbox, await packedIndex(NAME, ['0.1.0', '0.2.0', '0.3.0']));
  const submit = async (...args: readonly string[]): Promise<void> => {
    const env = { AR_INDEX: 'index.git', AR_PUBLISHER: 'ada:1' };
    const { stdout, stderr, code } = await sandbox.ar(['plugin', ...args, '--json'], env);
    if (code !== 0) throw new Error(stderr);
    await mergeBranch(sandbox, (JSON.parse(stdout) as { branch: string }).branch);
  };
  const out = path.join(sandbox.dir, 'site');
  const release = async (): Promise<void> => {
    const { code, stderr, stdout } = await registryCommand(sandbox, 'build', '--index', 'index.git', '--out', out);
    if (code !== 0) throw new Error(stdout + stderr);
  };
  await release();
  const server = await serveFolder(out);
  return { ...server, submit, release };
}

async function serveFolder(folder: string) {
  const server = http.createServer((request, response) => {
    const file = path.join(folder, path.posix.normalize(`/${decodeURIComponent(request.url ?? '')}`));
    if (fs.existsSync(file)) response.end(fs.readFileSync(file));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function versionsOf({ stdout, stderr }: Ended): readonly string[] {
  const result = isInstall(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout + stderr);
  return [...result.value.installed, ...result.value.unchanged].map(({ version }) => version);
}

it('shows a deprecation, keeps a yanked version for whom it is locked, and offers it again', async () => {
  using sandbox = createSandbox();
  await using registry = await startRegistry(sandbox);
  const { submit, release } = registry;
  // Users of its own, with a data folder of their own each: what one has fetched the other must fetch.
  const user = (name: string, ...args: readonly string[]): Promise<Ended> => {
    const project = path.join(sandbox.dir, name);
    fs.mkdirSync(project, { recursive: true });
    const env = { AR_REGISTRY: registry.url, AGENT_RELAY_DATA_DIR: path.join(project, '.data') };
    return sandbox.ar(['plugin', ...args, '--project', project, '--yes', '--json'], env);
  };
  const told = async (asked: string) => {
    const result = isInfo(JSON.parse((await user('reader', 'info', asked)).stdout));
    if (!result.ok) throw new Error('no info');
    const { plugin, version } = result.value;
    if (!plugin || !version) throw new Error('not of the registry');
    const entry = plugin.versions.find((one) => one.version === version.version);
    return { version: version.version, deprecated: entry?.deprecated, yanked: entry?.yanked };
  };
  expect(versionsOf(await user('early', 'install', NAME))).toEqual(['0.3.0']);

  await submit('deprecate', `${NAME}@0.1.0`, '--message', 'Use 0.2 instead');
  await submit('yank', `${NAME}@0.3.0`, '--reason', 'Loses messages');
  await release();

  expect(await told(`${NAME}@0.1.0`)).toEqual({ version: '0.1.0', deprecated: 'Use 0.2 instead', yanked: undefined });
  expect(await told(`${NAME}@0.3.0`)).toMatchObject({ yanked: 'Loses messages' });
  expect(await told(NAME)).toMatchObject({ version: '0.2.0' });
  const old = await user('late', 'install', `${NAME}@0.1.0`);
  expect(old.stderr).toContain('Use 0.2 instead');
  expect(versionsOf(await user('late', 'install', NAME))).toEqual(['0.2.0']);
  expect(errorCode(await user('late', 'install', `${NAME}@0.3.0`))).toBe('VERSION_YANKED');
  // The lock names it: it is restored, on a machine that never had it too.
  fs.rmSync(path.join(sandbox.dir, 'early/.data'), { recursive: true });
  expect(versionsOf(await user('early', 'install'))).toEqual(['0.3.0']);

  await submit('unyank', `${NAME}@0.3.0`);
  await submit('dist-tag', 'add', `${NAME}@0.3.0`, 'latest');
  await submit('undeprecate', NAME);
  await release();
  expect(await told(NAME)).toEqual({ version: '0.3.0', deprecated: undefined, yanked: undefined });
  expect((await user('last', 'install', `${NAME}@0.1.0`)).stderr).not.toContain('deprecated');
});
