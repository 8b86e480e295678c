/** The view for npm's clients on a mirror: made of what was checked, with the mirror's own address in it. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { integrityOf } from '@ar-registry/io/digest';
import type { NpmPackument } from '@ar-registry/schemas';
import { validator as isPackument } from '@ar-registry/schemas/validators/api/npm-packument';
import { execa } from 'execa';
import { beforeEach, expect, it } from 'vitest';
import { filesIn, mirrorFixture, type MirrorFixture } from './mirror-fixture.ts';

const AUDIT = '@acme/audit';
const SHELL = '@acme/shell';
const tools = createRequire(new URL('../../tools/test-dependencies/package.json', import.meta.url));

let fixture: MirrorFixture;
let url: string;
beforeEach(async () => {
  fixture = await mirrorFixture([
    { name: AUDIT, version: '1.1.0', options: { first: false } },
    { name: SHELL, version: '1.0.0' },
  ]);
  url = await fixture.serve('mirror');
});

const at = (...parts: readonly string[]): string => path.join(fixture.folder, 'mirror', ...parts);
const mirrored = async (...args: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  expect(await fixture.mirror(...args)).toMatchObject({ exitCode: 0 });
  return filesIn(at());
};
const npmFiles = (files: ReadonlyMap<string, string>): readonly string[] =>
  [...files.keys()].filter((file) => file.startsWith('npm/'));

async function packumentOf(name: string): Promise<NpmPackument> {
  const checked = isPackument(JSON.parse(await readFile(at(routes.npm(name)), 'utf8')));
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors));
  return checked.value;
}

it('has what the policy lets pass, from the mirror itself, and changes nothing that is signed', async () => {
  const without = await mirrored('--deny', SHELL);
  const files = await mirrored('--deny', SHELL, '--base-url', `${url}/`);
  expect(npmFiles(files)).toEqual([
    routes.npmArchive(AUDIT, '1.0.0'),
    routes.npmArchive(AUDIT, '1.1.0'),
    routes.npm(AUDIT),
  ]);
  expect(new Map([...files].filter(([file]) => !file.startsWith('npm/')))).toEqual(without);
  const { versions, 'dist-tags': tags } = await packumentOf(AUDIT);
  expect(tags).toEqual({ latest: '1.1.0' });
  const { dist } = versions['1.0.0'] ?? {};
  expect(dist?.tarball).toBe(`${url}/${routes.npmArchive(AUDIT, '1.0.0')}`);
  expect(integrityOf(await readFile(at(routes.npmArchive(AUDIT, '1.0.0'))))).toBe(dist?.integrity);
});

it('is what the real npm installs from', async () => {
  await mirrored('--base-url', url);
  const project = path.join(fixture.folder, 'project');
  const npm = path.join(path.dirname(tools.resolve('npm/package.json')), '../.bin/npm');
  const env = { HOME: fixture.folder, npm_config_cache: path.join(fixture.folder, 'cache') };
  await execa('mkdir', [project]);
  await writeFile(path.join(project, 'package.json'), '{"name":"project","private":true}');
  await writeFile(path.join(project, '.npmrc'), `@acme:registry=${url}/npm/\nfetch-retries=0\n`);
  await execa(npm, ['install', `${AUDIT}@~1.0.0`, '--no-audit', '--no-fund'], { cwd: project, env });
  const installed = await readFile(path.join(project, 'node_modules', AUDIT, 'package.json'), 'utf8');
  expect(JSON.parse(installed)).toMatchObject({ name: AUDIT, version: '1.0.0' });
});

it('is written where something changed, follows a policy, and goes with the option', async () => {
  await mirrored('--base-url', url);
  const first = await stat(at(routes.npmArchive(AUDIT, '1.0.0')));
  expect(first.ino).toBe((await stat(at(routes.download(AUDIT, '1.0.0')))).ino);
  expect(npmFiles(await mirrored('--base-url', url))).toHaveLength(5);
  expect((await stat(at(routes.npmArchive(AUDIT, '1.0.0')))).mtimeMs).toBe(first.mtimeMs);
  expect(npmFiles(await mirrored('--base-url', url, '--deny', AUDIT))).toEqual([
    routes.npmArchive(SHELL, '1.0.0'),
    routes.npm(SHELL),
  ]);
  const { output } = await fixture.mirror('--base-url', url, '--deny', AUDIT, '--dry-run');
  expect(output.deleted).toBe(0);
  expect(npmFiles(await mirrored())).toEqual([]);
});

it('names no version whose document on the disk is not what is signed', async () => {
  await mirrored();
  // A disk that changes bytes: of the same size, so that the mirror itself does not fetch it again.
  const file = at(routes.version(AUDIT, '1.0.0'));
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll('sha512-', 'sha512_'));
  await mirrored('--base-url', url);
  expect(Object.keys((await packumentOf(AUDIT)).versions)).toEqual(['1.1.0']);
});

it('leaves a folder npm alone that is not its own', async () => {
  await mirrored();
  await execa('mkdir', ['-p', at('npm')]);
  await writeFile(at('npm/mine'), 'mine');
  expect(npmFiles(await mirrored())).toEqual(['npm/mine']);
});

it('needs an address', async () => {
  expect(await fixture.mirror('--base-url', 'mirror.example.com')).toMatchObject({ code: 'USAGE', exitCode: 2 });
});
