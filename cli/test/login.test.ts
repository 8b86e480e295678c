/** `login` and `logout` against the double of GitHub: where a token comes from, where it is kept, who can read it. */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { validator as isLogin } from '@ar-registry/schemas/validators/cli/login';
import { validator as isLogout } from '@ar-registry/schemas/validators/cli/logout';
import { createGitHubDouble, type GitHubDouble } from '@ar-registry/testing/github';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, PROGRAM, type Ended, type Sandbox } from './support/ar.ts';
import { gitHubEnv } from './support/github.ts';

const TOKEN = 'token-of-alice';

let sandbox: Sandbox;
let double: GitHubDouble;
let registry: ServedRegistry;

beforeEach(async () => {
  sandbox = createSandbox();
  registry = await serveRegistry([]);
  double = await createGitHubDouble({
    accounts: [{ login: 'alice', id: 2, token: TOKEN }],
    device: { clientIds: ['client'], intervalSeconds: 0 },
  });
  return async () => {
    // Throws if anything that was asked or answered is not as GitHub describes it.
    await double[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    sandbox[Symbol.dispose]();
  };
});

const credentials = (): string => path.join(sandbox.home, '.config/agent-relay/credentials.json');
const host = (): string => new URL(double.webUrl).host;

type Env = Readonly<Record<string, string>>;

function ar(words: readonly string[], env: Env = {}): Promise<Ended> {
  return sandbox.ar(['plugin', ...words], { AR_REGISTRY: registry.url, ...gitHubEnv(double), ...env });
}

/** Runs `ar plugin login --with-token` with that on its standard input. */
function withToken(text: string, env: Env = {}): Promise<Ended> {
  const program = [...PROGRAM, 'plugin', 'login', '--with-token', '--json'];
  const all = { ...gitHubEnv(double), TEXT: text, ...env };
  return sandbox.start('sh', ['-c', 'printf "%s" "$TEXT" | "$@"', 'sh', ...program], all).ended;
}

function documentOf({ stdout, stderr }: Ended): unknown {
  const result = isLogin(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout + stderr);
  return result.value;
}

describe('a token on the standard input', () => {
  it('is tried, and kept in a file that only its owner can read', async () => {
    const ended = await withToken(`${TOKEN}\n`);
    expect(documentOf(ended)).toMatchObject({ host: host(), login: 'alice', id: 2, source: 'stdin', kept: 'file' });
    expect(JSON.parse(fs.readFileSync(credentials(), 'utf8'))).toEqual({
      schemaVersion: 1,
      tokens: { [host()]: TOKEN },
    });
    expect(fs.statSync(credentials()).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(path.dirname(credentials()))).toEqual(['credentials.json']);
    expect(ended.stdout + ended.stderr).not.toContain(TOKEN);
  });

  it('goes below XDG_CONFIG_HOME where that is set', async () => {
    await withToken(TOKEN, { XDG_CONFIG_HOME: path.join(sandbox.dir, 'config') });
    expect(fs.existsSync(path.join(sandbox.dir, 'config/agent-relay/credentials.json'))).toBe(true);
  });

  it.each([
    ['that GitHub does not know', 'unknown-token', 'GITHUB_UNAUTHORIZED', 1],
    ['that is none', '', 'TOKEN_INVALID', 2],
    ['with a line break in it', 'token-of\nalice', 'TOKEN_INVALID', 2],
  ])('%s is refused and not kept', async (...[_what, text, error, code]) => {
    const ended = await withToken(text);
    expect([errorCode(ended), ended.code]).toEqual([error, code]);
    expect(fs.existsSync(credentials())).toBe(false);
    expect(ended.stdout + ended.stderr).not.toContain(text || TOKEN);
  });
});

describe('a token that others keep', () => {
  it.each(['GITHUB_TOKEN', 'GH_TOKEN'])('in %s is used, and not kept', async (name) => {
    const ended = await ar(['login', '--json'], { [name]: TOKEN });
    expect(documentOf(ended)).toEqual({ schemaVersion: 1, host: host(), login: 'alice', id: 2, source: name });
    expect(fs.existsSync(credentials())).toBe(false);
  });

  it('of gh is used, and not kept', async () => {
    const bin = path.join(sandbox.dir, 'bin');
    fs.mkdirSync(bin);
    const script = `#!/bin/sh\n[ "$*" = "auth token --hostname ${host()}" ] && echo ${TOKEN}\n`;
    fs.writeFileSync(path.join(bin, 'gh'), script, { mode: 0o755 });
    const ended = await ar(['login', '--json'], { PATH: `${bin}:${process.env['PATH'] ?? ''}` });
    expect(documentOf(ended)).toMatchObject({ login: 'alice', source: 'gh' });
    expect(fs.existsSync(credentials())).toBe(false);
  });
});

/** Makes the registry name an OAuth app. */
function nameClient(clientId: string): void {
  const config = JSON.parse(Buffer.from(registry.files.get(routes.config) ?? '').toString()) as object;
  const submissions = { repository: 'https://example.com/index.git', uploads: 'index', githubClientId: clientId };
  registry.files.set(routes.config, Buffer.from(JSON.stringify({ ...config, submissions })));
}

describe('the device flow', () => {
  it('shows a code and keeps the token that it gets', async () => {
    nameClient('client');
    const code = double.device.nextUserCode();
    const ended = ar(['login', '--json', '--quiet']);
    double.device.approve(await code, 'alice');
    const done = await ended;
    expect(documentOf(done)).toMatchObject({ login: 'alice', id: 2, source: 'device', kept: 'file' });
    expect(done.stderr).toContain(await code);
    expect(done.stderr).toContain(`${double.webUrl}/login/device`);
  });

  it('ends when it is denied', async () => {
    nameClient('client');
    const code = double.device.nextUserCode();
    const ended = ar(['login']);
    double.device.deny(await code);
    expect([errorCode(await ended), (await ended).code]).toEqual(['LOGIN_DENIED', 1]);
    expect(fs.existsSync(credentials())).toBe(false);
  });

  it('needs a registry that names an app', async () => {
    const ended = await ar(['login']);
    expect([errorCode(ended), ended.code]).toEqual(['LOGIN_UNAVAILABLE', 1]);
  });

  it('can be interrupted', async () => {
    nameClient('client');
    const code = double.device.nextUserCode();
    const { child, ended } = sandbox.startAr(['plugin', 'login'], { AR_REGISTRY: registry.url, ...gitHubEnv(double) });
    await code;
    child.kill('SIGINT');
    expect([errorCode(await ended), (await ended).code]).toEqual(['ABORTED', 130]);
  });
});

describe('logout', () => {
  it('forgets the token, and leaves those of other hosts', async () => {
    await withToken(TOKEN);
    const kept = JSON.parse(fs.readFileSync(credentials(), 'utf8')) as { tokens: object };
    fs.writeFileSync(credentials(), JSON.stringify({ ...kept, tokens: { ...kept.tokens, 'other.example': 'x' } }));
    const ended = await ar(['logout', '--json']);
    expect(isLogout(JSON.parse(ended.stdout))).toMatchObject({ ok: true, value: { removedFrom: ['file'] } });
    expect(JSON.parse(fs.readFileSync(credentials(), 'utf8'))).toMatchObject({ tokens: { 'other.example': 'x' } });
    expect(fs.statSync(credentials()).mode & 0o777).toBe(0o600);
  });

  it('says so where there is nothing to forget', async () => {
    const ended = await ar(['logout', '--json']);
    expect([ended.code, JSON.parse(ended.stdout)]).toMatchObject([0, { removedFrom: [], keychain: 'none' }]);
  });

  it('leaves a file alone that it does not understand', async () => {
    fs.mkdirSync(path.dirname(credentials()), { recursive: true });
    fs.writeFileSync(credentials(), 'mine');
    const ended = await ar(['logout']);
    expect([errorCode(ended), ended.code]).toEqual(['FILE_INVALID', 1]);
    expect(fs.readFileSync(credentials(), 'utf8')).toBe('mine');
  });
});
