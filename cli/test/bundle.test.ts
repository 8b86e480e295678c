/** From a machine with a network to one without: made, carried, attacked on the way, installed, and used there. */
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { LOCK_FILE, routes } from '@ar-registry/core/layout';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { validator as isBundleOutput } from '@ar-registry/schemas/validators/cli/bundle';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { later } from './support/later.ts';
import { fitList, pathAt, putTogether, takeApart, type BundleParts } from '@ar-registry/testing/bundles';
import { npmSettings, serveNpm, type NpmRegistry } from './support/npm-registry.ts';
import { packedIndex } from './support/packed-index.ts';
import { createSignedRegistry, ok, siteIn, type SignedRegistry } from './support/signed-registry.ts';
import { createRepository, plugin } from './support/repository.ts';

const [HELLO, OTHER, PRIVATE] = ['@acme/hello', '@acme/other', '@corp/tool'];
const PROJECT_FILES = ['ar-plugins.yaml', LOCK_FILE];

let npm: NpmRegistry;
let acme: SignedRegistry;
let corp: SignedRegistry;
let maker: User;
/** Path of a bundle by name: of the state `old` and `now`, of both registries, and of an impostor with keys of his own. */
const bundles = new Map<string, string>();
/** What took the place of every server by then, and counts who comes. */
const closed: net.Server[] = [];
let connections = 0;

beforeAll(async () => {
  npm = await serveNpm([
    {
      name: 'left',
      version: '1.0.0',
      code: 'export { right as left } from "right";\n',
      more: { dependencies: { right: '^1.0.0' } },
    },
    { name: 'right', version: '1.2.0', code: 'export const right = "from the bundle";\n' },
    { name: '@elsewhere/only', version: '1.0.0', code: '', more: { os: ['sunos'] } },
  ]);
  [acme, corp] = [await createSignedRegistry('acme'), await createSignedRegistry('corp')];
  await acme.add(await packedIndex(OTHER, ['1.0.0'], withDependencies(OTHER, '1.0.0')));
  await acme.add(await packedIndex(HELLO, ['1.0.0'], withDependencies(HELLO, '1.0.0')));
  await acme.publish();
  await corp.add(await packedIndex(PRIVATE, ['2.0.0']));
  await corp.publish();
  maker = createUser('maker');
  maker.trust(acme, corp);
  await ok(maker.ar('install', HELLO, `${OTHER}@^1.0.0`));
  await bundleAs('old');
  await ok(maker.ar('install', PRIVATE));
  await bundleAs('both');
  await ok(maker.ar('remove', PRIVATE));
  await acme.add(await packedIndex(HELLO, ['1.0.0', '1.1.0']));
  await acme.write('advisories/AR-2026-0001.yaml', stringifyRecord(ADVISORY));
  await acme.publish();
  await ok(maker.ar('install', `${HELLO}@1.1.0`));
  await bundleAs('now');
  await impostor();
  await makeOthers();
  for (const url of [acme.url, corp.url, npm.url]) await close(url);
}, 240_000);
afterAll(async () => {
  for (const server of closed) server.close();
  for (const one of [acme, corp, maker]) one?.[Symbol.dispose]();
});

/** Installed with 1.0.0 of `HELLO` by then. */
const ADVISORY = {
  schemaVersion: 1,
  id: 'AR-2026-0001',
  modified: '2026-05-01T00:00:00Z',
  summary: 'Sends tokens to a stranger.',
  affected: [{ package: { ecosystem: 'AgentRelay', name: HELLO }, versions: ['1.0.0'] }],
  action: 'block-install',
};

const pinned = (name: string, more: object): object => ({ integrity: npm.integrity.get(name), ...more });

function withDependencies(name: string, version: string) {
  const dependencies = { left: '^1.0.0' };
  const lock = {
    name,
    version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name, version, dependencies },
      'node_modules/@elsewhere/only': pinned('@elsewhere/only', { version: '1.0.0', optional: true, os: ['sunos'] }),
      'node_modules/left': pinned('left', { version: '1.0.0', dependencies: { right: '^1.0.0' } }),
      'node_modules/right': pinned('right', { version: '1.2.0' }),
    },
  };
  const code = `import { left } from 'left';\nexport default { name: '${name}', left };\n`;
  return {
    manifest: { dependencies },
    files: { 'ar-deps.lock.json': JSON.stringify(lock), 'dist/index.js': code, 'src/index.ts': code },
  };
}

