import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProbe, type Probe } from './support/probe.ts';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

function noteConfig(probe: Probe, name: string): string {
  return `${probe.source}export default { async onLoad({ config }) { note(['${name}', config]); } };`;
}

async function notesOf(project: TestProject, probe: Probe, env: Readonly<Record<string, string>> = {}) {
  await using relay = await startTestRelay(project, { env });
  const loaded = relay.loader.getLoaded().map(({ name, status, error }) => [name, error?.code ?? status]);
  return { loaded, notes: probe.notes, configError: relay.configError?.code };
}

const CONFIG_KEYS = 'config: { required: [API_TOKEN], optional: [DEFAULT_CHANNEL] }\n';

test('all five forms of an entry load', async () => {
  const project = createProject();
  const probe = createProbe();
  for (const name of ['plain', 'exact', 'object'])
    await project.install({ name: `@ar/${name}`, version: '1.4.2', code: noteConfig(probe, name) });
  project.addFolder('folder', { name: '@ar/folder', code: noteConfig(probe, 'folder') });
  project.addFolder('nested/folder', { name: '@ar/folder-object', code: noteConfig(probe, 'folder-object') });
  project.write(
    'ar.config.ts',
    `interface Options { channel: string }
    const config: Options = { channel: '#agents' };
    export default {
      plugins: [
        '@ar/plain',
        '@ar/exact@1.4.2',
        { name: '@ar/object', version: '^1.4', config, enabled: true, loadTimeoutMs: 5000 },
        './folder',
        { name: './nested/folder', config },
      ],
    };`,
  );
  const { loaded, notes } = await notesOf(project, probe);
  expect(loaded).toEqual([
    ['@ar/plain', 'active'],
    ['@ar/exact', 'active'],
    ['@ar/object', 'active'],
    ['@ar/folder', 'active'],
    ['@ar/folder-object', 'active'],
  ]);
  // They load in parallel.
  expect(new Set(notes)).toEqual(
    new Set([
      ['exact', {}],
      ['folder', {}],
      ['folder-object', { channel: '#agents' }],
      ['object', { channel: '#agents' }],
      ['plain', {}],
    ]),
  );
});

test.each([
  ['ar.config.js', 'export default'],
  ['ar.config.mjs', 'export default'],
  ['ar.config.ts', 'module.exports ='],
  ['ar.config.json', ''],
])('%s with `%s` is read', async (file, head) => {
  const project = createProject();
  project.addFolder('folder', { name: '@ar/folder', code: 'export default {};' });
  project.write(file, `${head} {"plugins": ["./folder"]}`);
  expect((await notesOf(project, createProbe())).loaded).toEqual([['@ar/folder', 'active']]);
});

test('ar.config.ts may import the SDK even where the project has not installed it', async () => {
  const project = createProject();
  project.addFolder('folder', { name: '@ar/folder', code: 'export default {};' });
  project.write(
    'ar.config.ts',
    `import { defineConfig } from '@ar-registry/sdk';\nexport default defineConfig({ plugins: ['./folder'] });`,
  );
  expect(await notesOf(project, createProbe())).toMatchObject({ loaded: [['@ar/folder', 'active']] });
});

test('a plugin named twice, plainly and with configuration, is one plugin', async () => {
  const project = createProject();
  const probe = createProbe();
  await project.install({ name: '@ar/twice', code: noteConfig(probe, 'twice') });
  project.write('ar.config.json', JSON.stringify({ plugins: ['@ar/twice', { name: '@ar/twice', config: { a: 1 } }] }));
  const { loaded, notes } = await notesOf(project, probe);
  expect(loaded).toEqual([['@ar/twice', 'active']]);
  expect(notes).toEqual([['twice', { a: 1 }]]);
});

test('a folder that is the same plugin as another entry is refused, the first one runs', async () => {
  const project = createProject();
  await project.install({ name: '@ar/same', code: 'export default {};' });
  project.addFolder('copy', { name: '@ar/same', code: 'export default {};' });
  project.write('ar.config.json', JSON.stringify({ plugins: ['@ar/same', './copy'] }));
  expect((await notesOf(project, createProbe())).loaded).toEqual([
    ['@ar/same', 'active'],
    ['./copy', 'PLUGIN_ENTRY_INVALID'],
  ]);
});

