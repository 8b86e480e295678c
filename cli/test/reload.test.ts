/** `ar plugin reload`: what changed is in service without a restart of the real daemon. */
import { validator as isReload } from '@ar-registry/schemas/validators/cli/reload';
import type { ReloadOutput } from '@ar-registry/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox, type Started } from './support/ar.ts';
import { createRelayProject, installRelay, printed, type InstalledRelay, type RelayProject } from './support/relay.ts';

function documentOf({ stdout, stderr }: Ended): ReloadOutput {
  const result = isReload(JSON.parse(stdout));
  if (!result.ok) throw new Error(`${stdout}\n${stderr}\n${JSON.stringify(result.errors)}`);
  return result.value;
}

/** Source of a plugin that tells its health by a word. */
function saying(word: string): string {
  return `export default { onMessage() {}, async health() { return { status: 'healthy', message: '${word}' }; } };`;
}

describe('ar plugin reload', () => {
  let sandbox: Sandbox;
  let relay: InstalledRelay;
  let project: RelayProject;
  let daemon: Started;
  const plugin = (...args: readonly string[]): Promise<Ended> => project.start(['plugin', ...args]).ended;

  beforeAll(async () => {
    sandbox = createSandbox();
    relay = installRelay();
    project = createRelayProject(sandbox, relay);
    project.addPlugin('one', { name: '@test/one', code: saying('before') });
    project.addPlugin('two', { name: '@test/two', code: saying('stays') });
    project.write('ar.config.json', JSON.stringify({ plugins: ['./one', './two'] }));
    daemon = project.start(['up', '--no-dashboard']);
    await printed(daemon, '@test/two@1.0.0');
  });
  afterAll(async () => {
    daemon.child.kill('SIGTERM');
    await daemon.ended;
    sandbox[Symbol.dispose]();
    relay[Symbol.dispose]();
  });

  it('loads the code that is there now', async () => {
    project.addPlugin('one', { name: '@test/one', code: saying('after') });
    const ended = await plugin('reload', '@test/one', '--json');
    expect([ended.code, documentOf(ended)]).toMatchObject([
      0,
      { ok: true, plugins: [{ name: '@test/one', version: '1.0.0', state: 'active', problems: [] }] },
    ]);
    expect((await plugin('health', '@test/one')).stdout).toContain('after');
  });

  it('ends with 1 where one fails, names it, and goes on with the others', async () => {
    project.addPlugin('one', { name: '@test/one', code: `export default { onLoad() { throw new Error('boom'); } };` });
    const { code, stdout } = await plugin('reload');
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/one@1\.0\.0 failed\.\nPLUGIN_LOAD_FAILED: .*boom[^]*two@1\.0\.0 is active\./),
    ]);
  });

  it('knows nothing of what nobody installed', async () => {
    const ended = await plugin('reload', '@test/none');
    expect([errorCode(ended), ended.code]).toEqual(['CONTROL_REFUSED', 1]);
    expect(ended.stderr).toContain('PLUGIN_NOT_LOADED');
  });

  it('says that no daemon is there to load anything', async () => {
    using other = createSandbox();
    const ended = await createRelayProject(other, relay).start(['plugin', 'reload']).ended;
    expect([errorCode(ended), ended.code]).toEqual(['CONTROL_UNREACHABLE', 1]);
  });
});
