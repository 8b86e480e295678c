/** A git-backed registry made in a temporary folder: a bare repository, and plugins that are really packed. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { archiveStorePath } from '@ar-registry/core/archive';
import { indexPaths } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { packFolder, type PackedArchive } from '@ar-registry/io/archive';
import type { Clock } from '@ar-registry/io/clock';
import { commitFiles } from '@ar-registry/io/git';
import type { Account, NormalizedManifest, PluginRecord, VersionRecord } from '@ar-registry/schemas';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';

export const ADA: Account = { login: 'ada', id: 1 };
export const EVE: Account = { login: 'eve', id: 666 };
const NOW = '2026-06-01T12:00:00Z';
export const CLOCK: Clock = { nowMs: () => Date.parse(NOW), now: () => NOW };

const AUTHOR = { name: 'Test', email: 'test@example.com', atMs: Date.parse(NOW) };

export const INDEX_FILES: Readonly<Record<string, string>> = {
  'registry.yaml': stringifyRecord({ schemaVersion: 1, name: 'test', title: 'Test registry' }),
  'categories.yaml': stringifyRecord({
    schemaVersion: 1,
    categories: [{ id: 'communication', title: 'Communication', description: 'Chat' }],
  }),
  'scopes/acme.yaml': stringifyRecord({ schemaVersion: 1, scope: 'acme', level: 'community', owners: [ADA] }),
  'scopes/ar.yaml': stringifyRecord({ schemaVersion: 1, scope: 'ar', level: 'official', owners: [ADA] }),
};

export interface PluginOptions {
  /** Changes to ar-plugin.yaml. */
  readonly manifest?: object;
  /** Further files of the package, or others in place of its own; undefined for one that is to be missing. */
  readonly files?: Readonly<Record<string, string | Uint8Array | undefined>>;
  /** Changes to the version record. */
  readonly record?: (record: VersionRecord) => VersionRecord;
  readonly plugin?: Partial<PluginRecord>;
  readonly publishedAt?: string;
  readonly publishedBy?: Account;
  /** Whether plugin.yaml is written too: for the first version. */
  readonly first?: boolean;
}

export type Files = ReadonlyMap<string, Uint8Array | string>;

/** Removed when the test that made it has ended. */
export interface TestRegistry {
  readonly folder: string;
  /** The bare repository. */
  readonly bare: string;
  /** Packs a plugin and gives the files of its submission, by path in the index. */
  submission(name: string, version: string, options?: PluginOptions): Promise<Map<string, Uint8Array | string>>;
  /** Commits files onto a branch. @returns the commit */
  commit(branch: string, files: Files, from?: string): Promise<string>;
  /** Makes main what `branch` is. */
  accept(branch: string): Promise<void>;
  git(...args: readonly string[]): Promise<string>;
}

/**
 * @param prefix where the index lies in the repository: empty, or with a slash at the end.
 * @param cleanUp called with what removes it; the end of the test, unless given
 */
export async function testRegistry(
  prefix = '',
  cleanUp: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'ar-registry-'));
  cleanUp(() => rm(folder, { recursive: true, force: true }));
  const bare = join(folder, 'index.git');
  const git = async (...args: readonly string[]): Promise<string> =>
    (await execa('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], { cwd: bare })).stdout;
  await execa('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare]);
  const tree = (await execa('git', ['hash-object', '-t', 'tree', '-w', '--stdin'], { cwd: bare, input: '' })).stdout;
  const empty = await git('commit-tree', tree, '-m', 'Begin');
  const commit = async (branch: string, files: Files, from = 'main'): Promise<string> => {
    const base = /^[0-9a-f]{40}$/.test(from) ? from : (await git('rev-parse', `refs/heads/${from}`)).trim();
    const placed = new Map([...files].map(([path, content]) => [posix.join(prefix, path), content]));
    return commitFiles(bare, { branch, base, files: placed, message: `Submit ${branch}\n`, author: AUTHOR });
  };
  await commit('main', new Map(Object.entries(INDEX_FILES)), empty.trim());
  return {
    folder,
    bare,
    submission: (name, version, options) => submission(folder, { name, version }, options),
    commit,
    accept: async (branch) => void (await git('update-ref', 'refs/heads/main', `refs/heads/${branch}`)),
    git,
  };
}

interface Wanted {
  readonly name: string;
  readonly version: string;
}

async function submission(
  folder: string,
  { name, version }: Wanted,
  options: PluginOptions = {},
): Promise<Map<string, Uint8Array | string>> {
  const { manifest, packed } = await packPlugin(folder, { name, version }, options);
  const record: VersionRecord = {
    schemaVersion: 1,
    manifest,
    dist: {
      tarball: `store:${packed.integrity}`,
      integrity: packed.integrity,
      size: packed.size,
      unpackedSize: packed.unpackedSize,
      fileCount: packed.fileCount,
      files: [...packed.files],
    },
    publishedAt: options.publishedAt ?? '2026-05-01T00:00:00Z',
    publishedBy: options.publishedBy ?? ADA,
  };
  const files = new Map<string, Uint8Array | string>([
    [indexPaths.version(name, version), stringifyRecord(options.record?.(record) ?? record)],
    [indexPaths.status(name), stringifyRecord({ schemaVersion: 1, distTags: { latest: version } })],
    [`store/${archiveStorePath(packed.integrity)}`, packed.bytes],
  ]);
  if (options.first ?? true) files.set(indexPaths.plugin(name), stringifyRecord(pluginRecord(manifest, options)));
  return files;
}

function pluginRecord(manifest: NormalizedManifest, { plugin, publishedBy = ADA }: PluginOptions): PluginRecord {
  const repository = { url: manifest.repository.url };
  return { schemaVersion: 1, name: manifest.name, owners: [publishedBy], trust: 'community', repository, ...plugin };
}

async function packPlugin(
  folder: string,
  { name, version }: Wanted,
  { manifest: changes, files: extra }: PluginOptions,
): Promise<{ readonly manifest: NormalizedManifest; readonly packed: PackedArchive }> {
  const manifestText = stringifyRecord({
    name,
    version,
    type: 'bridge',
    description: `What ${name} does`,
    author: { name: 'Ada' },
    repository: { type: 'git', url: `https://example.com/${name.slice(1)}` },
    license: 'MIT',
    main: './dist/index.js',
    tags: ['chat'],
    category: 'communication',
    ...changes,
  });
  const parsed = parseManifest(manifestText, 'ar-plugin.yaml');
  if (!parsed.manifest || !parsed.authored) throw new Error(JSON.stringify(parsed.findings));
  const dir = await mkdtemp(join(folder, 'plugin-'));
  await writeFiles(dir, {
    'ar-plugin.yaml': manifestText,
    'README.md': `# ${name}\n\nVersion ${version}.\n`,
    LICENSE: 'MIT\n',
    'dist/index.js': `export default { name: '${name}', version: '${version}' };\n`,
    ...extra,
  });
  const packed = await packFolder(dir, { manifest: parsed.manifest, manifestText, files: parsed.authored.files });
  return { manifest: parsed.manifest, packed };
}

async function writeFiles(dir: string, files: NonNullable<PluginOptions['files']>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) continue;
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}