interface User extends Disposable {
  readonly sandbox: Sandbox;
  readonly ar: (...args: readonly string[]) => Promise<Ended>;
  readonly env: Readonly<Record<string, string>>;
  readonly trust: (...registries: readonly SignedRegistry[]) => void;
  readonly read: (file: string) => string;
  /** All files of the project. */
  readonly state: () => readonly string[];
}

function createUser(name: string): User {
  const sandbox = createSandbox();
  const project = path.join(sandbox.dir, name);
  fs.mkdirSync(project);
  const env = { AR_REGISTRY: acme.url, ...npmSettings(sandbox.home, npm.url) };
  const read = (file: string): string => {
    const full = path.join(project, file);
    return fs.existsSync(full) ? fs.readFileSync(full, 'utf8') : '';
  };
  return {
    sandbox,
    env,
    ar: (...args) => sandbox.ar(['plugin', ...args, '--project', project, '--yes'], env),
    trust: (...registries) => {
      const folder = path.join(sandbox.home, '.config/agent-relay');
      fs.mkdirSync(folder, { recursive: true });
      const known = registries.map((one) => [
        one === corp ? 'corp' : 'acme',
        { url: one.url, root: one.fingerprint(), ...(one === corp ? { scopes: ['@corp'] } : {}) },
      ]);
      const config = { schemaVersion: 1, registries: Object.fromEntries(known) as object };
      fs.writeFileSync(path.join(folder, 'config.yaml'), JSON.stringify(config));
    },
    read,
    state: () => PROJECT_FILES.map(read),
    [Symbol.dispose]: () => sandbox[Symbol.dispose](),
  };
}

async function bundleAs(name: string): Promise<void> {
  const file = path.join(maker.sandbox.dir, `${name}.tar`);
  await ok(maker.ar('bundle', '--out', file));
  bundles.set(name, file);
  for (const one of PROJECT_FILES) fs.writeFileSync(path.join(maker.sandbox.dir, `${name}-${one}`), maker.read(one));
}

/** Somebody else’s keys at the address of the registry. */
async function impostor(): Promise<void> {
  const other = await createSignedRegistry('acme');
  await other.add(await packedIndex(HELLO, ['1.0.0'], withDependencies(HELLO, '1.0.0')));
  await other.publish();
  acme.serve(new Map(other.server.files));
  const user = createUser('impostor');
  const file = path.join(maker.sandbox.dir, 'impostor.tar');
  await ok(user.ar('bundle', HELLO, '--out', file));
  bundles.set('impostor', file);
  user[Symbol.dispose]();
  await other.server[Symbol.asyncDispose]();
  other[Symbol.dispose]();
}

interface Made {
  readonly once: Ended;
  readonly again: Ended;
  readonly sameBytes: boolean;
  readonly linked: Ended;
  readonly unsigned: Ended;
  readonly empty: Ended;
  readonly repository: Ended;
}
let made: Made;

/** What needs the servers, before they are closed. */
async function makeOthers(): Promise<void> {
  using user = createUser('maker-2');
  acme.serve(siteIn(path.join(acme.operator.dir, 'site')));
  user.trust(acme);
  const { dir } = user.sandbox;
  const empty = await user.ar('bundle');
  const [first, second] = [path.join(dir, '1.tar'), path.join(dir, '2.tar')];
  const once = await user.ar('bundle', OTHER, `${HELLO}@1.1.0`, '--out', first, '--json');
  // Another user, and another order.
  const again = await maker.ar('bundle', `${HELLO}@1.1.0`, OTHER, '--out', second, '--json');
  const sameBytes = fs.readFileSync(first).equals(fs.readFileSync(second));
  await user.sandbox.ar(['plugin', 'init', 'own', '--type', 'hook', '--name', '@acme/own']);
  await ok(user.ar('install', path.join(dir, 'own')));
  const linked = await user.ar('bundle');
  await ok(user.ar('remove', '@acme/own'));
  const repository = createRepository(path.join(dir, 'repository'), plugin());
  await ok(user.ar('install', repository.spec));
  const fromGit = await user.ar('bundle', '--lock', '--out', path.join(maker.sandbox.dir, 'git.tar'));
  bundles.set('git', path.join(maker.sandbox.dir, 'git.tar'));
  for (const one of PROJECT_FILES) fs.writeFileSync(path.join(maker.sandbox.dir, `git-${one}`), user.read(one));
  for (const file of acme.server.files.keys()) if (file.startsWith(`${routes.trust}/`)) acme.server.files.delete(file);
  using stranger = createUser('maker-3');
  const unsigned = await stranger.ar('bundle', HELLO);
  made = { once, again, sameBytes, linked, unsigned, empty, repository: fromGit };
}

