/** A signed registry as people use it: installed from, attacked, mended. The server has no key. */
import fs from 'node:fs';
import path from 'node:path';
import { LOCK_FILE, routes } from '@ar-registry/core/layout';
import { validator as isVerify } from '@ar-registry/schemas/validators/cli/verify';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { later } from './support/later.ts';
import { registryCommand } from './support/pipeline.ts';
import { signServed } from './support/sign-served.ts';

const HELLO = '@acme/hello';

let registry: ServedRegistry;
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = createSandbox();
  registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
  await signServed(registry, sandbox);
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  sandbox[Symbol.dispose]();
});

function unsign(): void {
  for (const file of registry.files.keys()) if (file.startsWith(`${routes.trust}/`)) registry.files.delete(file);
}

const ar = (...args: readonly string[]): Promise<Ended> => sandbox.ar(['plugin', ...args, '--registry', registry.url]);

function pin(root: string): void {
  const folder = path.join(sandbox.home, '.config', 'agent-relay');
  fs.mkdirSync(folder, { recursive: true });
  const registries = { signed: { url: registry.url, root } };
  fs.writeFileSync(path.join(folder, 'config.yaml'), JSON.stringify({ schemaVersion: 1, registries }));
}

describe('a signed registry', () => {
  it('is installed from, and its fingerprint told the first time alone', async () => {
    const first = await ar('install', HELLO, '--yes');
    expect(first).toMatchObject({ code: 0 });
    const [fingerprint] = /\b[0-9a-f]{64}\b/.exec(first.stderr) ?? [];
    expect(fingerprint).toBeDefined();
    registry.requests.length = 0;
    const again = await ar('info', HELLO);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).not.toContain(fingerprint);
    // The whole price: what is kept need not be asked for.
    expect(registry.requests.filter((route) => !route.endsWith('readme.md'))).toEqual([
      `${routes.trust}/timestamp.json`,
    ]);
  });

  it('that shows another document is refused with exit code 3, and nothing is installed', async () => {
    await ar('info', HELLO);
    const file = routes.plugin(HELLO);
    const genuine = registry.files.get(file) ?? new Uint8Array();
    registry.files.set(file, Buffer.from(Buffer.from(genuine).toString('utf8').replace('"community"', '"official!"')));
    fs.rmSync(path.join(sandbox.home, '.agent-relay/plugins/cache'), { recursive: true, force: true });
    const refused = await ar('install', HELLO, '--yes', '--json');
    expect(refused.code).toBe(3);
    expect(errorCode(refused)).toBe('TRUST_HASH_MISMATCH');
    expect(fs.existsSync(path.join(sandbox.dir, LOCK_FILE))).toBe(false);
    registry.files.set(file, genuine);
    expect(await ar('install', HELLO, '--yes')).toMatchObject({ code: 0 });
  });

  it('may not become one without signatures', async () => {
    await ar('info', HELLO);
    unsign();
    const refused = await ar('info', HELLO, '--json');
    expect([refused.code, errorCode(refused)]).toEqual([3, 'TRUST_METADATA_MISSING']);
  });

  it('works without a network', async () => {
    await ar('info', HELLO);
    await registry[Symbol.asyncDispose]();
    expect(await ar('info', HELLO, '--offline')).toMatchObject({ code: 0 });
  });

  it('that has expired keeps nobody from verifying what is installed', async () => {
    await ar('install', HELLO, '--yes');
    const after = (...args: readonly string[]): Promise<Ended> =>
      sandbox.ar(['plugin', ...args, '--registry', registry.url], later(30, sandbox.dir));
    const told = await after('verify');
    expect([told.code, errorCode(told), told.stdout]).toEqual([3, 'TRUST_EXPIRED', expect.stringContaining('intact')]);
    const { code, stdout } = await after('verify', '--json');
    const result = isVerify(JSON.parse(stdout));
    expect([code, result]).toMatchObject([
      3,
      {
        ok: true,
        value: {
          ok: false,
          plugins: [{ name: HELLO, state: 'intact' }],
          logs: [{ registry: registry.url, state: 'refused', code: 'TRUST_EXPIRED' }],
        },
      },
    ]);
    expect(await after('verify', '--allow-stale')).toMatchObject({ code: 0 });
    expect(await after('verify', '--offline')).toMatchObject({ code: 0 });
  });

  it('is only believed with the root that the user gives', async () => {
    pin('f'.repeat(64));
    const refused = await ar('info', HELLO, '--json');
    expect([refused.code, errorCode(refused)]).toEqual([3, 'TRUST_METADATA_MISSING']);
    const { stdout } = await registryCommand(sandbox, 'keys', 'list', '--trust', '.trust', '--json');
    pin((JSON.parse(stdout) as { fingerprint: string }).fingerprint);
    const told = await ar('info', HELLO);
    expect(told).toMatchObject({ code: 0, stderr: '' });
  });
});
