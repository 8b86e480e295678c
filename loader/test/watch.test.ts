import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, removeWorkDir } from './support/project.ts';
import { silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const code = (say: string): string =>
  `globalThis.arTestLoads = (globalThis.arTestLoads ?? 0) + 1;
  export default { health: async () => ({ status: 'healthy', details: { says: ${say} } }) };`;

const loads = (): number | undefined => (globalThis as { arTestLoads?: number }).arTestLoads;

async function says({ loader }: TestRelay, name: string): Promise<unknown> {
  return (await loader.health()).find((plugin) => plugin.name === name)?.health?.details;
}

test('a plugin in a folder of the user’s own is loaded anew when a file of it changes, and only then', async () => {
  const project = createProject();
  project.addFolder('p', { name: '@test/p', code: code(`'first'`), files: { 'node_modules/dep/index.js': '' } });
  await project.install({ name: '@ar/installed', code: 'export default {};' });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p', '@ar/installed'] }));
  const relay = await startTestRelay(project, { env: { AGENT_RELAY_PLUGIN_WATCH: '1' } });
  expect(relay.loader.folders().map(({ name }) => name)).toEqual(['@test/p']);
  expect(await says(relay, '@test/p')).toEqual({ says: 'first' });

  project.write('p/node_modules/dep/index.js', '1');
  project.write('p/.notes', '1');
  project.write('p/index.js', 'this is no module');
  await expect.poll(() => relay.loader.getLoaded().map(({ status }) => status)).toEqual(['error', 'active']);

  project.write('p/lib/say.js', `export const say = 'second';`);
  project.write('p/index.js', `import { say } from './lib/say.js';\n${code('say')}`);
  await expect.poll(() => says(relay, '@test/p')).toEqual({ says: 'second' });
  // Of each file, also in a folder that is new. Each edit once: at first, and for each that could be loaded.
  expect(loads()).toBe(2);
  project.write('p/lib/say.js', `export const say = 'third';`);
  await expect.poll(loads).toBe(3);

  await relay.stop();
  expect(process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap')).toEqual([]);
});

test('nothing is watched unless it is asked for', async () => {
  const project = createProject();
  project.addFolder('p', { name: '@test/p', code: code(`'first'`) });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  await using relay = await startTestRelay(project);
  expect(relay.loader.folders()).toHaveLength(1);
  expect(process.getActiveResourcesInfo()).not.toContain('FSEventWrap');
});
