import { hasCode } from '@ar-registry/core/errors';
import { archiveStorePath } from '@ar-registry/core/archive';
import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitFiles, openRepository } from '../src/git/index.ts';
import { readIndex, type IndexSource } from '../src/index-store/index.ts';

const REGISTRY = 'schemaVersion: 1\nname: test\ntitle: Test\n';
const FILES: Readonly<Record<string, string>> = {
  'registry.yaml': REGISTRY,
  'categories.yaml': 'schemaVersion: 1\ncategories: []\n',
  'scopes/ar.yaml': 'scope\n',
  'advisories/AR-2026-0001.yaml': 'advisory\n',
  'advisories/README.md': 'not a record\n',
  'plugins/@ar/b/plugin.yaml': 'plugin\n',
  'plugins/@ar/b/versions/1.0.0.yaml': 'version\n',
  'verifications/@ar/b/1.0.0.yaml': 'verification\n',
  'stats/downloads.json': '{}\n',
  'README.md': 'not a record\n',
  'reviews/@ar/b/x.yaml': 'not read yet\n',
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ar-index-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const ARCHIVE = new TextEncoder().encode('an archive');
const INTEGRITY = integrityOf(ARCHIVE);

function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}

type Files = Readonly<Record<string, string | Uint8Array>>;

/** The same files as a folder and as a commit of a bare repository. */
async function put(kind: 'folder' | 'repository', files: Files): Promise<IndexSource> {
  return kind === 'folder' ? { folder: await putFolder(files) } : putRepository(files);
}

