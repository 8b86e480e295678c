/** Folders of a user's own, linked into a project: what is there is what is installed. */
import fs from 'node:fs';
import path from 'node:path';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { validator as isDoctor } from '@ar-registry/schemas/validators/cli/doctor';
import { validator as isInfo } from '@ar-registry/schemas/validators/cli/info';
import { validator as isInstall } from '@ar-registry/schemas/validators/cli/install';
import { validator as isList } from '@ar-registry/schemas/validators/cli/list';
import { validator as isOutdated } from '@ar-registry/schemas/validators/cli/outdated';
import { validator as isUpdate } from '@ar-registry/schemas/validators/cli/update';
import { validator as isVerify } from '@ar-registry/schemas/validators/cli/verify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProject, LOCK_FILE, PROJECT_FILE, type TestProject } from './support/project.ts';
import { plugin } from './support/repository.ts';

const OWN = '@me/own';

let registry: ServedRegistry;
let project: TestProject;
let folder: string;

beforeAll(async () => {
  registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(async () => {
  project = createProject(registry);
  folder = path.join(path.dirname(project.dir), 'Eigene plugins', 'größe');
  write('1.0.0');
  const { code, stderr } = await project.ar('install', folder);
  if (code !== 0) throw new Error(stderr);
  return () => project[Symbol.dispose]();
});

function write(version: string, name = `"${OWN}"`): void {
  for (const [file, text] of Object.entries(plugin({ name, version }))) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  }
}

describe('a linked folder', () => {
  it('is named relative to the project, with slashes, without an integrity, and not copied', () => {
    const { plugins } = JSON.parse(project.read(LOCK_FILE)) as { plugins: Record<string, object> };
    expect(plugins[OWN]).toEqual({
      source: 'folder',
      version: '1.0.0',
      type: 'hook',
      path: '../Eigene plugins/größe',
    });
    expect(project.read(PROJECT_FILE)).toContain('path: ../Eigene plugins/größe');
    expect(project.stored('')).toEqual([]);
  });

  it('shows in list as it is now, whatever the lock remembers', async () => {
    write('1.1.0');
    const { value } = await project.json(isList, 'list');
    expect(value.plugins).toMatchObject([{ name: OWN, version: '1.1.0', source: 'folder' }]);
    expect((await project.ar('list')).stdout).toContain('linked to ../Eigene plugins/größe');
  });

  it('is what info tells of it, and a version that is asked for is the registry’s', async () => {
    write('1.1.0');
    const { code, value } = await project.json(isInfo, 'info', OWN);
    expect([code, value]).toMatchObject([0, { local: { name: OWN, version: '1.1.0', source: 'folder' } }]);
    expect((await project.ar('info', OWN)).stdout).toMatch(/from no registry[^]*what is in the folder is what runs/);
    expect(await project.refusal('info', `${OWN}@1.0.0`)).toEqual([1, 'PLUGIN_NOT_FOUND']);
    fs.rmSync(folder, { recursive: true });
    expect((await project.json(isInfo, 'info', OWN)).value).toMatchObject({ local: { broken: expect.any(String) } });
  });

  it('has the README that lies in it', async () => {
    expect((await project.ar('readme', OWN)).stdout).toBe('# Git\n');
    fs.rmSync(path.join(folder, 'README.md'));
    fs.symlinkSync('/dev/zero', path.join(folder, 'README.md'));
    expect(await project.refusal('readme', OWN)).toEqual([1, 'README_NOT_FOUND']);
  });

  it('has no updates, and is not verified', async () => {
    expect((await project.json(isUpdate, 'update')).value).toMatchObject({ updated: [], local: [OWN] });
    expect((await project.json(isOutdated, 'outdated')).value).toMatchObject({ plugins: [], local: [OWN] });
    const { code, value } = await project.json(isVerify, 'verify');
    expect([code, value]).toMatchObject([0, { ok: true, plugins: [{ state: 'linked' }] }]);
    expect((await project.ar('verify')).stdout).toMatch(/linked, not verified/);
    expect((await project.ar('verify')).stdout).not.toMatch(/as it was published/);
  });

  it('is there after a restore as long as the folder is', async () => {
    const before = project.state();
    const { code, value } = await project.json(isInstall, 'install');
    expect([code, value]).toMatchObject([0, { installed: [], unchanged: [{ name: OWN }] }]);
    expect(project.state()).toEqual(before);
  });

  it.each([
    ['is gone', () => fs.rmSync(folder, { recursive: true })],
    ['is a file', () => (fs.rmSync(folder, { recursive: true }), fs.writeFileSync(folder, ''))],
    ['has no manifest', () => fs.rmSync(path.join(folder, 'ar-plugin.yaml'))],
    ['has a manifest that is none', () => fs.writeFileSync(path.join(folder, 'ar-plugin.yaml'), 'name: [')],
    [
      'has a manifest without end',
      () => {
        fs.rmSync(path.join(folder, 'ar-plugin.yaml'));
        fs.symlinkSync('/dev/zero', path.join(folder, 'ar-plugin.yaml'));
      },
    ],
    ['is another plugin', () => write('1.0.0', '"@me/other"')],
  ])('that %s is said to be broken by each command, and can be removed', async (_title, breakIt) => {
    breakIt();
    expect(await project.refusal('install')).toEqual([1, 'LINK_BROKEN']);
    const verified = await project.json(isVerify, 'verify');
    expect([verified.code, verified.value]).toMatchObject([1, { ok: false, plugins: [{ state: 'broken' }] }]);
    const [listed] = (await project.json(isList, 'list')).value.plugins;
    expect(listed).toMatchObject({ name: OWN, broken: expect.any(String) });
    const { checks } = (await project.json(isDoctor, 'doctor')).value;
    expect(checks.find(({ id }) => id === 'store')?.result).toBe('fail');
    expect((await project.ar('remove', OWN)).code).toBe(0);
    expect(project.read(PROJECT_FILE)).not.toContain(OWN);
  });
});

describe('an archive', () => {
  it('is a copy with its integrity: the folder it was packed from may change', async () => {
    const archive = path.join(path.dirname(project.dir), 'own.tgz');
    expect((await project.ar('pack', folder, '--out', archive)).code).toBe(0);
    expect((await project.ar('install', archive)).code).toBe(0);
    const { plugins } = JSON.parse(project.read(LOCK_FILE)) as { plugins: Record<string, object> };
    expect(plugins[OWN]).toMatchObject({ source: 'archive', path: '../own.tgz', integrity: expect.any(String) });
    fs.rmSync(folder, { recursive: true });
    fs.rmSync(archive);
    expect((await project.json(isVerify, 'verify')).value).toMatchObject({ plugins: [{ state: 'intact' }] });
    expect((await project.ar('install')).code).toBe(0);
  });
});
