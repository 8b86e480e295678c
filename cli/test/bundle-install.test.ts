/** A machine without a network: what it installs from a bundle, and what is left where that is interrupted. */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { LOCK_FILE } from '@ar-registry/core/layout';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode } from './support/ar.ts';
import { createBundling, HELLO, OTHER, PRIVATE, type Bundling, type User } from './support/bundling.ts';
import { hang, isRunning, orEnd, tracesIn } from './support/interrupted.ts';
import { later } from './support/later.ts';
import { packedIndex } from './support/packed-index.ts';
import { createRelayProject, installRelay, printed } from './support/relay.ts';
import { createSignedRegistry, ok, type SignedRegistry } from './support/signed-registry.ts';

/** With the bundles `old`, `both` registries and `now`. */
let bundling: Bundling;
let corp: SignedRegistry;

beforeAll(async () => {
  [bundling, corp] = [await createBundling(), await createSignedRegistry('corp')];
  const { acme, maker } = bundling;
  await corp.add(await packedIndex(PRIVATE, ['2.0.0']));
  await corp.publish();
  maker.trust(acme, corp);
  await ok(maker.ar('install', HELLO, `${OTHER}@^1.0.0`));
  await bundling.bundleAs('old');
  await ok(maker.ar('install', PRIVATE));
  await bundling.bundleAs('both');
  await ok(maker.ar('remove', PRIVATE));
  await bundling.revoke();
  await ok(maker.ar('install', `${HELLO}@1.1.0`));
  await bundling.bundleAs('now');
  await bundling.disconnect(corp);
}, 240_000);
afterAll(async () => {
  await bundling?.[Symbol.asyncDispose]();
  corp?.[Symbol.dispose]();
});

/** The plugin is loaded as code, with what it imports. */
async function imported(user: User, name: string): Promise<string> {
  const stored = fs.globSync(
    path.join(user.sandbox.home, '.agent-relay/plugins/store/sha512/*/*/package/dist/index.js'),
  );
  const texts = await Promise.all(
    stored.map(async (file) => {
      const code = `import plugin from ${JSON.stringify(pathToFileURL(file).href)}; console.log(JSON.stringify(plugin))`;
      return (await user.sandbox.start(process.execPath, ['--input-type=module', '-e', code]).ended).stdout;
    }),
  );
  return texts.find((text) => text.includes(`"${name}"`)) ?? '';
}

describe('a machine without a network', () => {
  it('installs all of a bundle, with npm packages, and has the lock that the network gave', async () => {
    using user = bundling.createUser('target');
    bundling.connections();
    await ok(user.ar('registry', 'add', bundling.acme.url, '--fingerprint', bundling.acme.fingerprint(), '--offline'));
    const ended = await user.ar('install', '--from', bundling.bundleOf('old'), '--json');
    expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringContaining('error')]);
    expect(user.state()).toEqual(bundling.stateAt('old'));
    for (const name of [HELLO, OTHER])
      expect(JSON.parse(await imported(user, name))).toEqual({ name, left: 'from the bundle' });
    for (const command of ['list', 'verify', 'install', 'outdated', 'info @acme/hello'])
      expect([command, (await user.ar(...command.split(' '), '--offline')).code]).toEqual([command, 0]);
    expect(bundling.connections()).toBe(0);
  });

  it('restores what the lock of a project names, and nothing else', async () => {
    using user = bundling.createUser('target');
    user.trust(bundling.acme);
    user.take(bundling.stateAt('old'));
    const before = user.state();
    expect((await user.ar('install', '--from', bundling.bundleOf('old'))).stdout).toContain('2 installed');
    expect(user.state()).toEqual(before);
    const again = await user.ar('install', '--from', bundling.bundleOf('now'));
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('2 unchanged')]);
  });

  it('goes from one bundle to a newer one, by names', async () => {
    using user = bundling.createUser('target');
    user.trust(bundling.acme);
    await ok(user.ar('install', OTHER, '--from', bundling.bundleOf('old')));
    await ok(user.ar('install', HELLO, '--from', bundling.bundleOf('now')));
    expect(JSON.parse(user.read(LOCK_FILE))).toMatchObject({
      plugins: { [HELLO]: { version: '1.1.0' }, [OTHER]: { version: '1.0.0' } },
    });
    const lacks = await user.ar('install', `${HELLO}@1.0.0`, '--from', bundling.bundleOf('now'));
    expect([lacks.code, errorCode(lacks)]).toEqual([1, 'VERSION_NOT_FOUND']);
    const none = await user.ar('install', '@acme/unknown', '--from', bundling.bundleOf('now'));
    expect([none.code, errorCode(none)]).toEqual([1, 'BUNDLE_LACKS']);
  });

  it('takes plugins of two registries from one bundle, each by the root of its own', async () => {
    using user = bundling.createUser('target');
    user.trust(bundling.acme, corp);
    bundling.connections();
    await ok(user.ar('install', '--from', bundling.bundleOf('both')));
    expect(bundling.connections()).toBe(0);
    expect(user.state()).toEqual(bundling.stateAt('both'));
    using stranger = bundling.createUser('target');
    stranger.trust(bundling.acme);
    const refused = await stranger.ar('install', PRIVATE, '--from', bundling.bundleOf('both'));
    expect([refused.code, errorCode(refused), stranger.state()]).toEqual([1, 'BUNDLE_LACKS', ['', '']]);
    const other = await stranger.ar(
      'install',
      HELLO,
      '--from',
      bundling.bundleOf('both'),
      '--registry',
      'http://127.0.0.1:9',
    );
    expect([other.code, errorCode(other)]).toEqual([1, 'BUNDLE_REGISTRY_MISSING']);
  });

  it('takes what expired within the grace of offline work, and not after', async () => {
    using user = bundling.createUser('target');
    user.trust(bundling.acme);
    const install = (days: number, ...more: readonly string[]) =>
      user.startAr(['install', '--from', bundling.bundleOf('old'), ...more], later(days, user.sandbox.home)).ended;
    const late = await install(40);
    expect([late.code, errorCode(late), user.state()]).toEqual([3, 'TRUST_EXPIRED', ['', '']]);
    expect((await install(12, '--dry-run')).code).toBe(0);
  });
});

