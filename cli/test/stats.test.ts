/** `stats` against a registry on loopback: one that counted, one that did not, and what it may not say. */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { toCsv } from '@ar-registry/core/stats';
import { eventAddress } from '@ar-registry/core/telemetry';
import type { StatsPluginDocument } from '@ar-registry/schemas';
import { validator as isStats } from '@ar-registry/schemas/validators/cli/plugin-stats';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { registryCommand } from './support/pipeline.ts';

const HELLO = '@acme/hello';
const STATS: StatsPluginDocument = {
  schemaVersion: 1,
  name: HELLO,
  total: 100,
  lastWeek: 20,
  last30Days: 60,
  last90Days: 90,
  ci: 0,
  daily: { '2026-11-20': 20 },
  versions: { '1.0.0': { total: 100, last30Days: 60 } },
  activeInstallations: 35,
};
const TABLE = toCsv(['day', 'version', 'downloads', 'loads'], [['2026-11-20', '1.0.0', 20, 7]]);

let registry: ServedRegistry;
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = createSandbox();
  registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  sandbox[Symbol.dispose]();
});

const ar = (...args: readonly string[]): Promise<Ended> =>
  sandbox.ar(['plugin', 'stats', ...args], { AR_REGISTRY: registry.url });

function put(route: string, content: object | string): void {
  registry.files.set(route, Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)));
}

it('shows what was counted, to people, to programs and to spreadsheets', async () => {
  put(routes.statsPlugin(HELLO), STATS);
  put(routes.statsPluginTable(HELLO), TABLE);
  const { code, stdout } = await ar(HELLO);
  expect([code, /30 days +60/.test(stdout), /Active installations +35/.test(stdout)]).toEqual([0, true, true]);
  const document: unknown = JSON.parse((await ar(HELLO, '--json')).stdout);
  expect([isStats(document).ok, document]).toEqual([true, { schemaVersion: 1, name: HELLO, stats: STATS }]);
  expect((await ar(HELLO, '--csv')).stdout).toBe(TABLE.replaceAll('\r', ''));
});

it('says so, and why, where nothing is known', async () => {
  expect(await ar(HELLO)).toMatchObject({ code: 0, stdout: expect.stringContaining('has not counted yet') });
  const document: unknown = JSON.parse((await ar(HELLO, '--json')).stdout);
  expect([isStats(document).ok, document]).toEqual([true, { schemaVersion: 1, name: HELLO }]);
  expect(errorCode(await ar('@acme/nobody'))).toBe('PLUGIN_NOT_FOUND');
  expect(errorCode(await ar('hello'))).toBe('SPEC_INVALID');
});

const LIES: Readonly<Record<string, readonly [route: string, content: string | object, ...options: string[]]>> = {
  'a document of another form': [routes.statsPlugin(HELLO), { ...STATS, errorRate: 7 }],
  'the document of another plugin': [routes.statsPlugin(HELLO), { ...STATS, name: '@acme/other' }],
  'no JSON': [routes.statsPlugin(HELLO), '<html>'],
  'a table with a formula': [routes.statsPluginTable(HELLO), `${TABLE}=cmd(),1.0.0,1\r\n`, '--csv'],
  'a table that acts on the terminal': [routes.statsPluginTable(HELLO), `${TABLE}2026-11-20,\u001b[2J,1\r\n`, '--csv'],
};

it.each(Object.entries(LIES))(
  'takes nothing from a registry that says %s',
  async (_title, [route, content, ...options]) => {
    put(route, content);
    const ended = await ar(HELLO, ...options);
    expect([errorCode(ended), ended.stdout]).toEqual(['REGISTRY_RESPONSE_INVALID', '']);
  },
);

/** As many lines of an access log, each of another client. */
function requests(count: number, target: string): readonly string[] {
  return Array.from(
    { length: count },
    (_, client) => `192.0.2.${client} - - [20/Nov/2025:10:00:00 +0000] "GET ${target} HTTP/1.1" 200 5 "-" "ar/1"\n`,
  );
}

it('shows what a registry counted from its logs', async () => {
  const at = (...parts: readonly string[]): string => path.join(sandbox.dir, ...parts);
  fs.cpSync(new URL('../../registry-index', import.meta.url), at('index'), { recursive: true });
  const plugin = { name: '@ar/webhook-bridge', version: '1.1.0' } as const;
  const lines = [
    ...requests(40, `/${routes.download(plugin.name, plugin.version)}`),
    ...requests(30, `/t/v1/${eventAddress({ kind: 'active', ...plugin })}`),
    ...requests(95, `/t/v1/${eventAddress({ kind: 'load', ...plugin, ms: 100 })}`),
    ...requests(5, `/t/v1/${eventAddress({ kind: 'error', ...plugin })}`),
  ];
  fs.writeFileSync(at('access.log'), lines.join(''));
  for (const args of [
    ['stats', 'collect', '--index', at('index'), '--logs', at('access.log'), '--memory', '256'],
    ['build', '--index', at('index'), '--out', at('out')],
  ])
    expect(await registryCommand(sandbox, ...args)).toMatchObject({ code: 0 });
  const { code, stdout } = await sandbox.ar(['plugin', 'stats', plugin.name], { AR_REGISTRY: at('out') });
  expect(code).toBe(0);
  for (const fact of [
    /through 2025-11-20/,
    /30 days +40 /,
    /installations +30/,
    /rate +5\.00 %  of 100 starts/,
    /time +75 ms/,
    /1\.1\.0 +█+ +100\.0 %/,
  ])
    expect(stdout).toMatch(fact);
});
