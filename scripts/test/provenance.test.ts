/** Provenance on its way: submitted, checked, published, and not dropped without a person. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { PROVENANCE_ROOT_FILE, indexPaths, routes } from '@ar-registry/core/layout';
import { parseVersionRecord } from '@ar-registry/core/record';
import { openRepository } from '@ar-registry/io/git';
import type { Source } from '@ar-registry/schemas';
import { validator as isPlugin } from '@ar-registry/schemas/validators/api/plugin';
import { createAuthority, statementOf, type Authority } from '@ar-registry/testing/sigstore';
import { beforeAll, describe, expect, it } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import { check } from '../src/stages/check/index.ts';
import { ADA, CLOCK, testRegistry, type TestRegistry } from './registry-fixture.ts';

const NAME = '@acme/audit';
const URL = 'https://example.com/acme/audit';
const COMMIT = 'a'.repeat(40);

let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority();
});

async function registryWithRoot(root: string | undefined = authority.root): Promise<TestRegistry> {
  const registry = await testRegistry();
  if (root === '') return registry;
  await registry.commit('root', new Map([[PROVENANCE_ROOT_FILE, root]]));
  await registry.accept('root');
  return registry;
}

/** The files of a submission with a bundle; `of` is the version that the bundle is about. */
async function attested(registry: TestRegistry, version: string, { of = version, first = true } = {}) {
  const plain = await registry.submission(NAME, of, { first });
  const text = plain.get(indexPaths.version(NAME, of));
  const parsed = parseVersionRecord(String(text), 'record');
  if (!parsed.ok) throw new Error(String(text));
  const sha512 = Buffer.from(parsed.record.dist.integrity.slice('sha512-'.length), 'base64').toString('hex');
  const statement = statementOf({}, { repository: URL, commit: COMMIT, sha512, sha256: '' });
  const bundle = JSON.stringify(await authority.bundle({ statement, repository: URL, commit: COMMIT }));
  const source: Source = { type: 'git', url: URL, commit: COMMIT, provenance: { bundle } };
  return registry.submission(NAME, version, { first, record: (record) => ({ ...record, source }) });
}

async function checkOf(registry: TestRegistry) {
  const input = { repository: await openRepository(registry.bare), base: 'main', head: 'publish', submitter: ADA };
  const report = await check(input, { clock: CLOCK });
  const found = report.versions[0]?.checks.find(({ id }) => id === 'provenance');
  const reviews = report.checks.flatMap(({ findings }) => findings).filter(({ code }) => code === 'REVIEW_REQUIRED');
  return { report, found, reviews: reviews.map(({ message }) => message) };
}

describe('a submission', () => {
  it('with a provenance that holds passes, and says whose it is', async () => {
    const registry = await registryWithRoot();
    await registry.commit('publish', await attested(registry, '1.0.0'));
    const { found } = await checkOf(registry);
    expect(found).toMatchObject({ result: 'pass', findings: [] });
    expect(found?.reason).toContain('.github/workflows/publish.yml');
  });

  it('with one that is about another archive fails', async () => {
    const registry = await registryWithRoot();
    await registry.commit('publish', await attested(registry, '1.0.0', { of: '2.0.0' }));
    const { found, report } = await checkOf(registry);
    expect(found).toMatchObject({ result: 'fail', findings: [{ code: 'PROVENANCE_INVALID' }] });
    expect(report.decision).toBe('refuse');
  });

  it('is checked against what the registry has accepted, and not against a root that it brings', async () => {
    const registry = await registryWithRoot('');
    const files = await attested(registry, '1.0.0');
    await registry.commit('publish', files.set(PROVENANCE_ROOT_FILE, authority.root));
    expect((await checkOf(registry)).found).toMatchObject({ result: 'could-not-run' });
  });

  it('without any is not spoken of', async () => {
    const registry = await registryWithRoot();
    await registry.commit('publish', await registry.submission(NAME, '1.0.0'));
    expect((await checkOf(registry)).found).toBeUndefined();
  });
});

async function next(files: (registry: TestRegistry) => Promise<Map<string, Uint8Array | string>>) {
  const registry = await registryWithRoot();
  await registry.commit('first', await attested(registry, '1.0.0'));
  await registry.accept('first');
  await registry.commit('publish', await files(registry));
  return checkOf(registry);
}

describe('a plugin that had it', () => {
  it('does not drop it without a person', async () => {
    const { report, reviews } = await next((registry) => registry.submission(NAME, '1.0.1', { first: false }));
    expect(report.decision).toBe('review');
    expect(reviews.join()).toContain('has no provenance');
  });

  it('goes on with it alone', async () => {
    const { reviews } = await next((registry) => attested(registry, '1.0.1', { first: false }));
    expect(reviews.join()).not.toContain('provenance');
  });
});

async function published(root: string) {
  const registry = await registryWithRoot(root);
  await registry.commit('first', await attested(registry, '1.0.0'));
  await registry.accept('first');
  const out = path.join(registry.folder, 'site');
  const { findings } = await build({ source: { repository: registry.bare, revision: 'main' }, out });
  const result = isPlugin(JSON.parse(await readFile(path.join(out, routes.plugin(NAME)), 'utf8')));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  expect(await readdir(path.join(out, routes.plugin(NAME).replace('.json', '')))).toContain('1.0.0.json');
  return { provenance: result.value.versions[0]?.provenance, codes: findings.map(({ code }) => code) };
}

describe('the build', () => {
  it('publishes what was proved with the plugin', async () => {
    const { provenance, codes } = await published(authority.root);
    expect(provenance).toMatchObject({ repository: URL, commit: COMMIT });
    expect(codes).not.toContain('PROVENANCE_INVALID');
  });

  it('says nothing of what was not, and leaves nothing out for it', async () => {
    const { provenance, codes } = await published((await createAuthority()).root);
    expect(provenance).toBeUndefined();
    expect(codes).toContain('PROVENANCE_INVALID');
  });
});