describe('making a bundle', () => {
  it('gives the same bytes for the same plugins, whoever makes it', () => {
    expect([made.once.code, made.again.code, made.sameBytes]).toEqual([0, 0, true]);
    const result = isBundleOutput(JSON.parse(made.once.stdout));
    if (!result.ok) throw new Error(made.once.stdout);
    expect(result.value).toMatchObject({
      npmPackages: 3,
      registries: [{ url: acme.url, fingerprint: acme.fingerprint() }],
      plugins: [
        { name: HELLO, version: '1.1.0', source: 'registry' },
        { name: OTHER, version: '1.0.0' },
      ],
    });
  });

  it('is refused for what nobody could verify, or where there is nothing', () => {
    const { linked, unsigned, empty } = made;
    expect([linked, unsigned, empty].map((ended) => [ended.code, errorCode(ended)])).toEqual([
      [1, 'BUNDLE_SOURCE_REFUSED'],
      [1, 'BUNDLE_REGISTRY_UNSIGNED'],
      [1, 'BUNDLE_EMPTY'],
    ]);
  });

  it('takes the archive of a git repository along, for those who have the lock', async () => {
    expect(made.repository).toMatchObject({ code: 0 });
    using user = createUser('target');
    const refused = await user.ar('install', '--from', bundleOf('git'));
    expect([refused.code, errorCode(refused)]).toEqual([1, 'BUNDLE_SOURCE_REFUSED']);
    for (const file of PROJECT_FILES)
      fs.copyFileSync(path.join(maker.sandbox.dir, `git-${file}`), path.join(user.sandbox.dir, 'target', file));
    expect((await user.ar('install', '--from', bundleOf('git'))).stdout).toContain('1 installed');
    expect((await user.ar('verify', '--offline')).code).toBe(0);
  });
});

/** In the place of a server, one that hangs up and counts. */
async function close(url: string): Promise<void> {
  if (url === npm.url) await npm[Symbol.asyncDispose]();
  else await (url === acme.url ? acme : corp).server[Symbol.asyncDispose]();
  const server = net.createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), '127.0.0.1', resolve));
  if ((server.address() as AddressInfo).port !== Number(new URL(url).port)) throw new Error('The port is taken.');
  closed.push(server);
}