describe('a daemon without a network', () => {
  it('loads what was installed from a bundle, with its npm packages', async () => {
    using relay = installRelay();
    using user = bundling.createUser('target');
    user.trust(bundling.acme);
    const { dir, start } = createRelayProject(user.sandbox, relay);
    const run = (...words: readonly string[]) => start(words, { ...user.env });
    await ok(run('plugin', 'install', '--from', bundling.bundleOf('old'), '--yes').ended);
    expect(fs.existsSync(path.join(dir, LOCK_FILE))).toBe(true);
    bundling.connections();
    const daemon = run('up', '--no-dashboard');
    // Active is what was loaded with all that it imports.
    await Promise.all([HELLO, OTHER].map((name) => printed(daemon, `[plugins] ${name}@1.0.0 hook active`)));
    daemon.child.kill('SIGTERM');
    expect([(await daemon.ended).code, bundling.connections()]).toEqual([0, 0]);
  });
});

describe('SIGINT and kill -9', () => {
  it.each([
    ['SIGINT', 'ABORTED'],
    ['SIGKILL', undefined],
  ] as const)(
    '%s while npm works leaves the old state, and the next time is as if nothing had been',
    async (signal, code) => {
      using user = bundling.createUser('target');
      user.trust(bundling.acme);
      const npm = hang('npm', user.sandbox.dir);
      const before = tracesIn(user.sandbox.dir);
      const started = user.startAr(['install', '--from', bundling.bundleOf('old')], { PATH: npm.path });
      const pids = await orEnd(npm.started, started);
      started.child.kill(signal);
      // Of a program that was killed, nobody ends what it has started.
      if (signal === 'SIGKILL') for (const pid of pids) process.kill(pid, 'SIGKILL');
      expect(errorCode(await started.ended)).toBe(code);
      const [shell = 0] = pids;
      expect(user.state()).toEqual(['', '']);
      expect(signal === 'SIGKILL' || !isRunning(shell)).toBe(true);
      // Whoever is killed cleans up the next time.
      expect(signal === 'SIGKILL' ? before : tracesIn(user.sandbox.dir)).toEqual(before);
      await ok(user.ar('install', '--from', bundling.bundleOf('old')));
      expect((await user.ar('verify', '--offline')).code).toBe(0);
    },
  );

  it('around the switch leaves the old or the new state, whole', async () => {
    using user = bundling.createUser('target');
    user.trust(bundling.acme);
    const began = performance.now();
    await ok(user.ar('install', HELLO, '--from', bundling.bundleOf('now')));
    let delayMs = (performance.now() - began) * 0.8;
    const known = new Set([user.read(LOCK_FILE)]);
    await ok(user.ar('remove', HELLO));
    known.add(user.read(LOCK_FILE));
    for (let round = 0; round < 3; round += 1) {
      const { child, ended } = user.startAr(['install', HELLO, '--from', bundling.bundleOf('now')]);
      const timer = setTimeout(() => child.kill('SIGKILL'), delayMs);
      await ended;
      clearTimeout(timer);
      // What was left half done is taken up by whoever comes next.
      const { stdout } = await user.ar('list', '--json', '--offline');
      const { plugins } = JSON.parse(stdout) as { plugins: readonly { name: string }[] };
      expect(known).toContain(user.read(LOCK_FILE));
      const isNew = plugins.some(({ name }) => name === HELLO);
      delayMs *= isNew ? 0.9 : 1.1;
      if (isNew) await ok(user.ar('remove', HELLO));
    }
  });
});
