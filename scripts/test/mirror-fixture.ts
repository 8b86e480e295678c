/** A signed registry on loopback whose server can be made to lie, and the program that mirrors it. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { createApiClient, type ApiClient } from '@ar-registry/io/api-client';
import type { MirrorOutput } from '@ar-registry/schemas';
import { validator as isMirrorOutput } from '@ar-registry/schemas/validators/cli/mirror';
import { execa } from 'execa';
import { afterAll, onTestFinished } from 'vitest';
import { runProgram } from '../src/program.ts';
import { CLOCK, testRegistry, type PluginOptions, type TestRegistry } from './registry-fixture.ts';

export interface Ran<T> {
  readonly exitCode: number;
  readonly output: T;
  readonly code: string | undefined;
}

export interface MirrorFixture {
  readonly folder: string;
  readonly url: string;
  /** SHA-256 of the first root. */
  readonly root: string;
  /** Paths that the origin was asked for since it was emptied. */
  readonly asked: string[];
  /** Answers in the origin's place, where it returns true. */
  intercept: ((file: string, response: http.ServerResponse) => boolean) | undefined;
  publish(...published: readonly Published[]): Promise<void>;
  /** Commits records or takes them away, builds and signs. */
  change(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  mirror(...args: readonly string[]): Promise<Ran<MirrorOutput>>;
  run(...args: readonly string[]): Promise<Ran<unknown>>;
  /** Serves a folder of the fixture. */
  serve(folder: string): Promise<string>;
}

export interface Published {
  readonly name: string;
  readonly version: string;
  readonly options?: PluginOptions;
}

const AUDIT: Published = { name: '@acme/audit', version: '1.0.0' };

/** Made once for each kind of registry: to build and sign one takes seconds, to copy it nothing. */
const templates = new Map<string, Promise<TestRegistry>>();

/** With `@acme/audit` 1.0.0 and `more` in it. */
export async function mirrorFixture(
  more: readonly Published[] = [],
  { signed = true }: { readonly signed?: boolean } = {},
): Promise<MirrorFixture> {
  const key = JSON.stringify([more, signed]);
  const made = templates.get(key) ?? makeTemplate([AUDIT, ...more], signed);
  templates.set(key, made);
  const template = await made;
  const folder = await mkdtemp(path.join(tmpdir(), 'ar-mirror-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(template.folder, folder, { recursive: true });
  const run = (...args: readonly string[]): Promise<Ran<unknown>> => runIn(folder, args);
  const state: { intercept: MirrorFixture['intercept'] } = { intercept: undefined };
  const asked: string[] = [];
  const url = await serveFolder(path.join(folder, 'site'), (file, response) => {
    asked.push(file);
    return state.intercept?.(file, response) ?? false;
  });
  const bare = path.join(folder, 'index.git');
  return {
    folder,
    url,
    root: await firstRoot(folder),
    asked,
    get intercept() {
      return state.intercept;
    },
    set intercept(next) {
      state.intercept = next;
    },
    publish: async (...published) => {
      for (const plugin of published) await publishInto(template, plugin);
      await execa('git', ['fetch', '--quiet', template.bare, '+main:main'], { cwd: bare });
      await renew(folder, signed);
    },
    change: async (files) => {
      await template.commit('change', new Map(Object.entries(files)));
      await execa('git', ['fetch', '--quiet', template.bare, '+change:main'], { cwd: bare });
      await renew(folder, signed);
    },
    mirror: async (...args) => {
      const ran = await run('mirror', url, '--out', 'mirror', ...args);
      if (ran.code === undefined && !isMirrorOutput(ran.output).ok) throw new Error(JSON.stringify(ran.output));
      return ran as Ran<MirrorOutput>;
    },
    run,
    serve: (name) => serveFolder(path.join(folder, name), () => false),
  };
}

async function makeTemplate(plugins: readonly Published[], signed: boolean): Promise<TestRegistry> {
  const registry = await testRegistry('', (remove) => afterAll(remove));
  const { folder } = registry;
  const record = { schemaVersion: 1, name: 'test', title: 'Test', ...(signed ? { trust: { bins: 16 } } : {}) };
  await registry.commit('next', new Map([['registry.yaml', stringifyRecord(record)]]));
  await registry.accept('next');
  for (const plugin of plugins) await publishInto(registry, plugin);
  await execa('git', ['clone', '--quiet', registry.bare, 'index'], { cwd: folder });
  if (signed) await succeed(runIn(folder, ['keys', 'init', '--index', 'index', '--keys', 'keys']));
  await renew(folder, signed);
  return registry;
}

async function renew(folder: string, signed: boolean): Promise<void> {
  const index = path.join(folder, 'index');
  await execa('git', ['pull', '--quiet', path.join(folder, 'index.git'), 'main'], { cwd: index });
  await succeed(runIn(folder, ['build', '--index', 'index@main', '--out', 'site']));
  if (signed) await succeed(runIn(folder, ['sign', '--site', 'site', '--index', 'index', '--keys', 'keys']));
}

async function publishInto(registry: TestRegistry, { name, version, options = {} }: Published): Promise<void> {
  await registry.commit('next', await registry.submission(name, version, options));
  await registry.accept('next');
}

/** A client as each command makes one, with what it trusts in `trusted`. */
export function clientOf(
  { folder, root }: MirrorFixture,
  registryUrl: string,
  { mirrors = [], trusted = 'trusted' }: { readonly mirrors?: readonly string[]; readonly trusted?: string } = {},
): ApiClient {
  return createApiClient({
    registryUrl,
    mirrors,
    userAgent: 'test',
    timeoutMs: 5000,
    trust: {
      folder: path.join(folder, trusted),
      writes: true,
      root,
      nowMs: () => CLOCK.nowMs(),
      freshWillDo: false,
      onFirstUse: () => undefined,
    },
  });
}

/** Path → content of every file of a folder that is served. */
export async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('.'))
    .toSorted();
  return new Map(
    await Promise.all(names.map(async (file) => [file, await readFile(path.join(folder, file), 'latin1')] as const)),
  );
}

async function runIn(folder: string, args: readonly string[]): Promise<Ran<unknown>> {
  let stdout = '';
  const context = { cwd: folder, clock: CLOCK, env: { AR_TOKEN: 'secret' }, signal: new AbortController().signal };
  const streams = { stdout: (text: string) => void (stdout += text), stderr: () => undefined };
  const exitCode = await runProgram([...args, '--json'], context, streams);
  const output = JSON.parse(stdout) as { readonly error?: { readonly code: string } };
  return { exitCode, output, code: output.error?.code };
}

async function succeed(ran: Promise<Ran<unknown>>): Promise<unknown> {
  const { exitCode, output } = await ran;
  if (exitCode !== 0) throw new Error(JSON.stringify(output));
  return output;
}

type Intercept = (file: string, response: http.ServerResponse) => boolean;

async function serveFolder(folder: string, intercept: Intercept): Promise<string> {
  const server = http.createServer((request, response) => {
    const file = decodeURIComponent((request.url ?? '').slice(1));
    if (intercept(file, response)) return;
    readFile(path.join(folder, file)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function firstRoot(folder: string): Promise<string> {
  const bytes = await readFile(path.join(folder, 'index/trust/1.root.json')).catch(() => Buffer.alloc(0));
  return createHash('sha256').update(bytes).digest('hex');
}
