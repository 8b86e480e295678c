/** Whoever carries a bundle to a machine without a network, and what he may try on the way. */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { fitList, pathAt, putTogether, takeApart, type BundleParts } from '@ar-registry/testing/bundles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode } from './support/ar.ts';
import { createBundling, HELLO, OTHER, withDependencies, type Bundling } from './support/bundling.ts';
import { packedIndex } from './support/packed-index.ts';
import { createSignedRegistry, ok } from './support/signed-registry.ts';

/** With the bundles `old` and `now`, of which the second revokes a version, and that of an `impostor`. */
let bundling: Bundling;

beforeAll(async () => {
  bundling = await createBundling();
  const { maker } = bundling;
  await ok(maker.ar('install', HELLO, `${OTHER}@^1.0.0`));
  await bundling.bundleAs('old');
  await bundling.revoke();
  await ok(maker.ar('install', `${HELLO}@1.1.0`));
  await bundling.bundleAs('now');
  await impostor();
  await bundling.disconnect();
}, 240_000);
afterAll(() => bundling?.[Symbol.asyncDispose]());

/** Somebody else’s keys at the address of the registry. */
async function impostor(): Promise<void> {
  const { acme, npm } = bundling;
  using other = await createSignedRegistry('acme');
  await other.add(await packedIndex(HELLO, ['1.0.0'], withDependencies(HELLO, npm)));
  await other.publish();
  acme.serve(new Map(other.server.files));
  using user = bundling.createUser('impostor');
  await ok(user.ar('bundle', HELLO, '--out', bundling.bundleOf('impostor')));
  await other.server[Symbol.asyncDispose]();
}

/** Changes a bundle on its way, so that its list fits. */
function edited(name: string, change: (parts: BundleParts) => void): BundleParts {
  const parts = takeApart(bundling.bundleOf(name));
  change(parts);
  return { files: parts.files, manifest: fitList(parts) };
}

function replaced(name: string, route: string, change: (text: string) => string | Buffer): BundleParts {
  return edited(name, (parts) => {
    const file = pathAt(parts, route);
    parts.files.set(file, Buffer.from(change(String(parts.files.get(file)))));
  });
}

function without(name: string, route: string): BundleParts {
  return edited(name, (parts) => parts.files.delete(pathAt(parts, route)));
}

const TRUST = routes.trust;
const LOG = `${routes.log}/plugins/${HELLO}.json`;

