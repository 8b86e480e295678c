/** `search`, `info` and `readme` against a registry on loopback, an honest one and one that plays tricks. */
import { routes } from '@ar-registry/core/layout';
import type { PluginDocument, SearchIndexDocument } from '@ar-registry/schemas';
import { validator as isInfo } from '@ar-registry/schemas/validators/cli/info';
import { validator as isList } from '@ar-registry/schemas/validators/cli/list';
import { validator as isReadme } from '@ar-registry/schemas/validators/cli/readme';
import { validator as isSearch } from '@ar-registry/schemas/validators/cli/search';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';

const HELLO = '@acme/hello';

let registry: ServedRegistry;
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = createSandbox();
  registry = await serveRegistry([
    { manifest: { version: '1.0.0' } },
    {
      manifest: {
        version: '1.1.0',
        minVersion: '1.6.0',
        config: { required: ['TOKEN'], optional: ['CHANNEL'] },
        permissions: {
          network: ['example.com'],
          filesystem: { read: [], write: [] },
          childProcess: ['git'],
          nativeAddons: false,
          workers: false,
          codeGeneration: false,
          env: [],
        },
      },
    },
    {
      manifest: { version: '2.0.0' },
      trust: 'official',
      status: {
        distTags: { latest: '1.1.0', beta: '2.0.0' },
        deprecated: { '1.0.0': 'too old' },
        yanked: { '2.0.0': 'loses messages' },
      },
    },
    { manifest: { name: '@acme/webhook', description: 'Posts to a URL', tags: ['http'], category: 'communication' } },
  ]);
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  sandbox[Symbol.dispose]();
});

const ar = (...args: readonly string[]): Promise<Ended> =>
  sandbox.ar(['plugin', ...args], { AR_REGISTRY: registry.url });

