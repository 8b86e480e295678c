/** What a registry revokes, as its users meet it: nobody gets it newly, whoever has it is told, with and without a network. */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { AdvisoryEntry } from '@ar-registry/schemas';
import { validator as isInfo } from '@ar-registry/schemas/validators/cli/info';
import { validator as isList } from '@ar-registry/schemas/validators/cli/list';
import { validator as isOutdated } from '@ar-registry/schemas/validators/cli/outdated';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';

const HELLO = '@acme/hello';

let registry: ServedRegistry;
let sandbox: Sandbox;

beforeAll(async () => {
  registry = await serveRegistry(['1.0.0', '1.1.0', '1.2.0'].map((version) => ({ manifest: { version } })));
});
afterAll(() => registry[Symbol.asyncDispose]());
beforeEach(() => {
  sandbox = createSandbox();
  publish([]);
  return () => sandbox[Symbol.dispose]();
});

function publish(advisories: readonly object[]): void {
  registry.files.set(routes.advisories, Buffer.from(JSON.stringify({ schemaVersion: 1, advisories })));
}

/** Against 1.2.0 alone, unless told otherwise. */
const advisory = (changes: Partial<AdvisoryEntry> = {}): AdvisoryEntry => ({
  id: 'AR-2026-0001',
  plugin: HELLO,
  affected: { versions: ['1.2.0'] },
  action: 'block-load',
  reason: 'Sends tokens to a stranger.',
  replacement: `${HELLO}@1.1.0`,
  modified: '2026-05-01T00:00:00Z',
  ...changes,
});
const EVERY: AdvisoryEntry['affected'] = { ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] };

const ar = (...args: readonly string[]): Promise<Ended> =>
  sandbox.ar(['plugin', ...args], { AR_REGISTRY: registry.url, AR_HTTP_TIMEOUT: '5' });
const keptFile = (): string => {
  const folder = path.join(sandbox.home, '.agent-relay', 'plugins', 'advisories');
  return path.join(folder, fs.readdirSync(folder)[0] ?? 'none');
};
const lockedVersion = (): string | undefined =>
  /"?version"?:\s*"?([\d.]+)/.exec(fs.readFileSync(path.join(sandbox.dir, 'ar-plugins.lock'), 'utf8'))?.[1];

describe('install', () => {
  it.each(['block-install', 'block-load'] as const)('refuses a version that is %s, and says why', async (action) => {
    publish([advisory({ action })]);
    const ended = await ar('install', `${HELLO}@1.2.0`);
    expect([ended.code, errorCode(ended)]).toEqual([3, 'VERSION_REVOKED']);
    for (const part of ['AR-2026-0001', 'Sends tokens to a stranger.', '1.2.0', `${HELLO}@1.1.0`])
      expect(ended.stderr).toContain(part);
    expect(fs.existsSync(path.join(sandbox.dir, 'ar-plugins.lock'))).toBe(false);
  });

  it('takes the next best version where none was named', async () => {
    publish([advisory()]);
    expect((await ar('install', HELLO)).code).toBe(0);
    expect(lockedVersion()).toBe('1.1.0');
  });

  it('is refused where all versions are revoked', async () => {
    publish([advisory({ affected: EVERY })]);
    const ended = await ar('install', HELLO);
    expect([ended.code, errorCode(ended)]).toEqual([3, 'VERSION_REVOKED']);
  });

  it('warns of a version that is only warned of', async () => {
    publish([advisory({ action: 'warn' })]);
    const { code, stderr } = await ar('install', HELLO);
    expect([code, lockedVersion()]).toEqual([0, '1.2.0']);
    expect(stderr).toContain('AR-2026-0001');
  });

  it('goes by no advisory of another plugin, and works where the registry has no list', async () => {
    publish([advisory({ plugin: '@acme/other', affected: EVERY })]);
    expect((await ar('install', `${HELLO}@1.2.0`)).code).toBe(0);
    registry.files.delete(routes.advisories);
    expect((await ar('install', `${HELLO}@1.1.0`)).code).toBe(0);
  });

  it('is refused by a list that is none', async () => {
    registry.files.set(routes.advisories, Buffer.from('{"schemaVersion":1,"advisories":[{"id":"x"}]}'));
    const ended = await ar('install', HELLO);
    expect([ended.code, errorCode(ended)]).toEqual([4, 'REGISTRY_RESPONSE_INVALID']);
  });
});

