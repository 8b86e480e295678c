/**
 * The program against an attacker who has the web server of a signed registry, and no key, or not enough of them: each
 * attack is refused with its own code, and what is installed is as it was, byte for byte.
 */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { createTrustCrypto, readKeyFolder, signMetadata, toMetadataBytes, type Signer } from '@ar-registry/io/trust';
import type { TrustMetaFile } from '@ar-registry/schemas';
import { validator as isVerify } from '@ar-registry/schemas/validators/cli/verify';
import { ATTACKS, createAttackerServer, type AttackerServer, type Site } from '@ar-registry/testing/attacker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { later } from './support/later.ts';
import { packedIndex } from './support/packed-index.ts';
import { registryCommand } from './support/pipeline.ts';

const HELLO = '@acme/hello';
const OTHER = '@acme/longer-name';

let operator: Sandbox;
let server: AttackerServer;
let mirror: AttackerServer;
const states = new Map<string, Site>();
/** What a user has: home and project, after the state that was seen. */
let baseline: Sandbox;

beforeAll(async () => {
  [operator, baseline] = [createSandbox(), createSandbox()];
  [server, mirror] = [await createAttackerServer(), await createAttackerServer()];
  await write({ 'registry.yaml': stringifyRecord(REGISTRY) });
  await operator.git('init', '--quiet', 'index');
  await commit(await packedIndex(OTHER, ['1.0.0']));
  await ok(registryCommand(operator, 'keys', 'init', '--index', 'index', '--keys', 'keys', '--root-keys', '3'));
  await publish('old', ['1.0.0']);
  serve('old');
  await ok(ar(baseline, 'install', `${HELLO}@^1.0.0`, '--yes'));
  await ok(ar(baseline, 'verify'));
  await publish('seen', ['1.0.0', '1.1.0']);
  serve('seen');
  await ok(ar(baseline, 'info', HELLO));
  await ok(ar(baseline, 'verify'));
  await publish('now', ['1.0.0', '1.1.0', '1.2.0'], { 'advisories/AR-2026-0001.yaml': stringifyRecord(ADVISORY) });
  fs.rmSync(path.join(baseline.home, CACHE), { recursive: true, force: true });
}, 120_000);
afterAll(async () => {
  for (const one of [server, mirror]) await one[Symbol.asyncDispose]();
  for (const sandbox of [operator, baseline]) sandbox[Symbol.dispose]();
});

const REGISTRY = { schemaVersion: 1, name: 'test', title: 'Test', trust: { threshold: 2, bins: 16 } };
const ADVISORY = {
  schemaVersion: 1,
  id: 'AR-2026-0001',
  modified: '2026-05-01T00:00:00Z',
  summary: 'Sends tokens to a stranger.',
  affected: [{ package: { ecosystem: 'AgentRelay', name: HELLO }, versions: ['1.0.0'] }],
  action: 'block-load',
};
const CACHE = '.agent-relay/plugins/cache';

async function write(
  files: Readonly<Record<string, string>> | ReadonlyMap<string, Uint8Array | string>,
): Promise<void> {
  for (const [name, content] of files instanceof Map ? files : Object.entries(files)) {
    const file = path.join(operator.dir, 'index', name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content as string);
  }
}

async function commit(files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  await write(new Map([...files].filter(([name]) => name !== 'registry.yaml')));
  await operator.git('-C', 'index', 'add', '--all');
  await operator.git('-C', 'index', 'commit', '--quiet', '-m', 'A decision');
}

/** As its operator does after a merge; `into` is a state by name. */
async function publish(
  into: string,
  versions: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await write(more);
  await commit(await packedIndex(HELLO, versions));
  await sign(into, 'site');
}

async function sign(into: string, site: string): Promise<void> {
  await ok(registryCommand(operator, 'build', '--index', 'index@HEAD', '--out', site));
  await ok(registryCommand(operator, 'sign', '--site', site, '--index', 'index', '--keys', 'keys'));
  const top = path.join(operator.dir, site);
  const files = fs.readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => path.join(entry.parentPath, entry.name));
  states.set(into, new Map(paths.map((file) => [path.relative(top, file), fs.readFileSync(file)])));
}

function serve(state: string): void {
  server.intercept = undefined;
  server.files.clear();
  for (const [route, bytes] of siteOf(state)) server.files.set(route, bytes);
}

