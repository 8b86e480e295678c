/** Making bundles: what goes in, what is refused, and what is left where it fails. */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { validator as isBundleOutput } from '@ar-registry/schemas/validators/cli/bundle';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode } from './support/ar.ts';
import { createBundling, HELLO, OTHER, withDependencies, type Bundling, type User } from './support/bundling.ts';
import { hang, isRunning, orEnd, tracesIn } from './support/interrupted.ts';
import { packedIndex } from './support/packed-index.ts';
import { createRepository, plugin } from './support/repository.ts';
import { ok, siteIn } from './support/signed-registry.ts';

/** Plugins whose locks name npm packages that cannot be had. */
const [ABSENT, CHANGED, OPTION] = ['@acme/absent', '@acme/changed', '@acme/option'];
const SHA512 = `sha512-${'A'.repeat(86)}==`;

let bundling: Bundling;

beforeAll(async () => {
  bundling = await createBundling();
  const { acme, npm } = bundling;
  for (const [name, place] of [
    [ABSENT, 'absent'],
    [CHANGED, 'left/node_modules/right'],
    [OPTION, '--call=touch'],
  ] as const) {
    const more = { [`node_modules/${place}`]: { version: '1.2.0', integrity: SHA512 } };
    await acme.add(await packedIndex(name, ['1.0.0'], withDependencies(name, npm, more)));
  }
  await bundling.revoke();
}, 240_000);
afterAll(() => bundling?.[Symbol.asyncDispose]());

/** One who makes bundles. */
function newMaker(): User {
  const user = bundling.createUser('target');
  user.trust(bundling.acme);
  return user;
}

describe('making a bundle', () => {
  it('gives the same bytes for the same plugins, whoever makes it, and in whatever order', async () => {
    const once = await bundled(OTHER, `${HELLO}@1.1.0`);
    const again = await bundled(`${HELLO}@1.1.0`, OTHER);
    expect(once.bytes.equals(again.bytes)).toBe(true);
    const result = isBundleOutput(JSON.parse(once.stdout));
    if (!result.ok) throw new Error(once.stdout);
    expect(result.value).toMatchObject({
      npmPackages: 3,
      registries: [{ url: bundling.acme.url, fingerprint: bundling.acme.fingerprint() }],
      plugins: [
        { name: HELLO, version: '1.1.0', source: 'registry' },
        { name: OTHER, version: '1.0.0' },
      ],
    });
  });

  it('is refused where there is nothing, and for what nobody could verify', async () => {
    using user = newMaker();
    const empty = await user.ar('bundle');
    expect([empty.code, errorCode(empty)]).toEqual([1, 'BUNDLE_EMPTY']);
    const { dir } = user.sandbox;
    await ok(user.sandbox.ar(['plugin', 'init', 'own', '--type', 'hook', '--name', '@acme/own']));
    await ok(user.ar('install', path.join(dir, 'own')));
    const linked = await user.ar('bundle');
    expect([linked.code, errorCode(linked)]).toEqual([1, 'BUNDLE_SOURCE_REFUSED']);
  });

  it('takes the archive of a git repository along, for those who have the lock', async () => {
    using maker = newMaker();
    await ok(maker.ar('install', createRepository(path.join(maker.sandbox.dir, 'repository'), plugin()).spec));
    await bundling.bundleAs('git', maker);
    using user = bundling.createUser('target');
    const refused = await user.ar('install', '--from', bundling.bundleOf('git'));
    expect([refused.code, errorCode(refused)]).toEqual([1, 'BUNDLE_SOURCE_REFUSED']);
    user.take(bundling.stateAt('git'));
    expect((await user.ar('install', '--from', bundling.bundleOf('git'))).stdout).toContain('1 installed');
    expect((await user.ar('verify', '--offline')).code).toBe(0);
  });
});

/** Made by somebody new. */
async function bundled(...plugins: readonly string[]) {
  using user = newMaker();
  const file = path.join(user.sandbox.dir, 'made.tar');
  const { code, stdout, stderr } = await user.ar('bundle', ...plugins, '--out', file, '--json');
  if (code !== 0) throw new Error(stderr);
  return { stdout, bytes: fs.readFileSync(file) };
}

describe('a bundle that cannot be made', () => {
  it.each([
    ['an npm package that nobody has', ABSENT, 'DEPENDENCIES_FAILED', 4],
    ['an npm package that has the right name alone', CHANGED, 'DEPENDENCIES_FAILED', 4],
    ['an option of npm in place of a package', OPTION, 'ARCHIVE_INVALID', 3],
  ])('for %s is told as such, and leaves nothing', async (...[, name, code, exit]) => {
    using user = newMaker();
    const out = path.join(user.sandbox.dir, 'made.tar');
    fs.writeFileSync(out, 'before');
    const before = tracesIn(user.sandbox.dir);
    const ended = await user.ar('bundle', HELLO, name, '--out', out);
    expect([errorCode(ended), ended.code]).toEqual([code, exit]);
    expect([tracesIn(user.sandbox.dir), fs.readFileSync(out, 'utf8')]).toEqual([before, 'before']);
  });

  it('since it was interrupted while npm worked leaves nothing', async () => {
    using user = newMaker();
    const npm = hang('npm', user.sandbox.dir);
    const before = tracesIn(user.sandbox.dir);
    const out = path.join(user.sandbox.dir, 'made.tar');
    const started = user.startAr(['bundle', OTHER, '--out', out], { PATH: npm.path });
    const [shell = 0] = await orEnd(npm.started, started);
    started.child.kill('SIGINT');
    const ended = await started.ended;
    expect([errorCode(ended), ended.code, isRunning(shell)]).toEqual(['ABORTED', 130, false]);
    expect(tracesIn(user.sandbox.dir)).toEqual(before);
  });

  it('of a registry that signs nothing is refused', async () => {
    const { server, operator } = bundling.acme;
    for (const file of server.files.keys()) if (file.startsWith(`${routes.trust}/`)) server.files.delete(file);
    using user = bundling.createUser('target');
    const ended = await user.ar('bundle', HELLO);
    bundling.acme.serve(siteIn(path.join(operator.dir, 'site')));
    expect([ended.code, errorCode(ended)]).toEqual([1, 'BUNDLE_REGISTRY_UNSIGNED']);
  });
});