test('without a configuration file the plugins of ar-plugins.yaml load, those that are disabled do not', async () => {
  const project = createProject();
  const probe = createProbe();
  const code = noteConfig(probe, 'any');
  await project.install(
    { name: '@ar/on', manifest: CONFIG_KEYS, code },
    { wanted: { enabled: true, range: '^1.0.0', config: { API_TOKEN: 'x' } } },
  );
  await project.install({ name: '@ar/off', code }, { wanted: { enabled: false } });
  const { loaded, notes } = await notesOf(project, probe);
  expect(loaded).toEqual([
    ['@ar/on', 'active'],
    ['@ar/off', 'disabled'],
  ]);
  expect(notes).toEqual([['any', { apiToken: 'x' }]]);
});

test.each([
  { title: 'ar-plugins.yaml turns a plugin off', entry: {}, enabled: false, status: 'disabled' },
  { title: 'an entry turns a plugin off', entry: { enabled: false }, enabled: true, status: 'disabled' },
  {
    title: 'an entry turns a plugin on, against ar-plugins.yaml',
    entry: { enabled: true },
    enabled: false,
    status: 'active',
  },
])('$title', async ({ entry, enabled, status }) => {
  const project = createProject();
  await project.install({ name: '@ar/p', code: 'export default {};' }, { wanted: { enabled } });
  project.write('ar.config.json', JSON.stringify({ plugins: [{ name: '@ar/p', ...entry }] }));
  expect((await notesOf(project, createProbe())).loaded).toEqual([['@ar/p', status]]);
});

test('values come from the entry, else from ar-plugins.yaml, else from the environment', async () => {
  const project = createProject();
  const probe = createProbe();
  const manifest = 'config: { required: [FROM_ENTRY, FROM_PROJECT, FROM_ENV] }\n';
  await project.install(
    { name: '@ar/values', manifest, code: noteConfig(probe, 'values') },
    { wanted: { enabled: true, config: { FROM_PROJECT: 'project', fromEntry: 'project' } } },
  );
  project.write(
    'ar.config.json',
    JSON.stringify({ plugins: [{ name: '@ar/values', config: { FROM_ENTRY: 'entry' } }] }),
  );
  const env = { FROM_ENTRY: 'env', FROM_PROJECT: 'env', FROM_ENV: 'env' };
  const { notes } = await notesOf(project, probe, env);
  expect(notes).toEqual([['values', { fromEntry: 'entry', fromProject: 'project', fromEnv: 'env' }]]);
});

test.each([
  ['does not parse', 'ar.config.ts', 'export default {'],
  ['throws', 'ar.config.ts', `throw new Error('boom');`],
  ['imports what is not there', 'ar.config.ts', `import './missing.js'; export default { plugins: [] };`],
  ['exports no plugins', 'ar.config.ts', 'export default {};'],
  ['exports nothing', 'ar.config.mjs', ''],
  ['exports plugins that are no list', 'ar.config.json', '{"plugins": {}}'],
  ['has an unknown key', 'ar.config.json', '{"plugins": [], "plugin": []}'],
  ['is not JSON', 'ar.config.json', '{plugins: []}'],
])('the daemon runs without plugins when the configuration file %s', async (_, file, text) => {
  const project = createProject();
  await project.install({ name: '@ar/idle', code: 'export default {};' });
  project.write(file, text);
  await using relay = await startTestRelay(project);
  expect(relay.configError?.code).toBe('CONFIG_FILE_INVALID');
  expect(relay.loader.getLoaded()).toEqual([]);
  expect(relay.daemon.isRunning).toBe(true);
});

test.skipIf(process.platform === 'win32')(
  'the daemon runs without plugins when the configuration file is a pipe',
  async () => {
    const project = createProject();
    execFileSync('mkfifo', [path.join(project.dir, 'ar.config.ts')]);
    await using relay = await startTestRelay(project);
    expect([relay.configError?.code, relay.daemon.isRunning]).toEqual(['CONFIG_FILE_INVALID', true]);
  },
);

test('a broken ar-plugins.yaml fails the plugins it names, not the folders', async () => {
  const project = createProject();
  project.write('ar-plugins.yaml', 'plugins: [');
  project.addFolder('folder', { name: '@ar/folder', code: 'export default {};' });
  project.write('ar.config.json', JSON.stringify({ plugins: ['@ar/installed', './folder'] }));
  expect((await notesOf(project, createProbe())).loaded).toEqual([
    ['@ar/installed', 'FILE_INVALID'],
    ['@ar/folder', 'active'],
  ]);
});

test('a broken ar-plugins.yaml without a configuration file is told, and the daemon runs', async () => {
  const project = createProject();
  project.write('ar-plugins.yaml', 'plugins: [');
  expect(await notesOf(project, createProbe())).toMatchObject({ loaded: [], configError: 'FILE_INVALID' });
});
