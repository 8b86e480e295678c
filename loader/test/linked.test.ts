/** What the lock says of plugins that no registry vouches for: linked folders, and git repositories. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lockfile } from '@ar-registry/schemas';
import { createProbe } from './support/probe.ts';
import { createProject, removeWorkDir } from './support/project.ts';
import { silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

test('a folder that is linked by the lock is read as it is at each reload', async () => {
  const project = createProject();
  const probe = createProbe();
  const write = (n: number): void =>
    project.addFolder('p', {
      name: '@test/p',
      version: `1.0.${n}`,
      code: `${probe.source}export default { async onLoad() { note(${n}); } };`,
    });
  write(1);
  const lock = { source: 'folder', version: '1.0.0', type: 'hook', path: './p' };
  project.write('ar-plugins.yaml', JSON.stringify({ schemaVersion: 1, plugins: { '@test/p': { path: './p' } } }));
  project.write('ar-plugins.lock', JSON.stringify({ schemaVersion: 1, plugins: { '@test/p': lock } }));
  project.write('ar.config.json', JSON.stringify({ plugins: ['@test/p'] }));
  await using relay = await startTestRelay(project);
  write(2);
  expect(await relay.loader.reload('@test/p')).toMatchObject({ version: '1.0.2', status: 'active' });
  expect(probe.notes).toEqual([1, 2]);
});

test('a plugin of a git repository has the files that the lock pins, and a process of its own', async () => {
  const project = createProject();
  await project.install({
    name: '@ar/git',
    code: 'export default { async onLoad() { globalThis.gitPluginIsHere = true; } };',
  });
  const file = join(project.dir, 'ar-plugins.lock');
  const { plugins } = JSON.parse(readFileSync(file, 'utf8')) as Lockfile;
  const entry = plugins['@ar/git'];
  if (entry?.source !== 'registry') throw new Error('It is not locked.');
  const { version, type, integrity, files } = entry;
  const git = { source: 'git', version, type, git: 'github:acme/git', commit: 'a'.repeat(40), built: false };
  const locked = { '@ar/git': { ...git, integrity, files } };
  project.write('ar-plugins.lock', JSON.stringify({ schemaVersion: 1, plugins: locked }));
  project.write('ar.config.json', JSON.stringify({ plugins: ['@ar/git'] }));
  await using relay = await startTestRelay(project);
  const [loaded] = relay.loader.getLoaded();
  expect(loaded).toMatchObject({ name: '@ar/git', status: 'active' });
  // Whatever scope its name has: no registry says that it is official.
  expect(globalThis).not.toHaveProperty('gitPluginIsHere');
});
