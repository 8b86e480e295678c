/** What `ar plugin init` writes, built by the real tsc, loads into the real daemon. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseManifest } from '@ar-registry/core/manifest';
import type { PluginType } from '@ar-registry/schemas';
import { renderTemplate } from '@ar-registry/sdk/templates';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, removeWorkDir } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay } from './support/relay.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const TYPES: readonly PluginType[] = ['bridge', 'storage', 'memory', 'policy', 'hook', 'widget'];

const project = createProject();

beforeAll(async () => {
  silenceRelay();
  await promisify(execFile)(process.execPath, [TSC, '--build', join(ROOT, 'packages/sdk')]);
  await Promise.all(TYPES.map(build));
});
afterAll(removeWorkDir);

async function build(type: PluginType): Promise<void> {
  for (const [path, text] of renderTemplate({ name: `@acme/${type}-example`, type, sdkSpec: 'file:sdk' }))
    project.write(join(type, path), text);
  const modules = join(project.dir, type, 'node_modules');
  mkdirSync(join(modules, '@ar-registry'), { recursive: true });
  mkdirSync(join(modules, '@types'));
  symlinkSync(join(ROOT, 'packages/sdk'), join(modules, '@ar-registry/sdk'));
  symlinkSync(join(ROOT, 'node_modules/@types/node'), join(modules, '@types/node'));
  await promisify(execFile)(process.execPath, [TSC, '-p', join(project.dir, type)]);
  // What is packed has none, and links are not for a sandbox.
  rmSync(modules, { recursive: true });
}

test.each(TYPES)('the manifest of the template is valid: %s', (type) => {
  const { findings } = parseManifest(readFileSync(join(project.dir, type, 'ar-plugin.yaml'), 'utf8'), 'ar-plugin.yaml');
  expect(findings).toEqual([]);
});

test.each([
  ['in the daemon’s process', 'none'],
  ['in processes of their own', 'process'],
])('the templates of all six types load together %s, and a message passes', async (_, isolation) => {
  project.write(
    'ar.config.json',
    JSON.stringify({ plugins: TYPES.map((type) => ({ name: `./${type}`, isolation, loadTimeoutMs: 30_000 })) }),
  );
  await using relay = await startTestRelay(project, { env: { TARGET_URL: 'http://127.0.0.1:9/' } });
  expect(relay.loader.getLoaded()).toMatchObject(TYPES.map((type) => ({ type, status: 'active' })));
  const alice = await relay.connect('Alice');
  const received = nextMessage(await relay.connect('Bob'));
  alice.sendMessage('Bob', 'hello');
  expect((await received).body).toBe('hello');
  const health = await relay.loader.health();
  expect(health.map((one) => [one.health?.status, one.sandbox !== undefined])).toEqual(
    TYPES.map(() => ['healthy', isolation === 'process']),
  );
});
