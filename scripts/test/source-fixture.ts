/** A plugin in a repository of its own, and its version submitted with the commit that it was packed from. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { archiveStorePath } from '@ar-registry/core/archive';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { packPlugin } from '@ar-registry/io/package-folder';
import { execa } from 'execa';
import { testRegistry, type TestRegistry } from './registry-fixture.ts';

export const NAME = '@acme/audit';

export interface Submitted {
  readonly registry: TestRegistry;
  readonly head: string;
}

export type Scripts = Readonly<Record<string, string>>;
/** A build that gives what was packed. */
export const BUILD = `node -e "const fs=require('fs');fs.mkdirSync('dist',{recursive:true});fs.copyFileSync('src/index.js','dist/index.js')"`;

export type Git = (args: readonly string[], input?: string) => Promise<string>;

/**
 * @param scripts of its package.json
 * @param more files, or others in place of its own
 * @param otherCommit what the record names in place of the commit
 */
export async function submitted(
  scripts: Scripts,
  more: Readonly<Record<string, string>> = {},
  otherCommit?: (git: Git) => Promise<string>,
): Promise<Submitted> {
  const registry = await testRegistry();
  const dir = await mkdtemp(join(registry.folder, 'source-'));
  const packageJson = { name: NAME, version: '1.0.0', type: 'module', private: true, scripts };
  const lock = { name: NAME, version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': packageJson } };
  const files = {
    'ar-plugin.yaml': manifestText(),
    'README.md': '# Audit\n',
    LICENSE: 'MIT\n',
    '.gitignore': 'dist\nnode_modules\n',
    'src/index.js': 'export default {};\n',
    'package.json': JSON.stringify(packageJson),
    'package-lock.json': JSON.stringify(lock),
    ...more,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  const git: Git = async (args, input = '') =>
    (await execa('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], { cwd: dir, input })).stdout;
  await git(['init', '--quiet', '--initial-branch=main']);
  await git(['add', '-A']);
  await git(['commit', '--quiet', '-m', 'State']);
  const commit = otherCommit ? await otherCommit(git) : await git(['rev-parse', 'HEAD']);
  await mkdir(join(dir, 'dist'));
  await writeFile(join(dir, 'dist/index.js'), 'export default {};\n');
  const { archive } = await packPlugin(dir, { nameOf: (path) => path, signal: new AbortController().signal });
  const { bytes, ...dist } = archive;
  const source = { type: 'git' as const, url: `file://${dir}`, commit };
  const submission = await registry.submission(NAME, '1.0.0', {
    record: (record) => ({
      ...record,
      source,
      dist: { tarball: `store:${dist.integrity}`, ...dist, files: [...dist.files] },
    }),
  });
  for (const path of submission.keys()) if (path.startsWith('store/')) submission.delete(path);
  submission.set(`store/${archiveStorePath(dist.integrity)}`, bytes);
  const head = await registry.commit('publish', submission);
  return { registry, head };
}

function manifestText(): string {
  return stringifyRecord({
    name: NAME,
    version: '1.0.0',
    type: 'bridge',
    description: `What ${NAME} does`,
    author: { name: 'Ada' },
    repository: { type: 'git', url: 'https://example.com/acme/audit' },
    license: 'MIT',
    main: './dist/index.js',
    tags: ['chat'],
    category: 'communication',
  });
}
