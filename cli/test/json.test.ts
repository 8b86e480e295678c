/** `--json` of every command that needs nobody else: one document, of the schema that the command table names. */
import path from 'node:path';
import type { Validator } from '@ar-registry/schemas';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COMMANDS, documentOf } from '../src/commands/index.ts';
import { createProject, type TestProject } from './support/project.ts';

const HELLO = '@acme/hello';
/** What would act on a terminal, or deceive who reads it. */
const HOSTILE = 'says \u001b[31mhello\u001b]0;title\u0007 \u009b2J \u202eolleh\u202c \u200bhidden\u007f';

/** In an order in which one makes what the next needs. */
const RUNS: readonly (readonly string[])[] = [
  ['search'],
  ['info', HELLO],
  ['readme', HELLO],
  ['stats', HELLO],
  ['install', `${HELLO}@1.0.0`],
  ['list'],
  ['list', '--available'],
  ['outdated'],
  ['update', '--dry-run'],
  ['update'],
  ['verify'],
  ['config', 'list', HELLO],
  ['config', 'set', HELLO, 'greeting', 'Hi'],
  ['config', 'get', HELLO, 'greeting'],
  ['config', 'unset', HELLO, 'greeting'],
  ['disable', HELLO],
  ['enable', HELLO],
  ['cache', 'list'],
  ['cache', 'prune'],
  ['cache', 'verify'],
  ['dist-tag', 'list', HELLO],
  ['owner', 'list', HELLO],
  ['doctor'],
  ['init', 'fresh', '--type', 'hook', '--name', '@acme/fresh'],
  ['validate', 'fresh'],
  ['completion', 'bash'],
  ['logout'],
  ['remove', HELLO],
];

let registry: ServedRegistry;
let project: TestProject;

beforeAll(async () => {
  const config = { required: [], optional: ['GREETING'] };
  registry = await serveRegistry([
    { manifest: { version: '1.0.0', description: HOSTILE, config } },
    { manifest: { version: '1.1.0', description: HOSTILE, config } },
  ]);
  project = createProject(registry, { AR_KEYCHAIN: 'off' });
});
afterAll(async () => {
  project[Symbol.dispose]();
  await registry[Symbol.asyncDispose]();
});

async function schemaOf(args: readonly string[]): Promise<Validator<unknown>> {
  const words = [args.slice(0, 2).join(' '), args[0]];
  const entry = words.map((name) => COMMANDS.find((command) => command.name === name)).find(Boolean);
  const document = documentOf(entry ?? { name: 'none' });
  const { validator } = (await import(`@ar-registry/schemas/validators/cli/${document}`)) as {
    validator: Validator<unknown>;
  };
  return validator;
}

it.each(RUNS.map((args) => [args.join(' '), args] as const))('%s', async (_name, args) => {
  const local = args.map((word) => (word === 'fresh' ? path.join(project.dir, word) : word));
  const { stdout, stderr } = await project.ar(...local, '--json');
  expect([(await schemaOf(args))(JSON.parse(stdout)).ok, stderr]).toEqual([
    true,
    expect.not.stringContaining('error['),
  ]);
  expect(stdout).toMatch(/^[\n\u0020-\u007e’…–]*$/);
});

it('is the same value as the registry says, whatever is in it', async () => {
  const { stdout } = await project.ar('search', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ plugins: [{ description: HOSTILE }] });
});