describe('whoever carries a bundle, and changes it so that its list fits', () => {
  const attacks: readonly (readonly [string, string, 1 | 3, () => BundleParts])[] = [
    ['another archive', 'INTEGRITY_MISMATCH', 3, () => replaced('old', routes.download(HELLO, '1.0.0'), () => 'evil')],
    [
      'another version document',
      'INTEGRITY_MISMATCH',
      3,
      () => replaced('old', routes.version(HELLO, '1.0.0'), (text) => text.replace('"MIT"', '"BSD"')),
    ],
    [
      'another plugin document',
      'TRUST_HASH_MISMATCH',
      3,
      () => replaced('old', routes.plugin(HELLO), (text) => text.replace('"community"', '"official!"')),
    ],
    ['a hidden revocation', 'TRUST_LENGTH_MISMATCH', 3, () => without('now', routes.advisories)],
    [
      'a revocation of another range',
      'TRUST_HASH_MISMATCH',
      3,
      () => replaced('now', routes.advisories, (text) => text.replace('"1.0.0"', '"7.0.0"')),
    ],
    [
      'a forged signature',
      'TRUST_SIGNATURES_MISSING',
      3,
      () => replaced('old', `${TRUST}/timestamp.json`, (text) => text.replace(/"version":\d+/, '"version":99')),
    ],
    ['no signatures', 'TRUST_METADATA_MISSING', 3, () => without('old', `${TRUST}/timestamp.json`)],
    ['another root', 'TRUST_METADATA_MISSING', 3, () => takeApart(bundling.bundleOf('impostor'))],
    [
      'parts of two states',
      'TRUST_METADATA_MISSING',
      3,
      () =>
        replaced('old', `${TRUST}/timestamp.json`, () => {
          const now = takeApart(bundling.bundleOf('now'));
          return now.files.get(pathAt(now, `${TRUST}/timestamp.json`)) ?? '';
        }),
    ],
    ['a version that the log does not have', 'LOG_ENTRY_MISSING', 3, () => without('old', LOG)],
    [
      'another entry of the log',
      'LOG_PROOF_INVALID',
      3,
      () => replaced('old', LOG, (text) => text.replaceAll(/("at":\s*)"2/g, '$1"1')),
    ],
    [
      'an npm package of his own',
      'INTEGRITY_MISMATCH',
      3,
      () =>
        edited('old', (parts) => {
          const [file = ''] = [...parts.files.keys()].filter((name) => name.startsWith('npm/right'));
          parts.files.set(file, Buffer.from('evil'));
        }),
    ],
    [
      'no npm package',
      'BUNDLE_LACKS',
      1,
      () =>
        edited('old', (parts) => {
          for (const name of parts.files.keys()) if (name.startsWith('npm/right')) parts.files.delete(name);
        }),
    ],
    ['a version that is revoked', 'VERSION_REVOKED', 3, () => revokedInside()],
  ];

  it.each(attacks)('%s: %s', async (...[, code, exit, attack]) => {
    using user = bundling.createUser('target');
    user.trust(bundling.acme);
    const file = path.join(user.sandbox.dir, 'attack.tar');
    putTogether(file, attack());
    bundling.connections();
    const ended = await user.ar('install', '--from', file);
    expect([errorCode(ended), ended.code, user.state(), bundling.connections()]).toEqual([code, exit, ['', ''], 0]);
  });

  it('leads nobody back behind what he has seen, and to no other keys', async () => {
    using user = bundling.createUser('target');
    user.trust(bundling.acme);
    await ok(user.ar('install', '--from', bundling.bundleOf('now')));
    const before = user.state();
    for (const [name, code] of [
      ['old', 'TRUST_ROLLBACK'],
      ['impostor', 'TRUST_SIGNATURES_MISSING'],
    ] as const) {
      const ended = await user.ar('install', `${HELLO}@1.0.0`, '--from', bundling.bundleOf(name));
      expect([errorCode(ended), ended.code, user.state()]).toEqual([code, 3, before]);
    }
  });

  it('is not believed where nobody said which keys the registry has', async () => {
    using user = bundling.createUser('target');
    const ended = await user.ar('install', '--from', bundling.bundleOf('old'));
    expect([errorCode(ended), ended.code, user.state()]).toEqual(['BUNDLE_ROOT_UNKNOWN', 3, ['', '']]);
  });

  it('gives nothing to a lock that names another registry', async () => {
    using user = bundling.createUser('target');
    user.trust(bundling.acme);
    user.take(bundling.stateAt('old').map((text) => text.replaceAll(bundling.acme.url, 'https://plugins.example')));
    const before = user.state();
    const ended = await user.ar('install', '--from', bundling.bundleOf('old'));
    expect([errorCode(ended), ended.code, user.state()]).toEqual(['BUNDLE_SOURCE_REFUSED', 1, before]);
  });

  it('does not undo a revocation that is known here', async () => {
    using user = bundling.createUser('target');
    user.trust(bundling.acme);
    const now = takeApart(bundling.bundleOf('now'));
    const list = JSON.parse(String(now.files.get(pathAt(now, routes.advisories)))) as object;
    const folder = path.join(user.sandbox.home, '.agent-relay/plugins/advisories');
    fs.mkdirSync(folder, { recursive: true });
    const kept = { schemaVersion: 1, registry: bundling.acme.url, list };
    fs.writeFileSync(path.join(folder, `${encodeURIComponent(bundling.acme.url)}.json`), JSON.stringify(kept));
    for (let time = 0; time < 2; time += 1) {
      const ended = await user.ar('install', '--from', bundling.bundleOf('old'));
      expect([errorCode(ended), ended.code, user.state()]).toEqual(['VERSION_REVOKED', 3, ['', '']]);
    }
  });
});

/** The newest state, and the archive of the version that it revokes. */
function revokedInside(): BundleParts {
  const old = takeApart(bundling.bundleOf('old'));
  return edited('now', (parts) => {
    for (const route of [routes.version(HELLO, '1.0.0'), routes.download(HELLO, '1.0.0')]) {
      const entry = old.manifest.files.find(({ path: name }) => name === pathAt(old, route));
      if (!entry) throw new Error(route);
      parts.files.set(entry.path, old.files.get(entry.path) ?? Buffer.alloc(0));
      parts.manifest = { ...parts.manifest, files: [...parts.manifest.files, entry] };
    }
    const plugins = parts.manifest.plugins.map((one) =>
      one.name === HELLO ? { ...one, version: '1.0.0', range: '1.0.0' } : one,
    );
    parts.manifest = { ...parts.manifest, plugins };
  });
}

describe('a file that is no bundle as it is written', () => {
  it.each<readonly [string, string, (file: string) => void]>([
    ['is cut off', 'BUNDLE_TRUNCATED', (file) => fs.truncateSync(file, fs.statSync(file).size / 2)],
    [
      'has another archive than its list says',
      'BUNDLE_FILE_CHANGED',
      (file) => {
        const parts = takeApart(file);
        const name = pathAt(parts, routes.download(HELLO, '1.0.0'));
        parts.files.set(name, Buffer.alloc(parts.files.get(name)?.length ?? 0));
        putTogether(file, parts);
      },
    ],
  ])('%s: %s, and nothing is touched', async (_name, code, change) => {
    using user = bundling.createUser('target');
    user.trust(bundling.acme);
    const file = path.join(user.sandbox.dir, 'broken.tar');
    fs.copyFileSync(bundling.bundleOf('old'), file);
    change(file);
    const ended = await user.ar('install', '--from', file);
    const trusts = fs.existsSync(path.join(user.sandbox.home, '.agent-relay/plugins/trust'));
    expect([errorCode(ended), ended.code, user.state(), trusts]).toEqual([code, 3, ['', ''], false]);
  });
});
