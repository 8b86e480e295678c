/**
 * One way out of the sandbox, tried on every runtime. The plugin makes its attempts; what counts is what happened outside:
 * the secret was not read, nothing outside changed, agents still reach each other. And what is allowed must work in the
 * same plugin at the same time, or the test would pass for a plugin that cannot do anything.
 */
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeWorkDir } from './project.ts';
import { nextMessage, silenceRelay, type TestRelay } from './relay.ts';
import { plantPlugin, RUNTIMES, type Attempted, type SandboxedPlugin, type SandboxedSource } from './sandbox.ts';

/** A folder that the plugin has no business in. */
export interface Outside {
  readonly dir: string;
  /** A file in it. */
  readonly secretFile: string;
  /** What the file says. */
  readonly secret: string;
}

export interface Escape extends Omit<SandboxedSource, 'attempts' | 'files' | 'node' | 'prepare'> {
  /** Source of a module that exports `attempts`; the one called `control` is allowed and returns `works`. */
  readonly attempts: (outside: Outside, runtime: { readonly node: string }) => string;
  /** More files of the package. */
  readonly files?: Files | ((outside: Outside) => Files);
  readonly prepare?: (places: { readonly packageDir: string; readonly outside: Outside }) => void;
  /** What attempts may return; all others, but for `control`, must throw. */
  readonly returns?: Readonly<Record<string, unknown>>;
  /** Facts about what happened outside besides. */
  readonly observe?: (seen: Seen) => unknown;
  /** What they must be. */
  readonly observed?: unknown;
}

type Files = Readonly<Record<string, string>>;

export interface Seen {
  readonly results: Readonly<Record<string, Attempted>>;
  readonly planted: SandboxedPlugin;
  readonly outside: Outside;
  readonly node: string;
}

/** Defines the tests of one way out. @param title says what does not happen */
export function escapeTest(title: string, escape: Escape): void {
  beforeAll(silenceRelay);
  afterAll(removeWorkDir);
  test.each(RUNTIMES)(`${title} (%s)`, async (_, node) => {
    using outside = makeOutside();
    const before = contentsOf(outside.dir);
    const { attempts, files = {}, prepare, returns = {}, observe, observed, ...source } = escape;
    await using planted = await plantPlugin({
      ...source,
      node,
      attempts: attempts(outside, { node }),
      files: typeof files === 'function' ? files(outside) : files,
      prepare: ({ packageDir }) => prepare?.({ packageDir, outside }),
    });
    const results = await planted.attempt();
    expect(JSON.stringify(results)).not.toContain(outside.secret);
    expect(contentsOf(outside.dir)).toEqual(before);
    expect(shorten(results, returns)).toEqual({
      ...mapValues(results, () => 'refused'),
      ...mapValues(returns, (returned) => ({ returned })),
      control: { returned: 'works' },
    });
    expect(await observe?.({ results, planted, outside, node })).toEqual(observed);
    await expectTraffic(planted.relay);
  });
}

/** What was thrown differs between runtimes; what was returned never may be forgotten. */
function shorten(results: Readonly<Record<string, Attempted>>, returns: object): Readonly<Record<string, unknown>> {
  return mapValues(results, (result, name) =>
    'threw' in result && !Object.hasOwn(returns, name) ? 'refused' : result,
  );
}

function mapValues<T>(
  values: Readonly<Record<string, T>>,
  map: (value: T, name: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]));
}

/** Agents reach each other. */
export async function expectTraffic(relay: TestRelay): Promise<void> {
  const name = `Alice${randomUUID().slice(0, 8)}`;
  const alice = await relay.connect(name);
  const received = nextMessage(alice);
  (await relay.connect(`Bob${randomUUID().slice(0, 8)}`)).sendMessage(name, 'still here');
  expect((await received).body).toBe('still here');
}

/** A folder with a secret, removed at the end of its scope. */
export function makeOutside(): Outside & Disposable {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'ar-outside-')));
  const secret = `secret-${randomUUID()}`;
  const secretFile = join(dir, 'secret.txt');
  writeFileSync(secretFile, secret);
  return { dir, secret, secretFile, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

function contentsOf(dir: string): readonly (readonly [string, string])[] {
  return readdirSync(dir)
    .toSorted()
    .map((name) => [name, readFileSync(join(dir, name), 'utf8')]);
}
