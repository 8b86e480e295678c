/** `ar plugin config` as a user runs it: for scripts, and question by question at a pseudo-terminal. */
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { validator as isChange } from '@ar-registry/schemas/validators/cli/config-change';
import { validator as isGet } from '@ar-registry/schemas/validators/cli/config-get';
import { validator as isList } from '@ar-registry/schemas/validators/cli/config-list';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProject, PROJECT_FILE, type TestProject } from './support/project.ts';
import { atTerminal, noTerminal } from './support/terminal.ts';

const HELLO = '@acme/hello';
const SECRET = 'xoxb-not-for-your-eyes';
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['greeting', 'hookUrl'],
  properties: {
    greeting: { type: 'string', minLength: 2, description: 'What it \u001b[31msays.' },
    retries: {
      anyOf: [
        { type: 'integer', minimum: 1, maximum: 9 },
        { type: 'string', pattern: '^[1-9]$' },
      ],
      default: 3,
    },
    channels: { type: 'array', items: { type: 'string' } },
    hookUrl: { type: 'string' },
    databaseUrl: { type: 'string', default: 'postgres://admin:hunter2@localhost/db' },
    apiToken: { type: 'string' },
    masked: { type: 'string', writeOnly: true },
  },
};

let registry: ServedRegistry;
let project: TestProject;

beforeAll(async () => {
  registry = await serveRegistry([
    {
      manifest: {
        version: '1.0.0',
        config: {
          schema: './config-schema.json',
          required: ['GREETING', 'HOOK_URL'],
          optional: ['RETRIES', 'CHANNELS', 'API_TOKEN', 'MASKED'],
        },
      },
      files: { 'config-schema.json': JSON.stringify(SCHEMA) },
    },
    { manifest: { name: '@acme/plain', config: { required: ['NAME'], optional: [] } } },
    {
      manifest: { name: '@acme/broken', config: { schema: './config-schema.json', required: [], optional: ['X'] } },
      files: { 'config-schema.json': '{"type":"object","properties":{"x":{"$ref":"https://example.com/x"}}}' },
    },
  ]);
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(async () => {
  project = createProject(registry, { GREETING: 'from outside' });
  const { code, stderr } = await project.ar('install', HELLO, '@acme/plain', '@acme/broken');
  if (code !== 0) throw new Error(stderr);
  return () => project[Symbol.dispose]();
});

const set = (key: string, value: string) => project.refusal('config', 'set', HELLO, key, value);

describe('config set, get, unset', () => {
  it.each([
    ['retries', '5', 5],
    ['RETRIES', '5', 5],
    ['greeting', '12', '12'],
    ['channels', '["#a","#b"]', ['#a', '#b']],
  ])('take %s = %s as the schema wants it', async (key, text, value) => {
    const { code } = await project.ar('config', 'set', HELLO, key, text);
    expect(code).toBe(0);
    const got = await project.json(isGet, 'config', 'get', HELLO, key);
    expect(got.value).toMatchObject({ value, source: 'project' });
    expect((await project.json(isChange, 'config', 'unset', HELLO, key)).value.changed).toHaveLength(1);
    expect((await project.json(isChange, 'config', 'unset', HELLO, key)).value.changed).toEqual([]);
    expect(project.read(PROJECT_FILE)).not.toContain('config:');
  });

  it('keep comments and the spelling that is there, and change nothing the second time', async () => {
    project.write(
      PROJECT_FILE,
      project
        .read(PROJECT_FILE)
        .replace(
          `"${HELLO}":\n`,
          `"${HELLO}":\n    config:\n      RETRIES: 2 # was too few\n      channels: [ "#a" ] # ours\n`,
        ),
    );
    expect((await project.ar('config', 'set', HELLO, 'retries', '4')).code).toBe(0);
    const text = project.read(PROJECT_FILE);
    expect(text).toContain('channels: [ "#a" ] # ours');
    expect(text).toContain('RETRIES: 4 # was too few');
    expect(text).not.toContain('retries');
    expect((await project.json(isChange, 'config', 'set', HELLO, 'retries', '4')).value.changed).toEqual([]);
    expect(project.read(PROJECT_FILE)).toBe(text);
  });

  it('get the default where nothing is set, and say where there is none', async () => {
    expect((await project.ar('config', 'get', HELLO, 'retries')).stdout).toBe('3\n');
    expect(await project.refusal('config', 'get', HELLO, 'channels')).toEqual([1, 'CONFIG_NOT_SET']);
  });

  it('refuse what the schema does not take, and name the key', async () => {
    const before = project.state();
    for (const [key, value] of [
      ['retries', '99'],
      ['greeting', 'x'],
      ['channels', 'a'],
      ['channels', '[1]'],
    ] as const) {
      const ended = await project.ar('config', 'set', HELLO, key, value);
      expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(`CONFIG_VALUE_INVALID.*${key}`)]);
    }
    expect(project.state()).toEqual(before);
  });

  it('never write a secret: marked, named like one, or hidden in an address', async () => {
    const before = project.state();
    for (const [key, value] of [
      ['apiToken', SECRET],
      ['MASKED', SECRET],
      ['hookUrl', `https://user:${SECRET}@example.com`],
    ] as const) {
      const ended = await project.ar('config', 'set', HELLO, key, value);
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(/CONFIG_SECRET[^]*Set (?:API_TOKEN|MASKED|HOOK_URL) /);
      expect(ended.stderr).not.toContain(SECRET);
    }
    expect(project.state()).toEqual(before);
    expect(await project.refusal('config', 'get', HELLO, 'apiToken')).toEqual([1, 'CONFIG_SECRET']);
  });

  it('suggest the key that was meant', async () => {
    const ended = await project.ar('config', 'set', HELLO, 'retris', '1');
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(/CONFIG_KEY_UNKNOWN[^]*retries/)]);
    expect(await set('__proto__', '{}')).toEqual([1, 'CONFIG_KEY_UNKNOWN']);
  });

  it.each([
    ['a plugin that is not installed', '@acme/other', 'NOT_INSTALLED'],
    ['a schema that refers to elsewhere', '@acme/broken', 'PLUGIN_CONFIG_INVALID'],
  ])('refuse %s', async (_what, plugin, code) => {
    expect(await project.refusal('config', 'set', plugin, 'x', '1')).toEqual([1, code]);
  });

  it('take any text where there is no schema', async () => {
    expect((await project.ar('config', 'set', '@acme/plain', 'NAME', '7')).code).toBe(0);
    expect((await project.json(isGet, 'config', 'get', '@acme/plain', 'name')).value.value).toBe('7');
  });
});

