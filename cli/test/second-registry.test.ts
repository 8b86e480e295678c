/** A registry of one's own, from nothing, beside another one: made, published to, installed from, and not to be stood in for. */
import fs from 'node:fs';
import path from 'node:path';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { STATIC_SERVERS, serveStatically } from '@ar-registry/testing/static-servers';
import { freePort } from '@ar-registry/testing/programs';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { registryCommand } from './support/pipeline.ts';

const TOOL = '@myorg/tool';

let sandbox: Sandbox;

beforeEach(() => {
  sandbox = createSandbox();
  return () => sandbox[Symbol.dispose]();
});

async function run(...args: readonly string[]): Promise<Ended> {
  const ended = await registryCommand(sandbox, ...args);
  expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
  return ended;
}

async function ar(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return sandbox.ar(['plugin', ...args], { AR_HTTP_TIMEOUT: '5', ...env });
}

const at = (...parts: readonly string[]): string => path.join(sandbox.dir, ...parts);

/** Makes the index, publishes a plugin into it as its author does, merges and builds it. */
async function makeRegistry(baseUrl: string): Promise<void> {
  await run(
    'init',
    'private-registry',
    '--title',
    'Ours',
    '--owner',
    'ada:4711',
    '--scope',
    'myorg',
    '--keys',
    'keys',
    '--base-url',
    baseUrl,
    '--development',
  );
  await sandbox.git('clone', '--quiet', '--bare', at('private-registry'), at('index.git'));
  const made = await ar(['init', 'tool', '--name', TOOL, '--type', 'hook', '--yes']);
  expect([made.code, made.stderr]).toEqual([0, expect.any(String)]);
  fs.mkdirSync(at('tool/dist'), { recursive: true });
  fs.writeFileSync(
    at('tool/dist/index.js'),
    'export default { name: "tool", async onLoad() {}, async onUnload() {} };\n',
  );
  const published = await ar(['publish', 'tool', '--index', at('index.git'), '--as', 'ada:4711']);
  expect([published.code, published.stderr]).toEqual([0, expect.any(String)]);
  const branch = (
    await sandbox.git('-C', at('index.git'), 'branch', '--list', 'publish/*', '--format=%(refname:short)')
  ).trim();
  await run('merge', '--repo', at('index.git'), '--branch', branch, '--submitter', 'ada:4711', '--reviewed');
  await sandbox.git('-C', at('private-registry'), 'pull', '--quiet', at('index.git'), 'main');
  await run('build', '--index', 'private-registry', '--out', 'built', '--base-url', baseUrl);
  await run('sign', '--index', 'private-registry', '--site', 'built', '--keys', 'keys');
}

describe.each(STATIC_SERVERS)('a second registry behind %s', (server) => {
  it('is installed from while the first is up, and a public plugin of its name is not taken for its own', async () => {
    const port = await freePort();
    await makeRegistry(`http://127.0.0.1:${port}`);
    await using own = await serveStatically(server, at('built'), port);
    await using pub: ServedRegistry = await serveRegistry([
      { manifest: { version: '1.0.0' } },
      // Somebody publishes the private plugin's name in public, with a higher version.
      { manifest: { name: TOOL, version: '9.9.9' } },
    ]);
    const env = { AR_REGISTRY: pub.url };
    const added = await ar(['registry', 'add', own.url, '--name', 'ours', '--scope', '@myorg', '--yes'], env);
    expect([added.code, added.stderr]).toEqual([0, expect.any(String)]);
    const installed = await ar(['install', TOOL, '@acme/hello', '--yes', '--json'], env);
    expect([installed.code, installed.stderr]).toEqual([0, expect.any(String)]);
    expect(JSON.parse(installed.stdout)).toMatchObject({
      installed: expect.arrayContaining([
        expect.objectContaining({ name: '@acme/hello', version: '1.0.0' }),
        expect.objectContaining({ name: TOOL, version: expect.not.stringMatching(/^9/) }),
      ]),
    });
    expect(pub.requests.filter((request) => request.includes(TOOL))).toEqual([]);
    const verified = await ar(['verify'], env);
    expect([verified.code, verified.stderr]).toEqual([0, expect.any(String)]);
  });
});

describe('init', () => {
  it('makes an index that has nothing wrong with it, and workflows that take the tools from npm', async () => {
    await run(
      'init',
      'my-registry',
      '--title',
      'Ours',
      '--owner',
      'ada:4711',
      '--scope',
      'myorg',
      '--github',
      '--keys',
      'keys',
    );
    await run('validate', '--index', 'my-registry');
    const tools = fs.readFileSync(at('my-registry/.github/actions/tools/action.yml'), 'utf8');
    expect(tools).toContain('npm ci --ignore-scripts');
    expect(tools).not.toContain('npm run build');
    expect(fs.readFileSync(at('my-registry/.github/CODEOWNERS'), 'utf8')).not.toContain('registry-index');
    expect(fs.readdirSync(at('my-registry/trust')).length).toBeGreaterThan(0);
    expect((await sandbox.git('-C', at('my-registry'), 'ls-files')).includes('.pem')).toBe(false);
  });

  it('leaves telemetry off, one line away', async () => {
    const record = at('my-registry/registry.yaml');
    const built = async (): Promise<boolean> => {
      await run('build', '--index', 'my-registry', '--out', 'built', '--base-url', 'https://plugins.example.com');
      return fs.existsSync(at('built/t/v1/install'));
    };
    await run('init', 'my-registry', '--title', 'Ours', '--owner', 'ada:4711');
    expect(await built()).toBe(false);
    fs.writeFileSync(record, fs.readFileSync(record, 'utf8').replace('# telemetry: true', 'telemetry: true'));
    expect(await built()).toBe(true);
  });

  it.each([
    ['keys in the index', ['x', '--keys', 'x/keys'], 'USAGE'],
    ['a name that is none', ['Über'], 'USAGE'],
    ['an owner that is none', ['x', '--owner', 'ada'], 'USAGE'],
    ['a folder with something in it', ['.'], 'FOLDER_NOT_EMPTY'],
  ] as const)('refuses %s, and makes nothing', async (_what, args, error) => {
    fs.writeFileSync(at('there'), '');
    const before = fs.readdirSync(sandbox.dir);
    const owner = (args as readonly string[]).includes('--owner') ? [] : ['--owner', 'ada:4711'];
    const ended = await registryCommand(sandbox, 'init', ...args, ...owner, '--title', 'Ours');
    expect([ended.code === 0, errorCode(ended)]).toEqual([false, error]);
    expect(fs.readdirSync(sandbox.dir)).toEqual(before);
  });
});
