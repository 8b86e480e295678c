/** `ar plugin audit` against a registry that publishes advisories and a snapshot of npm's vulnerabilities. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { validator as isAudit } from '@ar-registry/schemas/validators/cli/audit';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';

const HELLO = '@acme/hello';

let registry: ServedRegistry;
let sandbox: Sandbox;

beforeAll(async () => {
  registry = await serveRegistry(['1.0.0', '1.1.0'].map((version) => ({ manifest: { version } })));
});
afterAll(() => registry[Symbol.asyncDispose]());
beforeEach(() => {
  sandbox = createSandbox();
  publishAdvisories([]);
  publishSnapshot(new Date().toISOString());
  return () => sandbox[Symbol.dispose]();
});

function publishAdvisories(advisories: readonly object[]): void {
  registry.files.set(routes.advisories, Buffer.from(JSON.stringify({ schemaVersion: 1, advisories })));
}

const TAR = {
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2026-05-01T00:00:00Z',
  summary: 'Path traversal\u001B[31m',
  database_specific: { severity: 'HIGH' },
  affected: [
    {
      package: { ecosystem: 'npm', name: 'tar' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '7.5.2' }] }],
    },
  ],
};

/** One part: all names that begin with the first digit of the hash of `tar`. */
function publishSnapshot(takenAt: string): void {
  const prefix = createHash('sha256').update('tar').digest('hex').slice(0, 1);
  const parts = 'p1';
  registry.files.set('api/v1/osv/npm/snapshot.json', Buffer.from(JSON.stringify({ ...SNAPSHOT, parts, takenAt })));
  registry.files.set(
    `api/v1/osv/npm/${parts}/${prefix}.json`,
    Buffer.from(JSON.stringify({ schemaVersion: 1, packages: { tar: [TAR] } })),
  );
}
const SNAPSHOT = { schemaVersion: 1, source: 'test', prefixLength: 1, records: 1 };

/** Links a plugin whose lock has `tar`, as an author has it in a folder. */
async function linkPlugin(): Promise<void> {
  const folder = path.join(sandbox.dir, 'linked');
  await ar('init', 'linked', '--name', '@acme/linked', '--type', 'hook', '--yes');
  const lock = { lockfileVersion: 3, packages: { '': {}, 'node_modules/tar': { version: '7.5.1' } } };
  fs.writeFileSync(path.join(folder, 'ar-deps.lock.json'), JSON.stringify(lock));
  const ended = await ar('install', './linked', '--yes');
  expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
}

const ar = (...args: readonly string[]): Promise<Ended> =>
  sandbox.ar(['plugin', ...args], { AR_REGISTRY: registry.url, AR_HTTP_TIMEOUT: '5' });

const advisory = (action: string) => ({
  id: 'AR-2026-0001',
  plugin: HELLO,
  affected: { versions: ['1.0.0'] },
  action,
  reason: 'Sends tokens to a stranger.',
  modified: '2026-05-01T00:00:00Z',
});

describe('audit', () => {
  it('passes where nothing is known, and prints what its schema says', async () => {
    await ar('install', HELLO);
    const { code, stdout } = await ar('audit', '--json');
    const document: unknown = JSON.parse(stdout);
    expect([code, isAudit(document).ok, document]).toMatchObject([0, true, { ok: true, counts: { plugins: 1 } }]);
  });

  it('ends with 1 for what a registry says of an installed version, and --fix leads away from it', async () => {
    await ar('install', `${HELLO}@1.0.0`);
    const yaml = path.join(sandbox.dir, 'ar-plugins.yaml');
    fs.writeFileSync(yaml, fs.readFileSync(yaml, 'utf8').replace(/range: .*/, 'range: ^1.0.0'));
    publishAdvisories([advisory('block-install')]);
    const found = await ar('audit');
    expect(found.code).toBe(1);
    expect(found.stdout).toContain('AR-2026-0001');
    expect((await ar('audit', '--level', 'critical')).code).toBe(0);
    const fixed = await ar('audit', '--fix', '--json', '--yes');
    expect([fixed.code, JSON.parse(fixed.stdout)]).toMatchObject([
      0,
      { updated: [{ name: HELLO, to: '1.1.0' }], findings: [] },
    ]);
  });

  it('looks up the npm packages of a plugin, shows no control sequence, and writes SARIF', async () => {
    await linkPlugin();
    const { code, stdout } = await ar('audit', '--sarif', 'out.sarif');
    expect([code, stdout]).toEqual([1, expect.any(String)]);
    expect(stdout).toContain('tar 7.5.1');
    expect(stdout).not.toContain('\u001B[31m');
    const sarif = JSON.parse(fs.readFileSync(path.join(sandbox.dir, 'out.sarif'), 'utf8'));
    expect(sarif.runs[0].results).toHaveLength(1);
  });

  it('is no pass where the packages could not be looked up, or the database is old', async () => {
    await linkPlugin();
    publishSnapshot('2026-01-01T00:00:00Z');
    registry.files.forEach(
      (_bytes, name) =>
        name.startsWith('api/v1/osv/npm/p1/') &&
        registry.files.set(name, Buffer.from('{"schemaVersion":1,"packages":{}}')),
    );
    expect((await ar('audit')).code).toBe(4);
    registry.files.delete('api/v1/osv/npm/snapshot.json');
    const { code, stdout } = await ar('audit', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([4, { ok: false, unaudited: [{}], counts: { packages: 0 } }]);
  });

  it('refuses a name that is not installed', async () => {
    await ar('install', HELLO);
    const ended = await ar('audit', '@acme/helo');
    expect([ended.code, errorCode(ended)]).toEqual([1, 'NOT_INSTALLED']);
  });
});