describe('config list', () => {
  it('says where each value comes from, and shows neither secrets nor the environment', async () => {
    project.write('.env', `API_TOKEN=${SECRET}\nHOOK_URL=https://example.com/${SECRET}\n`);
    await set('channels', '["#a"]');
    const { value } = await project.json(isList, 'config', 'list', HELLO);
    expect(value.keys.map(({ key, source, secret, value: shown }) => [key, source, secret, shown])).toEqual([
      ['greeting', 'environment', false, undefined],
      ['hookUrl', 'dotenv', false, undefined],
      ['retries', 'default', false, 3],
      ['channels', 'project', false, ['#a']],
      ['apiToken', 'dotenv', true, undefined],
      ['masked', 'none', true, undefined],
      ['databaseUrl', 'default', false, 'postgres://admin:***@localhost/db'],
    ]);
    const { stdout } = await project.ar('config', 'list', HELLO);
    expect(stdout).not.toContain(SECRET);
    expect(stdout).not.toContain('from outside');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('a password in an address', () => {
  it('is masked wherever it is shown, and as it is only in `get --json`', async () => {
    const text = project.read(PROJECT_FILE);
    const config = `    config: { hookUrl: "https://me:${SECRET}@example.com/x" }\n`;
    project.write(PROJECT_FILE, text.replace(`"${HELLO}":\n`, `"${HELLO}":\n${config}`));
    for (const args of [
      ['list', HELLO],
      ['list', HELLO, '--json'],
      ['get', HELLO, 'hookUrl'],
      ['get', HELLO, 'databaseUrl'],
    ]) {
      const { code, stdout } = await project.ar('config', ...args);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/(?:me|admin):\*\*\*@/)]);
      expect(stdout).not.toMatch(`${SECRET}|hunter2`);
    }
    const { value } = await project.json(isGet, 'config', 'get', HELLO, 'HOOK_URL');
    expect(value.value).toBe(`https://me:${SECRET}@example.com/x`);
  });
});

describe('config, question by question', () => {
  it('needs a terminal', async () => {
    expect(await project.refusal('config', HELLO)).toEqual([2, 'TERMINAL_NEEDED']);
  });

  it.skipIf(noTerminal)('asks again after a wrong answer, tells of secrets, and writes all at the end', async () => {
    const before = project.state();
    const terminal = atTerminal(project, ['config', HELLO]);
    await terminal.answer('greeting [GREETING of the environment]:', 'x');
    await terminal.answer('fewer than 2 characters', '');
    await terminal.answer('hookUrl [missing]:', 'https://example.com/hook');
    await terminal.answer('retries [3, the default]:', '0');
    await terminal.answer('must', '7');
    expect(project.state()).toEqual(before);
    await terminal.answer('channels [none]:', '');
    await terminal.answer('databaseUrl [postgres://admin:***@localhost/db, the default]:', '');
    const { code, screen } = await terminal.ended;
    expect(code).toBe(0);
    expect(screen).toContain('API_TOKEN');
    expect(screen).not.toContain('\u001b[31msays');
    expect(project.read(PROJECT_FILE)).toContain(
      'config:\n      hookUrl: https://example.com/hook\n      retries: 7\n',
    );
  });

  it.skipIf(noTerminal)('takes answers that were typed ahead, or pasted at once', async () => {
    const terminal = atTerminal(project, ['config', HELLO]);
    await terminal.answer('greeting', 'Hello\rhttps://example.com/hook\r4\r["#a"]\r');
    const { code, screen } = await terminal.ended;
    expect([code, screen]).toEqual([0, expect.stringContaining('retries [3, the default]: 4')]);
    expect(project.read(PROJECT_FILE)).toContain(
      'config:\n      greeting: Hello\n      hookUrl: https://example.com/hook\n      retries: 4\n      channels:\n',
    );
  });

  it.skipIf(noTerminal)('leaves everything as it was on Ctrl-C and on Ctrl-D', async () => {
    const before = project.state();
    for (const key of ['\u0003', '\u0004']) {
      const terminal = atTerminal(project, ['config', HELLO]);
      await terminal.answer('greeting', 'Hello');
      await terminal.type('hookUrl [missing]:', key);
      expect((await terminal.ended).code).toBe(130);
      expect(project.state()).toEqual(before);
    }
  });
});