function siteOf(state: string): Site {
  const site = states.get(state);
  if (!site) throw new Error(`There is no state ${state}.`);
  return site;
}

async function ok(ended: Promise<Ended>): Promise<void> {
  const { code, stdout, stderr } = await ended;
  if (code !== 0) throw new Error(stdout + stderr);
}

const ar = (sandbox: Sandbox, ...args: readonly string[]): Promise<Ended> =>
  sandbox.ar(['plugin', ...args], { AR_REGISTRY: server.url });

/** A user of his own, with what the user of `baseline` has. */
function newUser(): Sandbox {
  const user = createSandbox();
  fs.cpSync(baseline.dir, user.dir, { recursive: true, verbatimSymlinks: true });
  const config = path.join(user.home, '.config/agent-relay');
  fs.mkdirSync(config, { recursive: true });
  const registries = { attacked: { url: server.url, mirrors: [mirror.url] } };
  fs.writeFileSync(path.join(config, 'config.yaml'), JSON.stringify({ schemaVersion: 1, registries }));
  return user;
}

/** Everything that is installed and trusted. Answers that are kept are no state: they are checked each time. */
function stateOf({ dir }: Sandbox): ReadonlyMap<string, string> {
  const files = fs.readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)));
  const state = paths.filter(
    (file) => !file.includes(CACHE) && !file.endsWith('/state.json') && !/\/bin-\w+\.json$/.test(file),
  );
  return new Map(state.toSorted().map((file) => [file, fs.readFileSync(path.join(dir, file), 'base64')]));
}

/**
 * What is trusted of the registry may have gone on by what its operator signed, before an attack was seen in what came
 * after it. Nothing else may be in it.
 */
function foreignTrust({ home }: Sandbox): readonly string[] {
  const genuine = new Set(
    [...states.values()].flatMap((site) => [...site.values()].map((bytes) => Buffer.from(bytes).toString())),
  );
  const folder = path.join(home, '.agent-relay/plugins/trust');
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const bins = files
    .filter((file) => /bin-\w+\.json$/.test(file))
    .map((file) => fs.readFileSync(path.join(folder, file), 'utf8'));
  const kept = files
    .filter((file) => file.endsWith('state.json'))
    .flatMap((file) => {
      const state = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as Readonly<Record<string, string>>;
      return ['root', 'timestamp', 'snapshot', 'targets'].flatMap((role) => state[role] ?? []);
    });
  return [...bins, ...kept].filter((text) => !genuine.has(text));
}

describe('an attacker who has the web server', () => {
  const cases = ATTACKS.flatMap((attack) =>
    Object.entries(attack.refusals).map(([command, code]) => ({ ...attack, command, code })),
  );

  it.each(cases)(
    '$name: ar plugin $command is refused with $code',
    async ({ attack, command, code, exit = 3, daysLater, env = {} }) => {
      using user = newUser();
      const before = stateOf(user);
      [server.intercept, mirror.intercept] = [undefined, undefined];
      mirror.files.clear();
      attack({ old: siteOf('old'), seen: siteOf('seen'), now: siteOf('now'), server, mirror });
      const shifted = daysLater === undefined ? {} : later(daysLater, baseline.dir);
      const ended = await user.ar(['plugin', ...command.split(' ')], { AR_REGISTRY: server.url, ...env, ...shifted });
      expect([errorCode(ended), ended.code]).toEqual([code, exit]);
      expect(stateOf(user)).toEqual(before);
      expect(foreignTrust(user)).toEqual([]);
    },
  );
});

/** One of the operator's private keys, by the name of its file. */
async function stolen(name: string): Promise<Signer> {
  const folder = path.join(operator.dir, `stolen-${name}`);
  fs.mkdirSync(folder, { recursive: true });
  fs.copyFileSync(path.join(operator.dir, 'keys', `${name}.pem`), path.join(folder, `${name}.pem`));
  const [signer] = await readKeyFolder(folder);
  if (!signer) throw new Error(`There is no key ${name}.`);
  return signer;
}

type Signed = Record<string, unknown> & { version: number; meta: Record<string, TrustMetaFile> };

/** Puts a file of the metadata on the server, changed, and signed with what was stolen. */
async function forge(
  state: string,
  file: string,
  { by, edit, as = file }: { by: Signer; edit: (signed: Signed) => void; as?: string },
) {
  const { signed } = JSON.parse(Buffer.from(siteOf(state).get(`${routes.trust}/${file}`) ?? '').toString()) as {
    signed: Signed;
  };
  edit(signed);
  const signatures = await signMetadata(signed, [by], createTrustCrypto());
  server.files.set(`${routes.trust}/${as}`, toMetadataBytes({ signed, signatures }));
}