describe('search', () => {
  it('finds by text and tells programs in the form of its schema', async () => {
    const { code, stdout } = await ar('search', 'webhook', '--json');
    expect(code).toBe(0);
    const result = isSearch(JSON.parse(stdout));
    expect(result.ok && result.value).toMatchObject({
      query: 'webhook',
      total: 1,
      plugins: [{ name: '@acme/webhook' }],
    });
    expect(stdout).not.toContain('downloads');
  });

  it.each([
    [['--type', 'hook'], 2],
    [['--type', 'storage'], 0],
    [['--category', 'communication'], 1],
    [['--tag', 'http'], 1],
    [['--official'], 1],
    [['--verified'], 0],
    [['--official', '--verified'], 1],
    [['webhook', '--official'], 0],
    [['--limit', '1'], 1],
    [[], 2],
  ])('%j finds %i', async (options, count) => {
    const { stdout } = await ar('search', ...options, '--json');
    expect((JSON.parse(stdout) as { plugins: unknown[] }).plugins).toHaveLength(count);
  });

  it.each([
    ['search', '--category', 'comunication', 'no category comunication. Did you mean communication?'],
    ['list', '--category', 'comunication', 'no category comunication. Did you mean communication?'],
    ['search', '--category', 'x', 'no category x. It has communication, ai.'],
    ['search', '--tag', 'htp', 'no tag htp. Did you mean http?'],
    // There is such a category, and it is as empty as it says.
    ['search', '--category', 'ai', /^$/],
    ['search', '--tag', 'http', /^$/],
    ['search', '--category', ' ai ', /^$/],
    ['list', '--tag', ' htp\n', 'no tag htp. Did you mean http?'],
  ])('says by %s %s %s which one there is', async (...given) => {
    const [command, option, written, said] = given;
    const categories = ['communication', 'ai'].map((id) => ({ id, title: id, description: id, count: 1 }));
    registry.files.set(routes.categories, Buffer.from(JSON.stringify({ schemaVersion: 1, categories })));
    const { code, stdout, stderr } = await ar(command, option, written, '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { plugins: expect.any(Array) }]);
    expect(stderr).toMatch(said);
  });

  it.each([
    ['search', '--category', ' '],
    ['list', '--tag', ' '],
  ])('takes %s %s %j for a mistake, as of a variable that is not set', async (...words) => {
    const { code, stderr } = await ar(...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${words[1]} needs a value.`)]);
  });

  it('finds nothing in a category that nobody can be asked about', async () => {
    registry.files.delete(routes.categories);
    const { code, stderr } = await ar('search', '--category', 'comunication');
    expect([code, stderr]).toEqual([0, '']);
  });

  it('sorts as it is told', async () => {
    const { stdout } = await ar('search', '--sort', 'name');
    expect(stdout.indexOf(HELLO)).toBeLessThan(stdout.indexOf('@acme/webhook'));
  });

  it('finds nothing with a sentence and exit code 0', async () => {
    expect(await ar('search', 'zzzzz')).toMatchObject({ code: 0, stdout: 'No plugins were found for “zzzzz”.\n' });
  });
});

describe('list with a filter', () => {
  it.each([
    [['--available'], [HELLO, '@acme/webhook']],
    [
      ['--type', 'hook'],
      [HELLO, '@acme/webhook'],
    ],
    [['--type', 'storage'], []],
    [['--category', 'communication'], ['@acme/webhook']],
    [['--tag', 'http'], ['@acme/webhook']],
    [['--official'], [HELLO]],
    [['--official', '--tag', 'http'], []],
    [['--verified'], []],
  ])('%j is what the registry has so, by name', async (filter, names) => {
    const { code, stdout } = await ar('list', ...filter, '--json');
    const result = isList(JSON.parse(stdout));
    expect([code, result.ok && result.value.plugins.map(({ name }) => name)]).toEqual([0, names]);
  });
});

describe('info', () => {
  it('shows what would be installed', async () => {
    const { code, stdout } = await ar('info', HELLO);
    expect(code).toBe(0);
    for (const fact of ['1.1.0', 'official', 'MIT', 'acme', 'TOKEN (required)', 'CHANNEL', 'agent-relay 1.6.0'])
      expect(stdout).toContain(fact);
    for (const permission of ['connect to example.com', 'start the program git']) expect(stdout).toContain(permission);
    expect(stdout).toMatch(/2\.0\.0 +2026-01-01 +beta +withdrawn/);
    expect(stdout).toMatch(/1\.0\.0 +2026-01-01 +deprecated/);
  });

  it('says what people and counters say only when asked to, and invents nothing', async () => {
    const { stdout } = await ar('info', HELLO);
    expect(stdout).toMatch(/Rating +shown with --stats/);
    expect(stdout).toMatch(/Advisories +none known of this version/);
    expect(stdout).toMatch(/Downloads +shown with --stats/);
    expect((await ar('info', HELLO, '--stats')).stdout).toMatch(/Downloads +(?:\d+ in the last|not published)/);
    expect((await ar('info', HELLO, '--stats')).stdout).toContain('nobody has rated it');
    const rating = { count: 2, mean: 4.5, bayesian: 3.79 };
    const stars = { 1: 0, 2: 0, 3: 0, 4: 1, 5: 1 };
    const document = { schemaVersion: 1, name: HELLO, rating, stars, reviews: [] };
    registry.files.set(`api/v1/stats/reviews/${HELLO}.json`, Buffer.from(JSON.stringify(document)));
    expect((await ar('info', HELLO, '--stats')).stdout).toMatch(/Rating +4\.5 of 5, by 2/);
    expect(JSON.parse((await ar('info', HELLO, '--stats', '--json')).stdout)).toMatchObject({ rating });
  });

  it('tells programs in the form of its schema', async () => {
    const result = isInfo(JSON.parse((await ar('info', HELLO, '--json')).stdout));
    expect(result.ok && result.value).toMatchObject({ plugin: { name: HELLO }, version: { version: '1.1.0' } });
  });

  it.each([
    ['1.0.0', '1.0.0', 'deprecated: too old'],
    ['2.0.0', '2.0.0', 'withdrawn: loses messages'],
    ['beta', '2.0.0', 'withdrawn: loses messages'],
    ['^1', '1.1.0', 'Licence'],
  ])('shows %s', async (wanted, version, text) => {
    const { stdout } = await ar('info', `${HELLO}@${wanted}`);
    expect(stdout).toContain(`${HELLO}@${version}`);
    expect(stdout).toContain(text);
  });

  it('shows the newest version of a plugin whose versions were all withdrawn, and offers none', async () => {
    tamper<PluginDocument>(routes.plugin(HELLO), (plugin) => ({
      ...plugin,
      distTags: {},
      versions: plugin.versions.map((entry) => ({ ...entry, yanked: 'loses messages' })),
    }));
    const { code, stdout } = await ar('info', HELLO);
    expect(code).toBe(0);
    for (const text of [`${HELLO}@2.0.0`, 'withdrawn: loses messages', 'all of its versions were withdrawn'])
      expect(stdout).toContain(text);
    expect(stdout).not.toContain('Install it');
    expect(errorCode(await ar('info', `${HELLO}@9.9.9`))).toBe('VERSION_NOT_FOUND');
  });

  it('says what is installed in the project', async () => {
    expect((await ar('info', HELLO)).stdout).toContain('not in this project');
    expect((await ar('install', `${HELLO}@1.0.0`)).code).toBe(0);
    expect(JSON.parse((await ar('info', HELLO, '--json')).stdout)).toMatchObject({ installed: '1.0.0' });
  });

  it.each([
    ['@acme/helo', 'PLUGIN_NOT_FOUND', 1, HELLO],
    ['@acne/hello', 'PLUGIN_NOT_FOUND', 1, HELLO],
    [`${HELLO}@9.9.9`, 'VERSION_NOT_FOUND', 1, '1.1.0'],
    [`${HELLO}@!`, 'SPEC_INVALID', 2, ''],
    ['hello', 'SPEC_INVALID', 2, ''],
    ['./hello', 'SPEC_INVALID', 2, ''],
  ])('of %s is %s', async (...[spec, error, code, hint]) => {
    const ended = await ar('info', spec);
    expect([errorCode(ended), ended.code]).toEqual([error, code]);
    expect(ended.stderr).toContain(hint);
  });
});

describe('readme', () => {
  it('is shown, and handed to programs, as its author wrote it', async () => {
    expect(await ar('readme', HELLO)).toMatchObject({ code: 0, stdout: '# Hello\n' });
    const result = isReadme(JSON.parse((await ar('readme', HELLO, '--json')).stdout));
    expect(result.ok && result.value.readme).toBe('# Hello\n');
  });

  it('that is not there is told apart from a plugin that is not', async () => {
    registry.files.delete(routes.readme(HELLO));
    expect(errorCode(await ar('readme', HELLO))).toBe('README_NOT_FOUND');
    expect(errorCode(await ar('readme', '@acme/helo'))).toBe('PLUGIN_NOT_FOUND');
  });
});

function tamper<T>(route: string, change: (document: T) => T): void {
  const document = JSON.parse(Buffer.from(registry.files.get(route) ?? []).toString()) as T;
  registry.files.set(route, Buffer.from(JSON.stringify(change(document))));
}

describe('a registry that wants to write on the terminal', () => {
  const EVIL = 'ok\u001b[2J\u001b]0;owned\u0007\u009b31m\u0000\rfake\u202egnp\u200b';
  // oxlint-disable-next-line no-control-regex -- controls are what must not be there
  const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/;

  beforeEach(() => {
    tamper<SearchIndexDocument>(routes.search, (index) => ({
      ...index,
      plugins: index.plugins.map((plugin) => ({ ...plugin, description: EVIL, deprecated: EVIL, author: EVIL })),
    }));
    tamper<PluginDocument>(routes.plugin(HELLO), (plugin) => ({
      ...plugin,
      versions: plugin.versions.map((version) => ({ ...version, deprecated: EVIL })),
    }));
    registry.files.set(routes.readme(HELLO), Buffer.from(`# ${EVIL}\n${EVIL}\n`));
  });

  it.each([[['search', 'hello']], [['info', HELLO]], [['info', `${HELLO}@2.0.0`]], [['readme', HELLO]]])(
    'cannot: %j',
    async (args) => {
      const { code, stdout, stderr } = await ar(...args);
      expect(code).toBe(0);
      expect(stdout).not.toMatch(CONTROLS);
      expect(stderr).not.toMatch(CONTROLS);
      expect(stdout).toContain('fake');
    },
  );

  it('cannot in an error either', async () => {
    const status = { distTags: {}, versions: [] };
    tamper<PluginDocument>(routes.plugin(HELLO), (plugin) => ({ ...plugin, ...status, name: EVIL }));
    const { stderr } = await ar('info', HELLO, '--verbose');
    expect(stderr).not.toMatch(CONTROLS);
  });
});
