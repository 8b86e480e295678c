/** A registry that is built again from its commit: what is served otherwise is found, and the result is published. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { toTrustSettings } from '@ar-registry/core/trust';
import { createTrustCrypto, readFolderFile, readKeyFolder, readTrustFolder } from '@ar-registry/io/trust';
import { validator as isReport } from '@ar-registry/schemas/validators/rebuild-report';
import { validator as isStatus } from '@ar-registry/schemas/validators/api/status';
import { describe, expect, it } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import { initKeys } from '../src/stages/keys/index.ts';
import { rebuild } from '../src/stages/rebuild/index.ts';
import { sign } from '../src/stages/sign/index.ts';
import { CLOCK, testRegistry } from './registry-fixture.ts';

const crypto = createTrustCrypto();
const nowMs = CLOCK.nowMs();
const ADDRESS = 'https://registry.example.com';

/** Built from main of a repository; with `more` in the folder before it is signed. */
async function servedRegistry(more: Readonly<Record<string, string>> = {}) {
  const registry = await testRegistry();
  await registry.commit('first', await registry.submission('@acme/audit', '1.0.0'));
  await registry.accept('first');
  const at = (name: string): string => path.join(registry.folder, name);
  const site = at('site');
  const source = { repository: registry.bare, revision: 'main' };
  await build({ source, out: site, baseUrl: ADDRESS });
  for (const [file, text] of Object.entries(more)) await writeFile(path.join(site, file), text);
  const settings = toTrustSettings({ bins: 16 });
  await initKeys({ folder: at('trust'), keys: at('keys'), settings }, { crypto, nowMs });
  const trust = await readTrustFolder(at('trust'), crypto);
  if (!trust) throw new Error('There are no keys.');
  await sign({ site, trust, settings, signers: await readKeyFolder(at('keys')) }, { crypto, nowMs });
  const read = (file: string) => readFolderFile(path.join(site, file));
  const input = { repository: registry.bare, site: ADDRESS, read, trust };
  return { site, source, again: () => rebuild(input, { crypto, nowMs }) };
}

describe('a registry that is what its commit says', () => {
  it('is the same in every byte, though main has gone on, and says so in the next status', async () => {
    const { site, source, again } = await servedRegistry();
    const report = await again();
    expect(isReport(report)).toMatchObject({ ok: true });
    expect(report).toMatchObject({ state: 'same', differences: [], checkedAt: '2026-06-01T12:00:00.000Z' });
    expect(report.compared).toBeGreaterThan(10);
    await build({ source, out: site, baseUrl: ADDRESS, rebuild: report });
    const status = isStatus(JSON.parse(await readFile(path.join(site, routes.status), 'utf8')));
    expect(status.ok && status.value.rebuild).toEqual(report);
    // What the status says of the last time is no difference the next time.
    expect(await again()).toMatchObject({ state: 'same' });
  });
});

describe('a registry that is not', () => {
  it.each([
    ['a document that was changed', routes.plugin('@acme/audit'), 'different'],
    ['an archive that was swapped', routes.download('@acme/audit', '1.0.0'), 'different'],
    ['a document that is gone', routes.tags, 'missing'],
  ] as const)('is found: %s', async (_what, file, kind) => {
    const { site, again } = await servedRegistry();
    await (kind === 'missing' ? rm(path.join(site, file)) : writeFile(path.join(site, file), 'x'));
    expect(await again()).toMatchObject({ state: 'different', differences: [{ path: file, kind }] });
  });

  it('is found by what it signs for, where nobody can list its files', async () => {
    const { again } = await servedRegistry({ 'api/v1/evil.json': '{}' });
    expect(await again()).toMatchObject({ differences: [{ path: 'api/v1/evil.json', kind: 'unexpected' }] });
  });

  it.each(['{}', 'no JSON', '{"schemaVersion":1,"plugins":0,"versions":0,"excluded":[],"commit":"--all"}'])(
    'and says of no commit that it is of it, cannot be: %s',
    async (status) => {
      const { site, again } = await servedRegistry();
      await writeFile(path.join(site, routes.status), status);
      await expect(again()).rejects.toMatchObject({ code: 'SITE_COMMIT_UNKNOWN' });
    },
  );
});