describe('an attacker who has stolen fewer keys than it takes', () => {
  it('gets no root of his own through with one of two', async () => {
    using user = newUser();
    const before = stateOf(user);
    serve('now');
    const by = await stolen('root-1');
    await forge('now', '1.root.json', { as: '2.root.json', by, edit: (signed) => (signed.version = 2) });
    const ended = await ar(user, 'update', '--yes');
    expect([ended.code, errorCode(ended)]).toEqual([3, 'TRUST_SIGNATURES_MISSING']);
    expect(stateOf(user)).toEqual(before);
    expect(foreignTrust(user)).toEqual([]);
  });

  it('does not lead back to an old state with the key of the timestamp', async () => {
    using user = newUser();
    const before = stateOf(user);
    serve('old');
    const old = JSON.parse(Buffer.from(siteOf('old').get(`${routes.trust}/timestamp.json`) ?? '').toString()) as {
      signed: Signed;
    };
    const by = await stolen('timestamp');
    const edit = (signed: Signed) => ((signed.version += 1), (signed.meta = old.signed.meta));
    await forge('now', 'timestamp.json', { by, edit });
    const ended = await ar(user, 'update', '--yes');
    expect([ended.code, errorCode(ended)]).toEqual([3, 'TRUST_ROLLBACK']);
    expect(stateOf(user)).toEqual(before);
    expect(foreignTrust(user)).toEqual([]);
  });
});

/** Signs another history as if there had been none before. */
async function rewrite(state: string, commits: number, files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  const tip = (await operator.git('-C', 'index', 'rev-parse', 'HEAD')).trim();
  await operator.git('-C', 'index', 'reset', '--quiet', '--hard', `HEAD~${commits}`);
  if (files.size > 0) await commit(files);
  await sign(state, state);
  await operator.git('-C', 'index', 'reset', '--quiet', '--hard', tip);
}

describe('an operator who rewrites the past, with every key', () => {
  it.each([
    ['forked', 2, 'LOG_FORKED'],
    ['shrunk', 2, 'LOG_SHRUNK'],
  ])('is found out by those who have seen it: the log is %s', async (state, commits, code) => {
    using user = newUser();
    const before = stateOf(user);
    const other =
      state === 'forked' ? await packedIndex(HELLO, ['1.0.0', '1.5.0', '1.6.0', '1.7.0']) : new Map<string, string>();
    await rewrite(state, commits, other);
    serve(state);
    // Everything is signed as it should be: only the log tells.
    expect(await ar(user, 'info', HELLO)).toMatchObject({ code: 0 });
    const ended = await ar(user, 'verify');
    expect([ended.code, errorCode(ended)]).toEqual([3, code]);
    expect(stateOf(user)).toEqual(before);
  });
});

describe('without an attacker', () => {
  it.each([
    ['seen', 'update --yes', '1.1.0'],
    ['now', 'update --yes', '1.2.0'],
    ['now', 'install @acme/hello@1.2.0 --yes', '1.2.0'],
  ])('in the state %s, %s gets version %s, and the log has it', async (state, command, version) => {
    using user = newUser();
    serve(state);
    expect(await user.ar(['plugin', ...command.split(' ')], { AR_REGISTRY: server.url })).toMatchObject({ code: 0 });
    const { code, stdout } = await ar(user, 'verify');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${HELLO}@${version}`)]);
  });

  it('verify asks nobody with --offline, and is no pass where the registry cannot be reached', async () => {
    using user = newUser();
    serve('seen');
    const offline = await ar(user, 'verify', '--offline', '--json');
    expect([offline.code, logsOf(offline)]).toEqual([0, [{ registry: server.url, state: 'not-asked' }]]);
    const before = stateOf(user);
    server.intercept = mirror.intercept = (_route, response) => (response.destroy(), true);
    const unreachable = await ar(user, 'verify', '--json');
    expect(unreachable.code).toBe(4);
    expect(logsOf(unreachable)).toMatchObject([{ registry: server.url, state: 'unreachable' }]);
    expect(stateOf(user)).toEqual(before);
  });
});

function logsOf({ stdout }: Ended): unknown {
  const result = isVerify(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout);
  return result.value.logs;
}