describe('what is installed already', () => {
  beforeEach(async () => {
    await ar('install', HELLO);
    publish([advisory()]);
  });

  it('is told by outdated, and left by update within the range', async () => {
    const file = path.join(sandbox.dir, 'ar-plugins.yaml');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('^1.2.0', '^1.0.0'));
    const { stdout } = await ar('outdated', '--json');
    const outdated = isOutdated(JSON.parse(stdout));
    expect(outdated.ok && outdated.value.plugins).toMatchObject([
      { current: '1.2.0', wanted: '1.1.0', advisories: [{ id: 'AR-2026-0001', action: 'block-load' }] },
    ]);
    expect([(await ar('update')).code, lockedVersion()]).toEqual([0, '1.1.0']);
  });

  it('stays where nothing better fits, and update says so', async () => {
    const { code, stderr } = await ar('update');
    expect([code, lockedVersion()]).toEqual([0, '1.2.0']);
    expect(stderr).toContain('AR-2026-0001');
  });

  it('is told by info, list and doctor, the last two without asking anybody', async () => {
    const { stdout: info } = await ar('info', `${HELLO}@1.2.0`, '--json');
    const told = isInfo(JSON.parse(info));
    expect(told.ok && told.value.advisories).toMatchObject([{ id: 'AR-2026-0001' }]);
    registry.requests.length = 0;
    const { stdout: list } = await ar('list', '--json');
    const listed = isList(JSON.parse(list));
    expect(listed.ok && listed.value.plugins).toMatchObject([{ advisories: [{ id: 'AR-2026-0001' }] }]);
    expect(registry.requests).toEqual([]);
    expect((await ar('list')).stdout).toContain('revoked: AR-2026-0001');
    const doctor = await ar('doctor', '--offline');
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toContain('AR-2026-0001');
  });

  it('is not restored from a lock, neither from the registry nor without a network', async () => {
    const store = path.join(sandbox.home, '.agent-relay', 'plugins', 'store');
    expect((await ar('install')).code).toBe(0); // all is there, so nobody was asked
    fs.rmSync(store, { recursive: true });
    const fresh = await ar('install');
    expect([fresh.code, errorCode(fresh)]).toEqual([3, 'VERSION_REVOKED']);
    expect(fs.existsSync(store)).toBe(false);
    const offline = await ar('install', '--offline');
    expect([offline.code, errorCode(offline)]).toEqual([3, 'VERSION_REVOKED']);
  });

  it('is not installed offline either, once the list was seen', async () => {
    await ar('info', HELLO);
    await ar('info', `${HELLO}@1.2.0`);
    const ended = await ar('install', `${HELLO}@1.2.0`, '--offline');
    expect([ended.code, errorCode(ended)]).toEqual([3, 'VERSION_REVOKED']);
  });

  it('stays revoked where the registry forgets its list, and is not where it takes it back', async () => {
    await ar('outdated');
    registry.files.delete(routes.advisories);
    expect(errorCode(await ar('install', `${HELLO}@1.2.0`))).toBe('VERSION_REVOKED');
    publish([]);
    expect((await ar('install', `${HELLO}@1.2.0`)).code).toBe(0);
  });

  it('is judged without what is kept where that is damaged', async () => {
    await ar('outdated');
    fs.writeFileSync(keptFile(), '{');
    expect((await ar('list')).code).toBe(0);
    await ar('outdated');
    expect((await ar('list')).stdout).toContain('AR-2026-0001');
  });
});
