/** A registry on loopback that writes down what it is told, and a user of it. */
import fs from 'node:fs';
import type http from 'node:http';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterEach, beforeEach, expect } from 'vitest';
import { createSandbox, type Ended, type Sandbox } from './ar.ts';

export const HELLO = '@acme/hello';
export const INSTALLED = `/t/v1/install?p=${HELLO}&v=1.0.0`;

interface Told {
  readonly line: string;
  readonly headers: readonly string[];
}

/** What there is anew for each test. */
export interface Listening {
  readonly registry: ServedRegistry;
  readonly sandbox: Sandbox;
  /** What the registry was told, in the order of arrival. */
  readonly told: readonly Told[];
}

let listening: Listening & { readonly told: Told[] };
let waiting: { readonly count: number; readonly arrived: () => void }[];

/** Makes the registry and its user before each test, and takes them away after it. @returns those of the test that runs */
export function listeningRegistry(): () => Listening {
  beforeEach(async () => {
    waiting = [];
    const registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
    listening = { registry, sandbox: createSandbox(), told: [] };
    registry.intercept = (request, response) => {
      if (!listen(request)) return false;
      response.writeHead(200, { 'content-length': 3, 'cache-control': 'no-store' }).end('ok\n');
      return true;
    };
    describeCollector(registry, 't/v1/');
  });
  afterEach(async () => {
    await senderEnded();
    await listening.registry[Symbol.asyncDispose]();
    listening.sandbox[Symbol.dispose]();
  });
  return () => listening;
}

/** Writes down a request that tells something. @returns whether it was one */
export function listen({ method, url = '', httpVersion, rawHeaders }: http.IncomingMessage): boolean {
  if (!url.startsWith('/t/')) return false;
  const { told } = listening;
  told.push({ line: `${method} ${url} HTTP/${httpVersion}`, headers: rawHeaders });
  for (const { count, arrived } of waiting) if (told.length >= count) arrived();
  return true;
}

/** Has the registry say where it wants to be told. */
export function describeCollector({ files }: ServedRegistry, telemetryUrl: string): void {
  const config = JSON.parse(String(Buffer.from(files.get(routes.config) ?? []))) as object;
  files.set(routes.config, Buffer.from(JSON.stringify({ ...config, telemetryUrl })));
}

/** Until the registry was told this often. */
export function toldTimes(count: number): Promise<void> {
  return new Promise((arrived) => {
    waiting.push({ count, arrived });
    if (listening.told.length >= count) arrived();
  });
}

/** Where the user keeps what is to be told. */
export const folder = (): string => path.join(listening.sandbox.home, '.agent-relay/plugins/telemetry');

/** Until no process in the background sends anything. */
export async function senderEnded(): Promise<void> {
  const marker = path.join(folder(), 'sending');
  if (!fs.existsSync(marker)) return;
  await new Promise<void>((resolve) => {
    const watcher = fs.watch(folder(), () => {
      if (fs.existsSync(marker)) return;
      watcher.close();
      resolve();
    });
    // It may have ended before anybody watched.
    if (!fs.existsSync(marker)) watcher.emit('change');
  });
}

/** `ar plugin …` with this registry alone. */
export const ar = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  listening.sandbox.ar(['plugin', ...args, '--registry', listening.registry.url], env);

export async function turnOn(): Promise<void> {
  expect((await ar(['telemetry', 'on'])).code).toBe(0);
}

/** The addresses that were asked for. */
export const lines = (): readonly string[] => listening.told.map(({ line }) => line.split(' ')[1] ?? '');
