/** What a client asks that has most of it: the signed state says what changed, so nothing else is asked for. */
import { routes } from '@ar-registry/core/layout';
import { serveRegistry, type ServedRegistry, type TestPlugin } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSandbox, type Ended, type Sandbox } from './support/ar.ts';
import { signServed } from './support/sign-served.ts';

const NAMES = Array.from({ length: 25 }, (_, index) => `@acme/plugin-${index}`);
const CHANGED = NAMES[7] ?? '';

let registry: ServedRegistry;
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = createSandbox();
  registry = await serveRegistry(versions());
  await signServed(registry, sandbox);
  await ok('install', ...NAMES, '--yes');
  await ok('outdated');
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  sandbox[Symbol.dispose]();
});

function versions(...more: readonly TestPlugin[]): readonly TestPlugin[] {
  return [...NAMES.map((name) => ({ manifest: { name, version: '1.0.0' } })), ...more];
}

/** The registry publishes something, and nothing else changes. */
async function publish(...more: readonly TestPlugin[]): Promise<void> {
  await using next = await serveRegistry(versions(...more));
  for (const [file, bytes] of next.files) registry.files.set(file, bytes);
  await signServed(registry, sandbox);
}

const ar = (...args: readonly string[]): Promise<Ended> => sandbox.ar(['plugin', ...args, '--registry', registry.url]);

async function ok(...args: readonly string[]): Promise<Ended> {
  const ended = await ar(...args);
  if (ended.code !== 0) throw new Error(ended.stderr);
  return ended;
}

/** The routes that a command asks for. */
async function asked(...args: readonly string[]): Promise<readonly string[]> {
  registry.requests.length = 0;
  await ok(...args);
  return registry.requests.map((route) => route.replace(/\/\d+\./, '/N.'));
}

it.each([['outdated'], ['update', '--yes']])(
  '%s asks one thing about 25 plugins of which none has changed',
  async (...args) => {
    expect(await asked(...args)).toEqual([`${routes.trust}/timestamp.json`]);
  },
);

it('asks for one plugin where one has changed, and for its part of the signed state', async () => {
  await publish({ manifest: { name: CHANGED, version: '1.1.0' } }, { manifest: { name: '@other/thing' } });
  const routesAsked = await asked('outdated');
  expect(routesAsked.filter((route) => route.includes('/plugins/'))).toEqual([routes.plugin(CHANGED)]);
  const trust = routesAsked.filter((route) => route.startsWith(`${routes.trust}/`));
  expect(trust.filter((route) => !/\/(?:timestamp|N\.root|N\.snapshot|N\.bin-[0-9a-f]+)\.json$/.test(route))).toEqual(
    [],
  );
  // A newer root is always asked for. Bins have several files each: those of what changed, lists and search among them.
  expect(trust.filter((route) => route.includes('bin-')).length).toBeLessThan(NAMES.length / 2);
  expect(await asked('outdated')).toEqual([`${routes.trust}/timestamp.json`]);
});