function bundleOf(name: string): string {
  const file = bundles.get(name);
  if (file === undefined) throw new Error(`There is no bundle ${name}.`);
  return file;
}

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
    using user = createUser('target');
    connections = 0;
    await ok(user.ar('registry', 'add', acme.url, '--fingerprint', acme.fingerprint(), '--offline'));
    const ended = await user.ar('install', '--from', bundleOf('old'), '--json');
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(user.state()).toEqual(
      PROJECT_FILES.map((file) => fs.readFileSync(path.join(maker.sandbox.dir, `old-${file}`), 'utf8')),
    );
    for (const name of [HELLO, OTHER])
      expect(JSON.parse(await imported(user, name))).toEqual({ name, left: 'from the bundle' });
    for (const command of ['list', 'verify', 'install', 'outdated', 'info @acme/hello'])
      expect([command, (await user.ar(...command.split(' '), '--offline')).code]).toEqual([command, 0]);
    expect(connections).toBe(0);
  });

  it('restores what the lock of a project names, and nothing else', async () => {
    using user = createUser('target');
    user.trust(acme);
    for (const file of PROJECT_FILES)
      fs.copyFileSync(path.join(maker.sandbox.dir, `old-${file}`), path.join(user.sandbox.dir, 'target', file));
    const before = user.state();
    expect((await user.ar('install', '--from', bundleOf('old'))).stdout).toContain('2 installed');
    expect(user.state()).toEqual(before);
    const again = await user.ar('install', '--from', bundleOf('now'));
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('2 unchanged')]);
  });

  it('goes from one bundle to a newer one, by names', async () => {
    using user = createUser('target');
    user.trust(acme);
    await ok(user.ar('install', OTHER, '--from', bundleOf('old')));
    await ok(user.ar('install', HELLO, '--from', bundleOf('now')));
    expect(JSON.parse(user.read(LOCK_FILE))).toMatchObject({
      plugins: { [HELLO]: { version: '1.1.0' }, [OTHER]: { version: '1.0.0' } },
    });
    const lacks = await user.ar('install', `${HELLO}@1.0.0`, '--from', bundleOf('now'));
    expect([lacks.code, errorCode(lacks)]).toEqual([1, 'VERSION_NOT_FOUND']);
    const none = await user.ar('install', '@acme/unknown', '--from', bundleOf('now'));
    expect([none.code, errorCode(none)]).toEqual([1, 'BUNDLE_LACKS']);
  });

  it('takes plugins of two registries from one bundle, each by the root of its own', async () => {
    using user = createUser('target');
    user.trust(acme, corp);
    connections = 0;
    await ok(user.ar('install', '--from', bundleOf('both')));
    expect(connections).toBe(0);
    expect(user.state()).toEqual(
      PROJECT_FILES.map((file) => fs.readFileSync(path.join(maker.sandbox.dir, `both-${file}`), 'utf8')),
    );
    using stranger = createUser('target');
    stranger.trust(acme);
    const refused = await stranger.ar('install', PRIVATE, '--from', bundleOf('both'));
    expect([refused.code, errorCode(refused), stranger.state()]).toEqual([1, 'BUNDLE_LACKS', ['', '']]);
    const other = await stranger.ar('install', HELLO, '--from', bundleOf('both'), '--registry', 'http://127.0.0.1:9');
    expect([other.code, errorCode(other)]).toEqual([1, 'BUNDLE_REGISTRY_MISSING']);
  });

  it('takes what expired within the grace of offline work, and not after', async () => {
    using user = createUser('target');
    user.trust(acme);
    const install = (days: number, ...more: readonly string[]) => {
      const words = [
        'plugin',
        'install',
        '--from',
        bundleOf('old'),
        '--project',
        path.join(user.sandbox.dir, 'target'),
      ];
      return user.sandbox.ar([...words, ...more], { ...user.env, ...later(days, user.sandbox.home) });
    };
    const late = await install(40);
    expect([late.code, errorCode(late), user.state()]).toEqual([3, 'TRUST_EXPIRED', ['', '']]);
    expect((await install(12, '--dry-run')).code).toBe(0);
  });
});

/** Changes a bundle on its way, so that its list fits. */
function edited(name: string, change: (parts: BundleParts) => void): BundleParts {
  const parts = takeApart(bundleOf(name));
  change(parts);
  return { files: parts.files, manifest: fitList(parts) };
}

function replaced(name: string, route: string, change: (text: string) => string | Buffer): BundleParts {
  return edited(name, (parts) => {
    const file = pathAt(parts, route);
    parts.files.set(file, Buffer.from(change(String(parts.files.get(file)))));
  });
}

function without(name: string, route: string): BundleParts {
  return edited(name, (parts) => parts.files.delete(pathAt(parts, route)));
}

const TRUST = routes.trust;
const LOG = `${routes.log}/plugins/${HELLO}.json`;

