/**
 * Four official plugins in an empty project, as a user would have them: installed from the registry that the index of this
 * repository makes, configured without a question, and run by `ar up`.
 */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { startPostgres, type PostgresServer } from '@ar-registry/testing/postgres';
import { Client } from 'pg';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../tools/browser.ts';
import type { RelayClient } from '../../tools/agent-relay/node_modules/agent-relay/dist/wrapper/client.js';
import { createSandbox, type Ended, type Sandbox, type Started } from './support/ar.ts';
import { makeIndex, mergeBranch, registryCommand } from './support/pipeline.ts';
import { createRelayProject, installRelay, printed, type InstalledRelay, type RelayProject } from './support/relay.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PLUGINS = ['postgres-storage', 'rbac-policy', 'audit-logger', 'message-analytics'];
/** As registry-index has it for the scope. */
const PUBLISHER = 'agentworkforce:185690482';

let relay: InstalledRelay;
let sandbox: Sandbox;
let database: PostgresServer;
let project: RelayProject;
let registry: http.Server;
let daemon: Started | undefined;

beforeAll(async () => {
  relay = installRelay();
  sandbox = createSandbox();
  project = createRelayProject(sandbox, relay);
  database = await startPostgres();
  await makeIndex(sandbox, filesOf(path.join(ROOT, 'registry-index')));
  for (const name of PLUGINS) await publishIfNew(name);
  registry = await serve(path.join(sandbox.dir, 'public'));
}, 240_000);
afterAll(async () => {
  daemon?.child.kill('SIGTERM');
  await daemon?.ended;
  registry.closeAllConnections();
  registry.close();
  await database[Symbol.asyncDispose]();
  sandbox[Symbol.dispose]();
  relay[Symbol.dispose]();
});

it('keeps messages, denies, audits and shows them', { timeout: 180_000 }, async () => {
  expect(fs.readdirSync(project.dir)).toEqual(['node_modules', 'package.json']);
  await ar('install', ...PLUGINS.map((name) => `@ar/${name}`), '--yes', '--registry', addressOf(registry));
  await configure();

  daemon = project.start(['up', '--no-dashboard'], secrets());
  const text = await printed(daemon, WIDGETS);
  const socket = /^Socket: +(\S+)$/m.exec(text)?.[1] ?? '';
  const [alice, mallory, bob] = await Promise.all(['Alice', 'Mallory', 'Bob'].map((name) => connect(socket, name)));
  if (!alice || !mallory || !bob) throw new Error('Three clients were to connect.');
  const browser = await openBrowser();
  const page = await browser.newPage();
  await page.goto(WIDGETS.exec(text)?.[1] ?? '');

  alice.client.sendMessage('Bob', 'the tests pass');
  await bob.received('the tests pass');
  bob.client.sendMessage('Alice', 'then ship it');
  await alice.received('then ship it');
  mallory.client.sendMessage('Bob', 'give me the keys');
  // Told to its sender, and to nobody else.
  await mallory.received(/^Your message to Bob was not delivered: Mallory is on leave/);
  expect(bob.bodies).toEqual(['the tests pass']);

  await expect.poll(rows, { timeout: 20_000 }).toEqual([
    { sender: 'Alice', recipient: 'Bob', body: 'the tests pass' },
    { sender: 'Bob', recipient: 'Alice', body: 'then ship it' },
  ]);
  await expect.poll(() => shown(page, 'Messages'), { timeout: 20_000 }).toMatch(/^Messages\s+3\s+in 60 min$/);
  await expect.poll(() => shown(page, 'Why deliveries failed')).toMatch(/denied by a policy or a hook\s+1\b/);
  await browser.close();
  for (const { client } of [alice, mallory, bob]) client.destroy();
  const health = await ar('health', '--json');
  expect(JSON.parse(health.stdout)).toMatchObject({ plugins: PLUGINS.map(() => ({ state: 'healthy' })) });
  daemon.child.kill('SIGTERM');
  expect((await daemon.ended).code).toBe(0);

  const log = findLog();
  const lines = fs
    .readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ event: 'message', from: 'Alice', to: 'Bob', body: 'the tests pass' }),
      expect.objectContaining({
        event: 'denied',
        from: 'Mallory',
        deniedTo: ['Bob'],
        deniedBy: '@ar/rbac-policy',
        body: 'give me the keys',
      }),
    ]),
  );
  expect(await verify(log)).toContain(`whole: numbers 1 to ${lines.length}`);
});

/** What `ar up` says of the page. */
const WIDGETS = /^\[plugins\] widgets (http:\S+)$/m;

async function configure(): Promise<void> {
  project.write(
    'policy.yaml',
    `version: 1
roles:
  agent: { rules: [{ allow: message, targets: '*' }] }
  absent: { rules: [{ deny: message, targets: '*', reason: Mallory is on leave }] }
agents: [{ match: Mallory, roles: [absent] }, { match: '*', roles: [agent] }]
`,
  );
  await ar('config', 'set', '@ar/rbac-policy', 'RBAC_POLICY_FILE', 'policy.yaml');
  await ar('config', 'set', '@ar/postgres-storage', 'POSTGRES_SCHEMA', 'relay');
  await ar('config', 'set', '@ar/audit-logger', 'AUDIT_MAX_FILES', '5');
  await ar('config', 'set', '@ar/message-analytics', 'ANALYTICS_SAVE_SECONDS', '1');
}

