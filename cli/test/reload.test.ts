/** `ar plugin reload`: what changed is in service without a restart of the real daemon. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
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

  it('finds each unknown name before it touches anything, and tells of every one', async () => {
    project.addPlugin('two', { name: '@test/two', code: saying('touched') });
    const ended = await plugin('reload', '@test/two', '@test/none', '@test/ones', '@test/two', '--json');
    expect([ended.code, documentOf(ended)]).toMatchObject([
      1,
      {
        ok: false,
        plugins: [
          { name: '@test/two', state: 'untouched', problems: [] },
          { name: '@test/none', state: 'unknown', problems: [{ code: 'NOT_INSTALLED' }] },
          {
            name: '@test/ones',
            state: 'unknown',
            problems: [{ remedy: expect.stringContaining('@test/one') as string }],
          },
        ],
      },
    ]);
    expect((await plugin('health', '@test/two')).stdout).toContain('stays');
    const { stdout, code } = await plugin('reload', '@test/none', '@test/two');
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^@test\/none is unknown\.\nNOT_INSTALLED: [^]*\n@test\/two was not loaded anew\.\n$/),
    ]);
  });

  it('tries each name, whatever becomes of the one before', async () => {
    // Wanted, but never installed: the daemon refuses.
    project.write('ar-plugins.yaml', 'schemaVersion: 1\nplugins:\n  "@test/later": { range: "^1" }\n');
    project.addPlugin('one', { name: '@test/one', code: `export default { onLoad() { throw new Error('boom'); } };` });
    const ended = await plugin('reload', '@test/later', '@test/one', '@test/two', '--json');
    expect([ended.code, documentOf(ended)]).toMatchObject([
      1,
      {
        ok: false,
        plugins: [
          { name: '@test/later', state: 'failed', problems: [{ code: 'PLUGIN_NOT_LOADED' }] },
          { name: '@test/one', state: 'failed', problems: [{ code: 'PLUGIN_LOAD_FAILED' }] },
          { name: '@test/two', version: '1.0.0', type: 'hook', state: 'active', problems: [] },
        ],
      },
    ]);
    expect((await plugin('health', '@test/two')).stdout).toContain('touched');
  });

  it('tells what it did where the daemon stops answering in the middle', async () => {
    using other = createSandbox();
    const dying = createRelayProject(other, relay);
    const named = ['@test/one', '@test/two', '@test/three'].map((name) => ({ name, status: 'active' }));
    const server = net.createServer({ allowHalfOpen: true }, async (socket) => {
      const { method, params } = JSON.parse(await text(socket)) as { method: string; params: { plugin?: string } };
      const one = { id: 1, method, result: { plugin: named[0] } };
      const answer = method === 'status' ? { id: 1, method, result: { pid: 1, plugins: named } } : one;
      socket.end(params.plugin === '@test/two' ? '' : `${JSON.stringify(answer)}\n`);
    });
    const id = createHash('sha256').update(dying.dir).digest('hex').slice(0, 12);
    const data = path.join(other.dir, 'data', id);
    fs.mkdirSync(data, { recursive: true });
    await once(server.listen(path.join(data, 'ar.sock')), 'listening');
    const ended = await dying.start(['plugin', 'reload', '--json']).ended;
    expect([ended.code, documentOf(ended)]).toMatchObject([
      4,
      {
        ok: false,
        plugins: [
          { name: '@test/one', state: 'active' },
          { name: '@test/two', state: 'failed', problems: [{ code: 'CONTROL_FAILED' }] },
          { name: '@test/three', state: 'untouched' },
        ],
      },
    ]);
    server.close();
  });

  it('says that no daemon is there to load anything', async () => {
    using other = createSandbox();
    const ended = await createRelayProject(other, relay).start(['plugin', 'reload']).ended;
    expect([errorCode(ended), ended.code]).toEqual(['CONTROL_UNREACHABLE', 1]);
  });
});
