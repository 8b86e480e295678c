/** `ar plugin registry add`, `list`, `remove`: what is written into the user's own settings, and what that changes. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { validator as isChange } from '@ar-registry/schemas/validators/cli/registry-change';
import { validator as isList } from '@ar-registry/schemas/validators/cli/registry-list';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { registryCommand } from './support/pipeline.ts';

const HELLO = '@acme/hello';

let registry: ServedRegistry;
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = createSandbox();
  registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  sandbox[Symbol.dispose]();
});

const ar = (...args: readonly string[]): Promise<Ended> => sandbox.ar(['plugin', ...args], { AR_HTTP_TIMEOUT: '5' });
const configFile = (): string => path.join(sandbox.home, '.config/agent-relay/config.yaml');
const config = (): string => (fs.existsSync(configFile()) ? fs.readFileSync(configFile(), 'utf8') : '');

/** Signs what is served, with keys of their own for each `who`. */
async function sign(who: string): Promise<void> {
  for (const file of registry.files.keys()) if (file.startsWith(`${routes.trust}/`)) registry.files.delete(file);
  const site = path.join(sandbox.dir, `.site-${who}`);
  for (const [file, bytes] of registry.files) {
    fs.mkdirSync(path.dirname(path.join(site, file)), { recursive: true });
    fs.writeFileSync(path.join(site, file), bytes);
  }
  const keys = ['--trust', `.trust-${who}`, '--keys', `.keys-${who}`, '--development'];
  const { code, stderr } = await registryCommand(sandbox, 'sign', '--site', site, ...keys);
  if (code !== 0) throw new Error(stderr);
  const folder = path.join(site, routes.trust);
  for (const name of fs.readdirSync(folder))
    registry.files.set(`${routes.trust}/${name}`, fs.readFileSync(path.join(folder, name)));
}

