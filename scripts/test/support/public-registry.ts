/** A small registry built into a folder, with something at every address, for what serves it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexPaths } from '@ar-registry/core/layout';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { build } from '../../src/stages/build/index.ts';
import { writeQueue } from '../../src/stages/queue/index.ts';
import { makeReports } from '../../src/stages/reports/index.ts';
import { ADA, CLOCK, EVE, testRegistry, type PluginOptions } from '../registry-fixture.ts';

const HOOK: PluginOptions = { manifest: { type: 'hook', tags: ['zoo'], hooks: { onMessage: true } } };
const PLUGINS: readonly (readonly [string, string, PluginOptions])[] = [
  ['@acme/hello', '1.0.0', {}],
  ['@acme/hello', '1.1.0', { first: false }],
  ['@acme/other', '0.1.0', {}],
  ['@zoo/hook', '2.0.0', HOOK],
];

const AT = '2026-05-01T00:00:00Z';
const RECORDS: Readonly<Record<string, object>> = {
  [indexPaths.scope('zoo')]: { schemaVersion: 1, scope: 'zoo', level: 'community', owners: [ADA] },
  [indexPaths.advisory('AR-2026-0001')]: {
    schemaVersion: 1,
    id: 'AR-2026-0001',
    modified: AT,
    summary: 'Sends tokens to a stranger.',
    affected: [{ package: { ecosystem: 'AgentRelay', name: '@acme/hello' }, versions: ['1.0.0'] }],
    action: 'warn',
  },
  [indexPaths.review('@acme/hello', EVE.login)]: {
    schemaVersion: 1,
    stars: 4,
    version: '1.1.0',
    text: 'It says hello.',
    author: EVE,
    writtenAt: AT,
  },
};
const STATS = {
  schemaVersion: 1,
  day: '2026-05-30',
  ciDownloads: {},
  events: {},
  downloads: { '@acme/hello': { '1.0.0': 3, '1.1.0': 40 } },
};

/** `@acme/hello` 1.0.0 and 1.1.0, `@acme/other`, and `@zoo/hook`, a hook with the tag `zoo`. @returns the built folder */
export async function buildPublicRegistry(resources: AsyncDisposableStack): Promise<string> {
  const registry = await testRegistry('', (remove) => resources.defer(remove));
  const files = new Map<string, Uint8Array | string>([[indexPaths.dailyStats(STATS.day), JSON.stringify(STATS)]]);
  for (const [path, record] of Object.entries(RECORDS)) files.set(path, stringifyRecord(record));
  for (const [name, version, options] of PLUGINS)
    for (const [path, content] of await registry.submission(name, version, options)) files.set(path, content);
  await registry.commit('main', files);
  const source = { repository: registry.bare, revision: 'main' };
  const out = await mkdtemp(join(tmpdir(), 'ar-built-'));
  resources.defer(() => rm(out, { recursive: true, force: true, maxRetries: 5 }));
  const reports = join(registry.folder, 'reports');
  const ports = { clock: CLOCK, advisories: undefined, signal: new AbortController().signal };
  await makeReports({ source, out: reports, allowLoopback: false }, ports);
  await build({ source, out, reports, baseUrl: 'https://plugins.example.com/' });
  await writeQueue(out, { kind: 'git', url: registry.bare, into: 'main' }, { clock: CLOCK });
  return out;
}
