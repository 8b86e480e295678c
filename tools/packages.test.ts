/** What is published to npm: with what readers and lawyers look for, and without what only this repository needs. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

const PUBLISHED = ['schemas', ...readdirSync(path.join(ROOT, 'packages')).map((name) => `packages/${name}`)]
  .concat('cli', 'loader', 'scripts')
  .filter((folder) => !('private' in readManifest(folder)));

function readManifest(folder: string): object {
  return JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8')) as object;
}

async function packedFiles(folder: string): Promise<readonly string[]> {
  const { stdout } = await execa('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=silent'], {
    cwd: path.join(ROOT, folder),
  });
  const packed = Object.values(JSON.parse(stdout) as object) as readonly { files: readonly { path: string }[] }[];
  return packed.flatMap(({ files }) => files.map((file) => file.path));
}

describe.each(PUBLISHED)('the npm package of %s', (folder) => {
  let files: readonly string[];
  beforeAll(async () => {
    files = await packedFiles(folder);
  });

  it('brings its README and the licence', () => {
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md']));
    expect(readFileSync(path.join(ROOT, folder, 'LICENSE'), 'utf8')).toBe(
      readFileSync(path.join(ROOT, 'LICENSE'), 'utf8'),
    );
  });

  it('brings no tests, and nothing of a build that only the next one reads', () => {
    expect(files.filter((file) => /\.test\.ts$|\.snap$|tsbuildinfo$/.test(file))).toEqual([]);
  });
});
