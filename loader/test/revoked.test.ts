/** What a registry revoked, as the loader meets it: by the list that the CLI kept, without a network. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createAdvisoryStore } from '@ar-registry/io/advisories';
import type { AdvisoryEntry } from '@ar-registry/schemas';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createProject, dataDir, removeWorkDir, type TestProject } from './support/project.ts';
import { silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';

const REGISTRY = 'http://127.0.0.1/';
const NAME = '@acme/hello';
const KEPT = join(dataDir, 'plugins', 'advisories');
const FILE = join(KEPT, `${encodeURIComponent(REGISTRY)}.json`);

beforeAll(silenceRelay);
afterAll(removeWorkDir);
beforeEach(() => rmSync(KEPT, { recursive: true, force: true }));

const advisory = (changes: Partial<AdvisoryEntry> = {}): AdvisoryEntry => ({
  id: 'AR-2026-0001',
  plugin: NAME,
  affected: { ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '1.1.0' }] }] },
  action: 'block-load',
  reason: 'Sends tokens to a stranger.',
  replacement: `${NAME}@1.1.0`,
  modified: '2026-05-01T00:00:00Z',
  ...changes,
});

const keep = (...advisories: readonly AdvisoryEntry[]): Promise<void> =>
  createAdvisoryStore(dataDir).keep(REGISTRY, { schemaVersion: 1, advisories: [...advisories] });

/** A project with the plugin that is spoken of, and another one. */
async function projectOf(): Promise<TestProject> {
  const project = createProject();
  await project.install({ name: NAME, code: 'globalThis.loaded = true; export default {};' });
  await project.install({ name: '@acme/other', code: 'export default {};' });
  project.write('ar.config.json', JSON.stringify({ plugins: [NAME, '@acme/other'] }));
  return project;
}

const statuses = (relay: TestRelay): readonly string[] => relay.loader.getLoaded().map(({ status }) => status);
const logOf = (relay: TestRelay): string => {
  const file = join(dirname(relay.socketPath), 'plugins', 'logs', 'loader.log');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

test('a version that is block-load is not loaded, and the others are', async () => {
  await keep(advisory());
  await using relay = await startTestRelay(await projectOf());
  expect(statuses(relay)).toEqual(['error', 'active']);
  expect(relay.loader.getLoaded()[0]).toMatchObject({ version: '1.0.0', error: { code: 'VERSION_REVOKED' } });
  expect(relay.loader.getLoaded()[0]?.error?.remedy).toContain(`${NAME}@1.1.0`);
  expect(globalThis).not.toHaveProperty('loaded');
});

test.each([
  ['block-install', { action: 'block-install' }],
  ['warn', { action: 'warn' }],
  ['about other versions', { affected: { versions: ['1.0.1'] } }],
] as const)('a version of which an advisory is %s is loaded', async (_title, changes) => {
  await keep(advisory(changes as Partial<AdvisoryEntry>));
  await using relay = await startTestRelay(await projectOf());
  expect(statuses(relay)).toEqual(['active', 'active']);
});

test.each([
  ['missing', undefined],
  ['no JSON', '{'],
  ['of another form', '{"schemaVersion":1,"registry":"x"}'],
  [
    'of another registry',
    JSON.stringify({
      schemaVersion: 1,
      registry: 'http://else/',
      list: { schemaVersion: 1, advisories: [advisory()] },
    }),
  ],
])('a list that is %s stops nothing, and the log says so once', async (_title, text) => {
  if (text !== undefined) {
    mkdirSync(KEPT, { recursive: true });
    writeFileSync(FILE, text);
  }
  await using relay = await startTestRelay(await projectOf());
  expect(statuses(relay)).toEqual(['active', 'active']);
  await expect.poll(() => logOf(relay)).toContain('revoked versions are not known');
  expect(logOf(relay).split('revoked versions are not known')).toHaveLength(2);
});

test('a version that is revoked while it runs is refused when it is loaded anew', async () => {
  await keep();
  await using relay = await startTestRelay(await projectOf());
  expect(statuses(relay)).toEqual(['active', 'active']);
  await keep(advisory());
  expect(await relay.loader.reload(NAME)).toMatchObject({ status: 'error', error: { code: 'VERSION_REVOKED' } });
});