describe('whoever carries a bundle, and changes it so that its list fits', () => {
  const attacks: readonly (readonly [string, string, 1 | 3, () => BundleParts])[] = [
    ['another archive', 'INTEGRITY_MISMATCH', 3, () => replaced('old', routes.download(HELLO, '1.0.0'), () => 'evil')],
    [
      'another version document',
      'INTEGRITY_MISMATCH',
      3,
      () => replaced('old', routes.version(HELLO, '1.0.0'), (text) => text.replace('"MIT"', '"BSD"')),
    ],
    [
      'another plugin document',
      'TRUST_HASH_MISMATCH',
      3,
      () => replaced('old', routes.plugin(HELLO), (text) => text.replace('"community"', '"official!"')),
    ],
    ['a hidden revocation', 'TRUST_LENGTH_MISMATCH', 3, () => without('now', routes.advisories)],
    [
      'a revocation of another range',
      'TRUST_HASH_MISMATCH',
      3,
      () => replaced('now', routes.advisories, (text) => text.replace('"1.0.0"', '"7.0.0"')),
    ],
    [
      'a forged signature',
      'TRUST_SIGNATURES_MISSING',
      3,
      () => replaced('old', `${TRUST}/timestamp.json`, (text) => text.replace(/"version":\d+/, '"version":99')),
    ],
    ['no signatures', 'TRUST_METADATA_MISSING', 3, () => without('old', `${TRUST}/timestamp.json`)],
    ['another root', 'TRUST_METADATA_MISSING', 3, () => takeApart(bundleOf('impostor'))],
    [
      'parts of two states',
      'TRUST_METADATA_MISSING',
      3,
      () =>
        replaced('old', `${TRUST}/timestamp.json`, () => {
          const now = takeApart(bundleOf('now'));
          return now.files.get(pathAt(now, `${TRUST}/timestamp.json`)) ?? '';
        }),
    ],
    ['a version that the log does not have', 'LOG_ENTRY_MISSING', 3, () => without('old', LOG)],
    [
      'another entry of the log',
      'LOG_PROOF_INVALID',
      3,
      () => replaced('old', LOG, (text) => text.replaceAll(/("at":\s*)"2/g, '$1"1')),
    ],
    [
      'an npm package of his own',
      'INTEGRITY_MISMATCH',
      3,
      () =>
        edited('old', (parts) => {
          const [file = ''] = [...parts.files.keys()].filter((name) => name.startsWith('npm/right'));
          parts.files.set(file, Buffer.from('evil'));
        }),
    ],
    [
      'no npm package',
      'BUNDLE_LACKS',
      1,
      () =>
        edited('old', (parts) => {
          for (const name of parts.files.keys()) if (name.startsWith('npm/right')) parts.files.delete(name);
        }),
    ],
    ['a version that is revoked', 'VERSION_REVOKED', 3, () => revokedInside()],
  ];

  it.each(attacks)('%s: %s', async (...[, code, exit, attack]) => {
    using user = createUser('target');
    user.trust(acme);
    const file = path.join(user.sandbox.dir, 'attack.tar');
    putTogether(file, attack());
    connections = 0;
    const ended = await user.ar('install', '--from', file);
    expect([errorCode(ended), ended.code, user.state(), connections]).toEqual([code, exit, ['', ''], 0]);
  });

  it('leads nobody back behind what he has seen, and to no other keys', async () => {
    using user = createUser('target');
    user.trust(acme);
    await ok(user.ar('install', '--from', bundleOf('now')));
    const before = user.state();
    for (const [name, code] of [
      ['old', 'TRUST_ROLLBACK'],
      ['impostor', 'TRUST_SIGNATURES_MISSING'],
    ] as const) {
      const ended = await user.ar('install', `${HELLO}@1.0.0`, '--from', bundleOf(name));
      expect([errorCode(ended), ended.code, user.state()]).toEqual([code, 3, before]);
    }
  });

  it('is not believed where nobody said which keys the registry has', async () => {
    using user = createUser('target');
    const ended = await user.ar('install', '--from', bundleOf('old'));
    expect([errorCode(ended), ended.code, user.state()]).toEqual(['BUNDLE_ROOT_UNKNOWN', 3, ['', '']]);
  });

  it('does not undo a revocation that is known here', async () => {
    using user = createUser('target');
    user.trust(acme);
    const now = takeApart(bundleOf('now'));
    const list = JSON.parse(String(now.files.get(pathAt(now, routes.advisories)))) as object;
    const folder = path.join(user.sandbox.home, '.agent-relay/plugins/advisories');
    fs.mkdirSync(folder, { recursive: true });
    const kept = { schemaVersion: 1, registry: acme.url, list };
    fs.writeFileSync(path.join(folder, `${encodeURIComponent(acme.url)}.json`), JSON.stringify(kept));
    for (let time = 0; time < 2; time += 1) {
      const ended = await user.ar('install', '--from', bundleOf('old'));
      expect([errorCode(ended), ended.code, user.state()]).toEqual(['VERSION_REVOKED', 3, ['', '']]);
    }
  });
});

/** The newest state, and the archive of the version that it revokes. */
function revokedInside(): BundleParts {
  const old = takeApart(bundleOf('old'));
  return edited('now', (parts) => {
    for (const route of [routes.version(HELLO, '1.0.0'), routes.download(HELLO, '1.0.0')]) {
      const entry = old.manifest.files.find(({ path: name }) => name === pathAt(old, route));
      if (!entry) throw new Error(route);
      parts.files.set(entry.path, old.files.get(entry.path) ?? Buffer.alloc(0));
      parts.manifest = { ...parts.manifest, files: [...parts.manifest.files, entry] };
    }
    const plugins = parts.manifest.plugins.map((one) =>
      one.name === HELLO ? { ...one, version: '1.0.0', range: '1.0.0' } : one,
    );
    parts.manifest = { ...parts.manifest, plugins };
  });
}

describe('a file that is no bundle as it is written', () => {
  it.each<readonly [string, string, (file: string) => void]>([
    ['is cut off', 'BUNDLE_TRUNCATED', (file) => fs.truncateSync(file, fs.statSync(file).size / 2)],
    [
      'has another archive than its list says',
      'BUNDLE_FILE_CHANGED',
      (file) => {
        const parts = takeApart(file);
        const name = pathAt(parts, routes.download(HELLO, '1.0.0'));
        parts.files.set(name, Buffer.alloc(parts.files.get(name)?.length ?? 0));
        putTogether(file, parts);
      },
    ],
  ])('%s: %s, and nothing is touched', async (_name, code, change) => {
    using user = createUser('target');
    user.trust(acme);
    const file = path.join(user.sandbox.dir, 'broken.tar');
    fs.copyFileSync(bundleOf('old'), file);
    change(file);
    const ended = await user.ar('install', '--from', file);
    const trusts = fs.existsSync(path.join(user.sandbox.home, '.agent-relay/plugins/trust'));
    expect([errorCode(ended), ended.code, user.state(), trusts]).toEqual([code, 3, ['', ''], false]);
  });
});

describe('kill -9', () => {
  it('while npm works leaves the old state, and the next time is as if nothing had been', async () => {
    using user = createUser('target');
    user.trust(acme);
    const { dir } = user.sandbox;
    const bin = path.join(dir, 'bin');
    fs.mkdirSync(bin);
    const started = path.join(dir, 'started');
    fs.mkdirSync(started);
    // Whole once it is there: half a number would be another process.
    const program = `#!/bin/sh\necho $$ > "${started}/new"\nmv "${started}/new" "${started}/pid"\nexec sleep 60\n`;
    fs.writeFileSync(path.join(bin, 'npm'), program, { mode: 0o755 });
    const begun = new Promise<number>((resolve) => {
      const watcher = fs.watch(started, () => {
        if (!fs.existsSync(path.join(started, 'pid'))) return;
        watcher.close();
        resolve(Number(fs.readFileSync(path.join(started, 'pid'), 'utf8')));
      });
    });
    const words = ['plugin', 'install', '--from', bundleOf('old'), '--project', path.join(dir, 'target'), '--yes'];
    const { child, ended } = user.sandbox.startAr(words, { ...user.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` });
    const npmPid = await begun;
    expect(npmPid).toBeGreaterThan(1);
    child.kill('SIGKILL');
    process.kill(npmPid, 'SIGKILL');
    await ended;
    expect(user.state()).toEqual(['', '']);
    await ok(user.ar('install', '--from', bundleOf('old')));
    expect((await user.ar('verify', '--offline')).code).toBe(0);
  });

  it('around the switch leaves the old or the new state, whole', async () => {
    using user = createUser('target');
    user.trust(acme);
    const began = performance.now();
    await ok(user.ar('install', HELLO, '--from', bundleOf('now')));
    let delayMs = (performance.now() - began) * 0.8;
    const known = new Set([user.read(LOCK_FILE)]);
    await ok(user.ar('remove', HELLO));
    known.add(user.read(LOCK_FILE));
    for (let round = 0; round < 3; round += 1) {
      const words = [
        'plugin',
        'install',
        HELLO,
        '--from',
        bundleOf('now'),
        '--project',
        path.join(user.sandbox.dir, 'target'),
      ];
      const { child, ended } = user.sandbox.startAr(words, user.env);
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
