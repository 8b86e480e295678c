// `await using` needs these types.
/// <reference lib="esnext.disposable" />
/**
 * Generated plugins, used as their authors use them: built by the real tsc, tested by the real Node.js, and, where the
 * npm registry answers, installed by the real npm.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { PluginType } from '@ar-registry/schemas';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderTemplate } from '../src/templates/index.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SDK = join(ROOT, 'packages/sdk');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const NODE = process.execPath;

beforeAll(() => run(NODE, [TSC, '--build', SDK], ROOT));

describe('a generated plugin with the tools of this repository', () => {
  const types: readonly PluginType[] = ['bridge', 'storage', 'memory', 'policy', 'hook', 'widget'];

  it.each(types)('builds, type-checks its tests and passes them: %s', async (type) => {
    await using folder = await generate(type);
    await linkModules(folder.path);
    await run(NODE, [TSC, '-p', '.'], folder.path);
    await run(NODE, [TSC, '-p', await testProject(folder.path)], folder.path);
    const { stdout } = await run(NODE, ['--test', '--test-reporter=tap'], folder.path);
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(stdout).toMatch(/^# pass [1-9]\d?$/m);
  });

  it.each(types)('exports one plugin as default from the module that its manifest names: %s', async (type) => {
    await using folder = await generate(type);
    await linkModules(folder.path);
    await run(NODE, [TSC, '-p', '.'], folder.path);
    const main = pathToFileURL(join(folder.path, 'dist/index.js')).href;
    const script = `const m = await import(${JSON.stringify(main)}); console.log(Object.keys(m) + ' ' + typeof m.default.onLoad)`;
    const { stdout } = await run(NODE, ['--input-type=module', '--eval', script], folder.path);
    expect(stdout.trim()).toBe('default function');
    expect(await readFile(join(folder.path, 'dist/index.js'), 'utf8')).not.toContain('@ar-registry');
  });
});

describe('a generated plugin with npm', () => {
  it.for<PluginType>(['bridge', 'hook'])(
    'installs, builds and passes its tests: %s',
    { timeout: 300_000 },
    async (type, { skip }) => {
      await using folder = await generate(type);
      const offline = await npmProblem(folder.path);
      skip(offline !== undefined, `The npm registry does not answer: ${offline}`);
      await npm(['install', '--no-audit', '--no-fund'], folder.path);
      await npm(['run', 'build'], folder.path);
      const { stdout } = await npm(['test'], folder.path);
      expect(stdout).toMatch(/fail 0$/m);
      expect(stdout).toMatch(/pass [1-9]\d?$/m);
    },
  );
});

async function generate(type: PluginType): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), `ar-template-${type}-`));
  for (const [file, text] of renderTemplate({ name: '@acme/example', type, sdkSpec: `file:${SDK}` })) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** What `npm install` would bring, from this repository. */
async function linkModules(folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules/@ar-registry'), { recursive: true });
  await mkdir(join(folder, 'node_modules/@types'));
  await symlink(SDK, join(folder, 'node_modules/@ar-registry/sdk'));
  await symlink(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
}

/** `tsc` of the plugin builds `src` alone; here the tests are checked by the same options. */
async function testProject(folder: string): Promise<string> {
  const project = join(folder, 'tsconfig.all.json');
  const compilerOptions = { noEmit: true, rootDir: '.', allowImportingTsExtensions: true };
  await writeFile(project, JSON.stringify({ extends: './tsconfig.json', compilerOptions, include: ['src', 'test'] }));
  return project;
}

/** Why npm cannot install from its registry, or undefined if it can. */
async function npmProblem(cwd: string): Promise<string | undefined> {
  try {
    await npm(['view', 'typescript', 'version', '--fetch-retries=0', '--fetch-timeout=10000'], cwd);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error);
  }
}

function npm(args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  return run('npm', args, cwd);
}

/** Runs a command with this Node.js first in PATH, without what the test runner set. Rejects with what it printed. */
async function run(command: string, args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  const { NODE_OPTIONS: _, NODE_ENV: __, ...environment } = process.env;
  const env = { ...environment, PATH: `${dirname(NODE)}${delimiter}${process.env['PATH'] ?? ''}` };
  try {
    return await promisify(execFile)(command, args, { cwd, env, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed in ${cwd}\n${stdout}\n${stderr}`, { cause: error });
  }
}