describe('registry add', () => {
  it('pins the keys of a signed registry, which then comes with no others', async () => {
    await sign('maker');
    const added = await ar(
      'registry',
      'add',
      registry.url,
      '--name',
      'internal',
      '--scope',
      '@acme',
      '--yes',
      '--json',
    );
    const document: unknown = JSON.parse(added.stdout);
    expect([added.code, isChange(document).ok, document]).toMatchObject([
      0,
      true,
      { change: 'added', scopes: ['@acme'] },
    ]);
    expect(config()).toMatch(/root: [0-9a-f]{64}/);
    expect((await ar('install', HELLO)).code).toBe(0);
    await sign('attacker');
    const met = await ar('info', HELLO);
    expect([met.code, errorCode(met)]).toEqual([3, expect.stringMatching(/^TRUST_/)]);
  });

  it('is refused where nobody can be asked, and accepts the fingerprint that was given instead', async () => {
    await sign('maker');
    const asked = await ar('registry', 'add', registry.url);
    expect([asked.code, errorCode(asked), config()]).toEqual([1, 'REGISTRY_NOT_CONFIRMED', '']);
    const [fingerprint = ''] = /\b[0-9a-f]{64}\b/.exec(asked.stderr) ?? [];
    const other = await ar('registry', 'add', registry.url, '--fingerprint', 'a'.repeat(64));
    expect([other.code, errorCode(other), config()]).toEqual([3, 'TRUST_METADATA_MISSING', '']);
    expect((await ar('registry', 'add', registry.url, '--fingerprint', fingerprint)).code).toBe(0);
    expect((await ar('registry', 'add', registry.url)).stdout).toContain('Already there');
  });

  it('leaves nothing of what it met behind when it was refused', async () => {
    await sign('maker');
    await ar('registry', 'add', registry.url);
    expect(fs.existsSync(path.join(sandbox.home, '.agent-relay/plugins/trust'))).toBe(false);
  });

  it.each([
    ['was met before', async () => ar('info', HELLO, '--registry', registry.url)],
    ['was added under another name', async () => ar('registry', 'add', registry.url, '--name', 'one', '--yes')],
    [
      'was added, asked and removed',
      async () => {
        await ar('registry', 'add', registry.url, '--name', 'one', '--yes');
        await ar('info', HELLO, '--registry', registry.url);
        return ar('registry', 'remove', 'one');
      },
    ],
  ])('takes no other keys, and no lack of them, from a registry that %s, until they are named', async (_, before) => {
    await sign('maker');
    expect((await before()).code).toBe(0);
    const settings = config();
    await sign('attacker');
    const refused = await ar('registry', 'add', registry.url, '--name', 'two', '--yes');
    expect([refused.code, errorCode(refused), config()]).toEqual([3, 'REGISTRY_KEYS_CHANGED', settings]);
    const root = registry.files.get(`${routes.trust}/1.root.json`) ?? '';
    const fingerprint = createHash('sha256').update(root).digest('hex');
    const theirs = [...registry.files].filter(([file]) => file.startsWith(`${routes.trust}/`));
    for (const [file] of theirs) registry.files.delete(file);
    const unsigned = await ar('registry', 'add', registry.url, '--name', 'two', '--yes');
    expect([unsigned.code, errorCode(unsigned), config()]).toEqual([3, 'REGISTRY_KEYS_CHANGED', settings]);
    for (const [file, bytes] of theirs) registry.files.set(file, bytes);
    expect((await ar('registry', 'add', registry.url, '--name', 'two', '--fingerprint', fingerprint)).code).toBe(0);
  });

  it('keeps comments and other settings, and goes without signatures only after a yes', async () => {
    fs.mkdirSync(path.dirname(configFile()), { recursive: true });
    fs.writeFileSync(configFile(), 'schemaVersion: 1\n# be careful\nminimumReleaseAge: 3d\n');
    expect(errorCode(await ar('registry', 'add', registry.url))).toBe('REGISTRY_NOT_CONFIRMED');
    expect((await ar('registry', 'add', registry.url, '--yes', '--name', 'plain')).code).toBe(0);
    expect(config()).toMatch(/# be careful\nminimumReleaseAge: 3d\nregistries:\n  plain:\n    url: http/);
    expect(config()).not.toContain('root:');
    expect((await ar('registry', 'remove', 'plain')).code).toBe(0);
    expect(config()).toBe('schemaVersion: 1\n# be careful\nminimumReleaseAge: 3d\n');
  });

  it.each([
    ['no address', ['ftp://example.com'], 2, 'REGISTRY_URL_INVALID'],
    ['an address with a password', ['https://ada:secret@example.com'], 2, 'USAGE'],
    ['a wrong scope', ['https://example.com', '--scope', 'acme'], 2, 'USAGE'],
    ['a name that no file can have', ['https://example.com', '--name', 'a b'], 2, 'USAGE'],
    ['half a fingerprint', ['https://example.com', '--fingerprint', 'abc'], 2, 'USAGE'],
    ['a registry that is down', ['http://127.0.0.1:1', '--yes'], 4, 'REGISTRY_UNREACHABLE'],
  ] as const)('refuses %s', async (...[, args, code, error]) => {
    const ended = await ar('registry', 'add', ...args);
    expect([ended.code, errorCode(ended), config()]).toEqual([code, error, '']);
    expect(ended.stderr).not.toContain('secret');
  });

  it('refuses a name or a scope that is another registry’s', async () => {
    expect((await ar('registry', 'add', registry.url, '--yes', '--name', 'one', '--scope', '@acme')).code).toBe(0);
    await using other = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
    expect(errorCode(await ar('registry', 'add', other.url, '--yes', '--name', 'one'))).toBe('REGISTRY_NAME_TAKEN');
    const scope = await ar('registry', 'add', other.url, '--yes', '--name', 'two', '--scope', '@acme');
    expect([scope.code, errorCode(scope)]).toEqual([3, 'REGISTRY_CONFLICT']);
  });
});

it('lists what there is, without asking anybody', async () => {
  await ar(
    'registry',
    'add',
    registry.url,
    '--yes',
    '--name',
    'one',
    '--scope',
    '@acme',
    '--token-env',
    'AR_TOKEN_ONE',
  );
  registry.requests.length = 0;
  const { code, stdout } = await ar('registry', 'list', '--json');
  const document: unknown = JSON.parse(stdout);
  expect([code, isList(document).ok, document]).toMatchObject([
    0,
    true,
    { registries: [{ name: 'one', tokenEnv: 'AR_TOKEN_ONE', tokenIsSet: false, declaredIn: 'user' }] },
  ]);
  expect(registry.requests).toEqual([]);
});

it('does not remove what is not there', async () => {
  const ended = await ar('registry', 'remove', 'one');
  expect([ended.code, errorCode(ended)]).toEqual([1, 'REGISTRY_NOT_DECLARED']);
});
