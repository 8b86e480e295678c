/** Provenance as an author attaches it, and as people see it. */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { readIndex } from '@ar-registry/io/index-store';
import { serveRegistry } from '@ar-registry/testing/served-registry';
import { createAuthority, statementOf, type Authority } from '@ar-registry/testing/sigstore';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { builtPlugin } from './support/plugin.ts';
import { makeIndex } from './support/pipeline.ts';

const URL = 'https://github.com/acme/hello.git';
let sandbox: Sandbox;
let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority();
});
beforeEach(() => {
  sandbox = createSandbox();
  return () => sandbox[Symbol.dispose]();
});

/** A bundle about this plugin, written to `bundle.json`. */
async function bundle(changes: { readonly sha512?: string; readonly commit?: string } = {}): Promise<string> {
  const { stdout } = await sandbox.ar(['plugin', 'pack', 'hello', '--json', '--out', 'packed.tgz']);
  const { integrity } = JSON.parse(stdout) as { readonly integrity: string };
  const sha512 = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
  const commit = (await sandbox.git('rev-parse', 'HEAD')).trim();
  const claim = { repository: URL, commit, sha512, sha256: '', ...changes };
  const made = await authority.bundle({ statement: statementOf({}, claim), repository: URL, commit });
  fs.writeFileSync(path.join(sandbox.dir, 'bundle.json'), `${JSON.stringify(made)}\n`);
  return JSON.stringify(made);
}

const publish = (file = 'bundle.json'): Promise<Ended> =>
  sandbox.ar(['plugin', 'publish', 'hello', '--index', 'index.git', '--as', 'ada:1', '--provenance', file]);

describe('publish --provenance', () => {
  beforeEach(async () => {
    await builtPlugin(sandbox);
    const registry = 'schemaVersion: 1\nname: test\ntitle: Test\n';
    const categories = 'schemaVersion: 1\ncategories: [{ id: observability, title: O, description: W }]\n';
    await makeIndex(
      sandbox,
      new Map([
        ['registry.yaml', registry],
        ['categories.yaml', categories],
      ]),
    );
    await sandbox.git('init', '--quiet');
    await sandbox.git('remote', 'add', 'origin', URL);
    await sandbox.git('add', 'hello');
    await sandbox.git('commit', '--quiet', '-m', 'Begin');
  });

  it('puts the bundle into the record, as it is', async () => {
    const text = await bundle();
    expect(await publish()).toMatchObject({ code: 0 });
    const repository = path.join(sandbox.dir, 'index.git');
    const { files } = await readIndex({ repository, revision: 'publish/acme/hello/0.1.0' });
    const record = parse(files.get('plugins/@acme/hello/versions/0.1.0.yaml') ?? '') as { readonly source: unknown };
    expect(record.source).toMatchObject({ url: URL, provenance: { bundle: text } });
  });

  it.each([
    ['about another archive', { sha512: '0'.repeat(128) }],
    ['about another commit', { commit: 'e'.repeat(40) }],
  ])('refuses one that is %s, and submits nothing', async (_what, changes) => {
    await bundle(changes);
    const ended = await publish();
    expect([ended.code, errorCode(ended)]).toEqual([1, 'PROVENANCE_UNUSABLE']);
    expect(await sandbox.git('-C', 'index.git', 'branch', '--list', 'publish/*')).toBe('');
  });

  it('refuses what is no bundle, is not there, or has no commit to be of', async () => {
    fs.writeFileSync(path.join(sandbox.dir, 'bundle.json'), '{"a":1}');
    expect(errorCode(await publish())).toBe('PROVENANCE_UNUSABLE');
    expect(errorCode(await publish('missing.json'))).toBe('FILE_NOT_FOUND');
    await bundle();
    fs.writeFileSync(path.join(sandbox.dir, 'hello', 'NEW.md'), 'not committed');
    expect(errorCode(await publish())).toBe('PROVENANCE_UNUSABLE');
  });
});

it('info tells who signed what the registry has checked, and nothing where it has not', async () => {
  await using registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
  const info = (): Promise<Ended> => sandbox.ar(['plugin', 'info', '@acme/hello'], { AR_REGISTRY: registry.url });
  expect((await info()).stdout).not.toContain('Provenance');
  const file = routes.plugin('@acme/hello');
  const document = JSON.parse(Buffer.from(registry.files.get(file) ?? '').toString()) as { versions: object[] };
  const workflow = 'https://github.com/acme/hello/.github/workflows/publish.yml@refs/heads/main';
  const provenance = {
    repository: URL,
    commit: 'c'.repeat(40),
    workflow,
    issuer: 'https://gitlab.com',
    predicateType: 'x',
  };
  document.versions = document.versions.map((version) => ({ ...version, provenance }));
  registry.files.set(file, Buffer.from(JSON.stringify(document)));
  expect((await info()).stdout).toContain(`signed by ${workflow}`);
});