async function putFolder(files: Files): Promise<string> {
  const root = join(folder, 'plain');
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

async function putRepository(files: Files): Promise<IndexSource> {
  const bare = join(folder, 'index.git');
  await execa('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare]);
  const tree = (await execa('git', ['hash-object', '-t', 'tree', '-w', '--stdin'], { cwd: bare, input: '' })).stdout;
  const env = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@x' };
  const base = (await execa('git', ['commit-tree', tree, '-m', 'empty'], { cwd: bare, env })).stdout;
  const author = { name: 'a', email: 'a@x', atMs: 0 };
  const map = new Map(Object.entries(files));
  await commitFiles(bare, { branch: 'main', base, files: map, message: 'files', author });
  return { repository: bare, revision: 'main' };
}

describe.each(['folder', 'repository'] as const)('readIndex of a %s', (kind) => {
  it('reads records and nothing else', async () => {
    const { files, findings, prefix } = await readIndex(await put(kind, FILES));
    expect([...files.keys()].toSorted()).toEqual([
      'advisories/AR-2026-0001.yaml',
      'categories.yaml',
      'plugins/@ar/b/plugin.yaml',
      'plugins/@ar/b/versions/1.0.0.yaml',
      'registry.yaml',
      'reviews/@ar/b/x.yaml',
      'scopes/ar.yaml',
      'stats/downloads.json',
      'verifications/@ar/b/1.0.0.yaml',
    ]);
    expect(files.get('scopes/ar.yaml')).toBe('scope\n');
    expect({ findings, prefix }).toEqual({ findings: [], prefix: '' });
  });

  it('finds the index in its own folder of a larger repository', async () => {
    const inside = Object.fromEntries(Object.entries(FILES).map(([path, text]) => [`registry-index/${path}`, text]));
    const reading = await readIndex(await put(kind, { ...inside, 'plugins/stray.yaml': 'x', 'package.json': '{}' }));
    expect(reading.prefix).toBe('registry-index/');
    expect([...reading.files.keys()]).toContain('plugins/@ar/b/plugin.yaml');
    expect([...reading.files.keys()]).not.toContain('plugins/stray.yaml');
  });

  it('refuses what holds no index', async () => {
    const source = await put(kind, { 'README.md': 'x' });
    await expect(readIndex(source)).rejects.toSatisfy((error) => hasCode(error, 'INDEX_UNREADABLE'));
  });

  it('shows strange files below plugins/ to whoever checks paths', async () => {
    const { files } = await readIndex(await put(kind, { ...FILES, 'plugins/@ar/b/evil.sh': 'x' }));
    expect(files.get('plugins/@ar/b/evil.sh')).toBe('x');
  });

  it('reports and leaves out what is not UTF-8, and what is huge', async () => {
    const { files, findings } = await readIndex(
      await put(kind, {
        ...FILES,
        'plugins/@ar/b/plugin.yaml': new Uint8Array([0x61, 0xff, 0xfe]),
        'plugins/@ar/b/status.yaml': 'x'.repeat(2 * 1024 * 1024),
      }),
    );
    expect(findings.map(({ code, at }) => [code, at.file])).toEqual([
      ['YAML_TOO_LARGE', 'plugins/@ar/b/status.yaml'],
      ['YAML_ENCODING', 'plugins/@ar/b/plugin.yaml'],
    ]);
    expect([...files.keys()]).not.toContain('plugins/@ar/b/plugin.yaml');
    expect([...files.keys()]).not.toContain('plugins/@ar/b/status.yaml');
  });

  it('reads an archive by its hash', async () => {
    const reading = await readIndex(await put(kind, { ...FILES, [`store/${archiveStorePath(INTEGRITY)}`]: ARCHIVE }));
    expect(new Uint8Array(await reading.readArchive(INTEGRITY))).toEqual(ARCHIVE);
    expect(reading.storePath).toBe('store');
  });

  it('reads many archives at once', async () => {
    const archives = Array.from({ length: 50 }, (_, index) => new TextEncoder().encode(`archive ${index}`));
    const stored = archives.map((bytes) => [`store/${archiveStorePath(integrityOf(bytes))}`, bytes] as const);
    const reading = await readIndex(await put(kind, { ...FILES, ...Object.fromEntries(stored) }));
    const read = await Promise.all(archives.map((bytes) => reading.readArchive(integrityOf(bytes))));
    expect(read.map((bytes) => new TextDecoder().decode(bytes))).toEqual(
      archives.map((bytes) => new TextDecoder().decode(bytes)),
    );
  });

  it('reads archives where registry.yaml says that they are', async () => {
    const reading = await readIndex(
      await put(kind, {
        'registry-index/registry.yaml': `${REGISTRY}store: ../archives\n`,
        [`archives/${archiveStorePath(INTEGRITY)}`]: ARCHIVE,
      }),
    );
    expect(new Uint8Array(await reading.readArchive(INTEGRITY))).toEqual(ARCHIVE);
    expect(reading.storePath).toBe('../archives');
  });

  it('does not believe the name of an archive', async () => {
    const path = `store/${archiveStorePath(INTEGRITY)}`;
    const reading = await readIndex(await put(kind, { ...FILES, [path]: new TextEncoder().encode('another') }));
    await expect(reading.readArchive(INTEGRITY)).rejects.toSatisfy((error) => hasCode(error, 'INTEGRITY_MISMATCH'));
  });

  it('says that an archive is missing, or too large', async () => {
    const reading = await readIndex(await put(kind, { ...FILES, [`store/${archiveStorePath(INTEGRITY)}`]: ARCHIVE }));
    const missing = integrityOf(new Uint8Array());
    await expect(reading.readArchive(missing)).rejects.toSatisfy((error) => hasCode(error, 'ARCHIVE_NOT_IN_STORE'));
    await expect(reading.readArchive(INTEGRITY, 3)).rejects.toSatisfy((error) => hasCode(error, 'ARCHIVE_TOO_LARGE'));
  });

  it('takes the store that it is given', async () => {
    const store = join(folder, 'elsewhere');
    await mkdir(dirname(join(store, archiveStorePath(INTEGRITY))), { recursive: true });
    await writeFile(join(store, archiveStorePath(INTEGRITY)), ARCHIVE);
    const reading = await readIndex(await put(kind, FILES), { store });
    expect(new Uint8Array(await reading.readArchive(INTEGRITY))).toEqual(ARCHIVE);
    expect(reading.archiveFile(INTEGRITY)).toBe(join(store, archiveStorePath(INTEGRITY)));
    expect(reading.storePath).toBeUndefined();
  });
});

describe('what a tree can hold besides files', () => {
  it('does not follow a link of a folder', async () => {
    const root = await putFolder(FILES);
    await writeFile(join(folder, 'secret'), 'secret');
    await symlink(join(folder, 'secret'), join(root, 'plugins/@ar/b/status.yaml'));
    await symlink('/', join(root, 'plugins/@ar/root'));
    const { files, findings } = await readIndex({ folder: root });
    expect(findings.map(({ code, at }) => [code, at.file])).toEqual([
      ['FILE_KIND_NOT_ALLOWED', 'plugins/@ar/b/status.yaml'],
      ['FILE_KIND_NOT_ALLOWED', 'plugins/@ar/root'],
    ]);
    expect([...files.values()]).not.toContain('secret');
  });

  it('does not follow a link or submodule of a commit, and sees paths that differ in capitals', async () => {
    await putRepository({
      ...FILES,
      'plugins/@ar/b/versions/1.0.0-rc.1.yaml': 'x',
      'plugins/@ar/b/versions/1.0.0-RC.1.yaml': 'x',
    });
    const bare = join(folder, 'index.git');
    const index = { cwd: bare, env: { GIT_INDEX_FILE: join(folder, 'idx') } };
    const link = (await execa('git', ['hash-object', '-w', '--stdin'], { cwd: bare, input: '/etc/passwd' })).stdout;
    await execa('git', ['read-tree', 'main'], index);
    const entry = (mode: string, oid: string, path: string) =>
      execa('git', ['update-index', '--add', '--cacheinfo', `${mode},${oid},${path}`], index);
    await entry('120000', link, 'plugins/@ar/b/status.yaml');
    await entry('160000', 'b'.repeat(40), 'scopes/mod.yaml');
    await entry('100755', link, 'scopes/run.yaml');
    const tree = (await execa('git', ['write-tree'], index)).stdout;
    const repository = await openRepository(bare);
    const { files, findings } = await readIndex({ repository, tree });
    expect(findings.map(({ code, at }) => [code, at.file])).toEqual([
      ['PATH_CASE_COLLISION', 'plugins/@ar/b/versions/1.0.0-rc.1.yaml'],
      ['FILE_KIND_NOT_ALLOWED', 'plugins/@ar/b/status.yaml'],
      ['FILE_KIND_NOT_ALLOWED', 'scopes/mod.yaml'],
      ['FILE_KIND_NOT_ALLOWED', 'scopes/run.yaml'],
    ]);
    expect([...files.keys()].filter((path) => path.includes('rc'))).toEqual([]);
  });

  it('finds no archive outside of a commit, whatever registry.yaml says', async () => {
    const store = join(folder, 'archives');
    await mkdir(dirname(join(store, archiveStorePath(INTEGRITY))), { recursive: true });
    await writeFile(join(store, archiveStorePath(INTEGRITY)), ARCHIVE);
    for (const path of [store, '../../archives', '../archives']) {
      await rm(join(folder, 'index.git'), { recursive: true, force: true });
      const source = await putRepository({ ...FILES, 'registry.yaml': `${REGISTRY}store: ${path}\n` });
      const { readArchive } = await readIndex(source);
      await expect(readArchive(INTEGRITY)).rejects.toSatisfy((error) => hasCode(error, 'ARCHIVE_NOT_IN_STORE'));
    }
  });

  it('says which commit it read', async () => {
    const source = await putRepository(FILES);
    const { commit } = await readIndex(source);
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
  });

  it('does not know a revision that is not there', async () => {
    await putRepository(FILES);
    const source = { repository: join(folder, 'index.git'), revision: 'nothing' };
    await expect(readIndex(source)).rejects.toSatisfy((error) => hasCode(error, 'REVISION_UNKNOWN'));
  });
});
