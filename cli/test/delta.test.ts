/**
 * What a client asks that has most of it. The signed state says what changed, so nothing else is asked for; of a registry
 * that is not signed, digests of its documents say it (packages/io/test/delta.test.ts).
 */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { serveRegistry, type ServedRegistry, type TestPlugin } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Ended, type Sandbox } from './support/ar.ts';
import { signServed } from './support/sign-served.ts';

const NAMES = Array.from({ length: 25 }, (_, index) => `@acme/plugin-${index}`);
const CHANGED = NAMES[7] ?? '';

let registry: ServedRegistry;
let sandbox: Sandbox;

/** A user who has installed 25 plugins. */
async function meet({ isSigned }: { readonly isSigned: boolean }): Promise<void> {
  sandbox = createSandbox();
  registry = await serveRegistry(versions());
  if (isSigned) await signServed(registry, sandbox);
  await ok('install', ...NAMES, '--yes');
}

async function leave(): Promise<void> {
  await registry[Symbol.asyncDispose]();
  sandbox[Symbol.dispose]();
}

function versions(...more: readonly TestPlugin[]): readonly TestPlugin[] {
  return [...NAMES.map((name) => ({ manifest: { name, version: '1.0.0' } })), ...more];
}

/** The registry publishes something, and nothing else changes. */
async function publish(...more: readonly TestPlugin[]): Promise<void> {
  await using next = await serveRegistry(versions(...more));
  for (const [file, bytes] of next.files) registry.files.set(file, bytes);
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

const PUBLISHED = [{ manifest: { name: CHANGED, version: '1.1.0' } }, { manifest: { name: '@other/thing' } }];
/** What says that there is nothing, and what says nothing. */
const LIES = ['{"schemaVersion":1,"documents":0,"digests":""}', '{"schemaVersion":1}'];

describe('a signed registry', () => {
  beforeAll(() => meet({ isSigned: true }));
  afterAll(leave);

  it.each([['outdated'], ['update', '--yes'], ['install', ...NAMES, '--yes']])(
    'is asked one thing by %s about 25 plugins of which none has changed, also by who asks for the first time',
    async (...args) => {
      expect(await asked(...args)).toEqual([`${routes.trust}/timestamp.json`]);
    },
  );

  it('is asked for one plugin where one has changed, and for its part of the signed state', async () => {
    const head = registry.files.get(routes.changesHead);
    await publish(...PUBLISHED);
    await signServed(registry, sandbox);
    // Whatever is served beside what is signed: nobody looks at it.
    if (head) registry.files.set(routes.changesHead, head);
    const routesAsked = await asked('outdated');
    expect(routesAsked.filter((route) => route.includes('/plugins/'))).toEqual([routes.plugin(CHANGED)]);
    const trust = routesAsked.filter((route) => route.startsWith(`${routes.trust}/`));
    expect(trust.filter((route) => !/\/(?:timestamp|N\.root|N\.snapshot|N\.bin-[0-9a-f]+)\.json$/.test(route))).toEqual(
      [],
    );
    expect(routesAsked).not.toContain(routes.changesHead);
    // A newer root is always asked for. Bins have several files each: those of what changed, lists and search among them.
    expect(trust.filter((route) => route.includes('bin-')).length).toBeLessThan(NAMES.length / 2);
    expect(await asked('outdated')).toEqual([`${routes.trust}/timestamp.json`]);
  });

  it('is believed, and not digests that are served beside what is signed', async () => {
    for (const lie of LIES) {
      registry.files.set(routes.changesHead, Buffer.from(lie));
      expect(await asked('outdated')).toEqual([`${routes.trust}/timestamp.json`]);
    }
    expect((await ok('outdated')).stdout).toContain('1.1.0');
  });
});

describe('a registry that is not signed any more', () => {
  beforeAll(() => meet({ isSigned: true }));
  afterAll(leave);

  it('is refused after a few questions, and not after some for each plugin', async () => {
    for (const file of registry.files.keys()) if (file.startsWith(`${routes.trust}/`)) registry.files.delete(file);
    registry.requests.length = 0;
    expect((await ar('outdated')).code).toBe(3);
    expect(registry.requests.length).toBeLessThanOrEqual(4);
  });
});

describe('a registry that is not signed', () => {
  beforeAll(() => meet({ isSigned: false }));
  afterAll(leave);

  it.each([['outdated'], ['update', '--yes'], ['install', ...NAMES, '--yes']])(
    'is asked one thing by %s about 25 plugins of which none has changed, also by who asks for the first time',
    async (...args) => {
      expect(await asked(...args)).toEqual([routes.changesHead]);
    },
  );

  it('is asked for one plugin where one has changed', async () => {
    await publish(...PUBLISHED);
    expect(await asked('outdated')).toEqual([routes.changesHead, routes.plugin(CHANGED)]);
    expect(await asked('outdated')).toEqual([routes.changesHead]);
    expect((await ok('outdated')).stdout).toContain('1.1.0');
  });

  it.each(LIES)('is asked for each plugin where it says %s', async (lie) => {
    registry.files.set(routes.changesHead, Buffer.from(lie));
    expect((await asked('outdated')).length).toBe(NAMES.length + 2);
    expect((await ok('outdated')).stdout).toContain('1.1.0');
  });

  it('is asked for each plugin by who has kept nothing, as after a clone, and for one thing then', async () => {
    await publish();
    fs.rmSync(path.join(sandbox.home, '.agent-relay/plugins/cache'), { recursive: true });
    const cold = await asked('outdated');
    expect(cold.toSorted()).toEqual([routes.advisories, routes.config, ...NAMES.map(routes.plugin)].toSorted());
    expect(await asked('outdated')).toEqual([routes.changesHead]);
  });

  it('is asked nothing by who works offline', async () => {
    expect(await asked('outdated', '--offline')).toEqual([]);
  });
});