/** What no file of the project holds. */
function secrets(): Readonly<Record<string, string>> {
  return { DATABASE_URL: database.url, AUDIT_CHAIN_KEY: CHAIN_KEY };
}

const CHAIN_KEY = '0123456789abcdef'.repeat(4);

/** `ar plugin …` in the project, with nobody to answer questions. */
async function ar(...args: readonly string[]): Promise<Ended> {
  const env = { ...project.env, ...secrets(), ...npmSettings() };
  const ended = await sandbox.ar(['plugin', ...args, '--project', project.dir], env);
  if (ended.code !== 0) throw new Error(`ar plugin ${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
  return ended;
}

/** npm dependencies come from where those of this repository came from, and mostly from the cache that they left. */
function npmSettings(): Readonly<Record<string, string>> {
  const home = os.homedir();
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      /^(?:npm_config_\w+|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    npm_config_userconfig: path.join(home, '.npmrc'),
    npm_config_cache: path.join(home, '.npm'),
    ...Object.fromEntries(own),
    npm_config_prefer_offline: 'true',
  };
}

function filesOf(folder: string): ReadonlyMap<string, Uint8Array> {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, file), fs.readFileSync(file)] as const;
    }),
  );
}

/** A version that the index does not have yet comes into it as any does. */
async function publishIfNew(name: string): Promise<void> {
  const source = path.join(ROOT, 'plugins', name);
  const { version } = JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8')) as { version: string };
  if (fs.existsSync(path.join(ROOT, 'registry-index/plugins/@ar', name, 'versions', `${version}.yaml`))) return;
  await promisify(execFile)(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '--build', source]);
  const folder = path.join(sandbox.dir, 'plugins', name);
  fs.cpSync(source, folder, { recursive: true, filter: (file) => path.basename(file) !== 'node_modules' });
  const published = await sandbox.ar(
    ['plugin', 'publish', folder, '--index', 'index.git', '--as', PUBLISHER],
    npmSettings(),
  );
  if (published.code !== 0) throw new Error(published.stdout + published.stderr);
  await mergeBranch(sandbox, `publish/ar/${name}/${version}`);
}

/** Builds the static API of the index, and serves it as any server of files would. */
async function serve(folder: string): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    const file = path.join(folder, decodeURIComponent(new URL(request.url ?? '', 'http://x').pathname));
    if (!fs.existsSync(file) || !fs.statSync(file).isFile()) response.writeHead(404).end();
    else fs.createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const where = ['--index', 'index.git@main', '--out', folder, '--base-url', addressOf(server)];
  const built = await registryCommand(sandbox, 'build', ...where, '--strict');
  if (built.code !== 0) throw new Error(built.stdout + built.stderr);
  return server;
}

function addressOf(server: http.Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Connected {
  readonly client: RelayClient;
  /** Of all messages that came, in order. */
  readonly bodies: readonly string[];
  received(body: string | RegExp): Promise<void>;
}

async function connect(socketPath: string, agentName: string): Promise<Connected> {
  const url = pathToFileURL(path.join(relay.modules, 'agent-relay/dist/wrapper/client.js')).href;
  const { RelayClient: Real } = (await import(/* @vite-ignore */ url)) as { RelayClient: typeof RelayClient };
  const client = new Real({ socketPath, agentName, quiet: true, reconnect: false });
  const bodies: string[] = [];
  const waiting = new Set<() => void>();
  client.onMessage = (_from, { body }) => {
    bodies.push(body);
    for (const check of waiting) check();
  };
  await client.connect();
  return {
    client,
    bodies,
    received: (wanted) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (bodies.some((body) => (typeof wanted === 'string' ? body === wanted : wanted.test(body)))) resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}

async function rows(): Promise<readonly object[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    // Besides agent-relay's own messages about channels.
    const { rows: found } = await client.query<object>(
      `SELECT sender, recipient, body FROM relay.messages WHERE sender IN ('Alice', 'Bob', 'Mallory') ORDER BY ts`,
    );
    return found;
  } finally {
    await client.end();
  }
}

/** The text of a display of the widgets' page, by its title. */
function shown(page: Page, title: string): Promise<string> {
  return page.locator('article', { has: page.getByRole('heading', { name: title, exact: true }) }).innerText();
}

function findLog(): string {
  const [log = ''] = fs.globSync('**/ar__audit-logger/audit.log', { cwd: sandbox.dir });
  return path.join(sandbox.dir, log);
}

async function verify(log: string): Promise<string> {
  const [program = ''] = fs.globSync('**/dist/verify.js', { cwd: path.join(sandbox.dir, 'data') });
  const run = promisify(execFile)(process.execPath, [path.join(sandbox.dir, 'data', program)], {
    env: { AUDIT_CHAIN_KEY: CHAIN_KEY },
  });
  run.child.stdin?.end(fs.readFileSync(log));
  return (await run).stdout;
}
