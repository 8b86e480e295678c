/// <reference lib="esnext.disposable" />
/** `ar-registry scan` as a process, on folders and archives. */
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packPlugin } from '@ar-registry/io/package-folder';
import { validator as isScan } from '@ar-registry/schemas/validators/cli/scan';
import type { ScanOutput } from '@ar-registry/schemas';
import { pluginWith } from '@ar-registry/testing/archives';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const PLUGINS = fileURLToPath(new URL('../../plugins', import.meta.url));

async function scan(...args: readonly string[]) {
  return execa(process.execPath, ['--conditions=ar-source', MAIN, 'scan', ...args], { reject: false });
}

async function report(...args: readonly string[]): Promise<ScanOutput> {
  const { stdout } = await scan(...args, '--json');
  const document: unknown = JSON.parse(stdout);
  expect(isScan(document)).toMatchObject({ ok: true });
  return document as ScanOutput;
}

async function folder(files: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), 'ar-scan-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const manifest = (more = '') => `name: '@acme/hello'
version: 1.0.0
type: hook
description: Says hello
author: { name: Acme }
repository: { type: git, url: 'https://github.com/acme/hello' }
license: MIT
main: ./index.js
hooks: { onMessage: true }
${more}`;

describe('ar-registry scan', () => {
  it.each(['audit-logger', 'rbac-policy', 'webhook-bridge'])(
    'finds that @ar/%s needs exactly what it declares',
    async (name) => {
      const { result, permissions } = await report(join(PLUGINS, name));
      expect(result).toBe('pass');
      expect(permissions.found).toEqual(permissions.declared);
    },
  );

  it('finds the same in the archive as in the folder', async () => {
    const dir = join(PLUGINS, 'webhook-bridge');
    const { archive } = await packPlugin(dir, { nameOf: (path) => path, signal: AbortSignal.timeout(60_000) });
    await using target = await folder({});
    await writeFile(join(target.path, 'plugin.tgz'), archive.bytes);
    expect(await report(join(target.path, 'plugin.tgz'))).toEqual(await report(dir));
  });

  it('ends with 1 and says where, what and how to mend it', async () => {
    await using target = await folder({ 'ar-plugin.yaml': manifest(), 'index.js': 'eval("1")\n' });
    const { exitCode, stdout } = await scan(target.path);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^index\.js:1:1 error CODE_GENERATED .+\n {2}1 \| eval\("1"\)\nhelp: .+\n\nfail: 1 error, 0 warnings\n?$/,
    );
  });

  it('takes what the manifest declares into account', async () => {
    const more = 'permissions: { codeGeneration: true, env: [HOME] }\n';
    await using target = await folder({ 'ar-plugin.yaml': manifest(more), 'index.js': 'eval("1")\n' });
    expect(await report(target.path)).toMatchObject({
      result: 'pass',
      findings: [{ code: 'PERMISSION_UNUSED', category: 'environment' }],
      permissions: { unused: { env: ['HOME'] } },
    });
  });

  it('looks at what is packed, and not at the author’s own tools', async () => {
    const files = { 'ar-plugin.yaml': manifest('files: [index.js]\n'), 'index.js': '', 'tools/x.js': 'eval("1")' };
    await using target = await folder(files);
    expect(await report(target.path)).toMatchObject({ result: 'pass', findings: [] });
  });

  it('is no pass where the manifest is missing or broken', async () => {
    await using without = await folder({ 'index.js': 'export {}' });
    await using broken = await folder({ 'ar-plugin.yaml': 'name: [', 'index.js': 'export {}' });
    for (const { path } of [without, broken]) expect(await report(path)).toMatchObject({ result: 'could-not-run' });
  });

  it('looks at all there is where packing refuses the folder', async () => {
    await using target = await folder({ 'ar-plugin.yaml': manifest(), 'index.js': 'eval("1")' });
    await symlink('/etc/passwd', join(target.path, 'link'));
    expect(await report(target.path)).toMatchObject({ result: 'fail', findings: [{ file: 'index.js' }] });
  });

  it('reports an archive that may not be unpacked as not scanned', async () => {
    await using target = await folder({ 'plugin.tgz': 'no archive' });
    expect(await report(join(target.path, 'plugin.tgz'))).toMatchObject({ result: 'could-not-run', findings: [] });
    expect((await scan(join(target.path, 'plugin.tgz'))).exitCode).toBe(1);
  });

  it('scans an archive', async () => {
    const bytes = pluginWith({ path: 'package/evil.js', body: 'require("child_process").exec("id")' });
    await using target = await folder({});
    await writeFile(join(target.path, 'plugin.tgz'), bytes);
    const { result, findings } = await report(join(target.path, 'plugin.tgz'));
    expect(result).toBe('fail');
    expect(findings).toContainEqual(expect.objectContaining({ code: 'PROCESS_STARTED', file: 'evil.js' }));
  });

  it.each([[[]], [['a', 'b']], [['--tagret', 'x']]])('refuses the arguments %j', async (args) => {
    const { exitCode, stderr } = await scan(...args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('error[USAGE]')]);
  });

  it('tells a target that is not there', async () => {
    const { exitCode, stderr } = await scan('/nowhere/at/all');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('error[FILE_NOT_FOUND]')]);
  });
});
