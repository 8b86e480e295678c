/** Plugins in a process of their own: they work as others do, and what they do to themselves stays there. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostLimits } from '../src/host/host.ts';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';
import { plantPlugin, reasonOf, RUNTIMES } from './support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const BRIDGE = 'provides: [{ bidirectional: true, external: outside, internal: inside }]\n';

/** A project with one community plugin. */
async function projectWith(type: 'bridge' | 'hook', code: string): Promise<TestProject> {
  const project = createProject();
  const manifest = type === 'bridge' ? BRIDGE : '';
  await project.install({ name: '@test/guest', type, code, manifest }, { trust: 'community' });
  return project;
}

const QUICK: Partial<HostLimits> = { heartbeatMs: 100, maxMissed: 15, restartDelayMs: 10, maxCrashes: 2 };

/** Messages between others go on whatever the plugin does. */
async function expectTraffic(relay: TestRelay): Promise<void> {
  const alice = await relay.connect('Alice');
  const received = nextMessage(alice);
  (await relay.connect('Bob')).sendMessage('Alice', 'still here');
  expect(await received).toEqual({ from: 'Bob', body: 'still here' });
}

describe('a sandboxed plugin', () => {
  test('of type bridge talks to agents under its own name', async () => {
    const project = await projectWith(
      'bridge',
      `export default {
        async onLoad({ client }) {
          client.onMessage = (from, { body }) => { client.sendMessage(from, [body, process.ppid].join(' ')); };
        },
      };`,
    );
    await using relay = await startTestRelay(project);
    expect(relay.loader.getLoaded()).toMatchObject([{ name: '@test/guest', status: 'active' }]);
    const alice = await relay.connect('Alice');
    const received = nextMessage(alice);
    alice.sendMessage('guest', 'hello');
    const { from, body } = await received;
    expect(from).toBe('guest');
    expect(body).not.toBe(`hello ${process.ppid}`);
  });

  test('of type hook is told every event, in order', async () => {
    const project = await projectWith(
      'hook',
      `const seen = [];
      export default {
        onConnect: ({ agent }) => { seen.push('+' + agent); },
        onMessage: ({ from, body }) => { seen.push(from + ' ' + body); },
        health: async () => ({ status: 'healthy', details: { seen } }),
      };`,
    );
    await using relay = await startTestRelay(project);
    const alice = await relay.connect('Alice');
    const received = nextMessage(alice);
    const bob = await relay.connect('Bob');
    for (const body of ['1', '2', '3']) bob.sendMessage('Alice', body);
    await received;
    await expect
      .poll(async () => (await relay.loader.health())[0]?.health?.details)
      .toEqual({ seen: ['+Alice', '+Bob', 'Bob 1', 'Bob 2', 'Bob 3'] });
  });

  test('has the whole context', async () => {
    const project = await projectWith(
      'bridge',
      `let context;
      export default {
        async onLoad(given) {
          context = given;
          context.logger.info('loading', { agents: context.daemon.getAgents() });
          context.metrics.counter('loads');
        },
        async health() {
          const { daemon, client, config, dataDir, signal } = context;
          return { status: 'healthy', details: {
            agents: daemon.getAgents(), count: daemon.connectionCount, state: client.state, name: client.agentName,
            config, dataDir: dataDir.split('/').at(-1), aborted: signal.aborted } };
        },
        async onUnload() { context.logger.info('leaving', { aborted: context.signal.aborted }); },
      };`,
    );
    await using relay = await startTestRelay(project);
    await relay.connect('Alice');
    await expect
      .poll(async () => (await relay.loader.health())[0]?.health?.details)
      .toEqual({
        agents: ['guest', 'Alice'],
        count: 2,
        state: 'READY',
        name: 'guest',
        config: {},
        dataDir: 'test__guest',
        aborted: false,
      });
    expect(relay.loader.metrics.toPrometheus()).toContain('ar_plugin_test__guest__loads_total{plugin="@test/guest"} 1');
  });

  test('leaves no process behind when it is unloaded', async () => {
    const project = await projectWith('bridge', `export default { async onLoad() { setInterval(() => {}, 1000); } };`);
    await using relay = await startTestRelay(project);
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
    expect(before).toBe(1);
    await relay.loader.unload('@test/guest');
    expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
  });

  test('is loaded anew with its own files', async () => {
    const project = await projectWith('bridge', `export default { async onLoad() {} };`);
    await using relay = await startTestRelay(project);
    expect(await relay.loader.reload('@test/guest')).toMatchObject({ status: 'active' });
  });
});

describe('a sandboxed plugin that fails to load', () => {
  test.each([
    ['throws in onLoad', 'PLUGIN_LOAD_FAILED', `export default { async onLoad() { throw new Error('boom'); } };`],
    ['exits in onLoad', 'PLUGIN_LOAD_FAILED', `export default { async onLoad() { process.exit(3); } };`],
    ['throws when imported', 'PLUGIN_IMPORT_FAILED', `throw new Error('boom');`],
    ['exits when imported', 'PLUGIN_IMPORT_FAILED', `process.exit(0);`],
    ['exports a function', 'PLUGIN_EXPORT_INVALID', `export default () => ({});`],
    ['hangs in onLoad', 'PLUGIN_LOAD_TIMEOUT', `export default { onLoad: () => new Promise(() => {}) };`],
    ['blocks in onLoad', 'PLUGIN_LOAD_TIMEOUT', `export default { onLoad() { for (;;); } };`],
    ['blocks when imported', 'PLUGIN_LOAD_TIMEOUT', `for (;;);`],
  ])('because it %s ends with %s', async (_, code, source) => {
    const project = await projectWith('bridge', source);
    // Only who is too slow meets the limit, however busy this machine is.
    const loadTimeoutMs = code === 'PLUGIN_LOAD_TIMEOUT' ? 2_000 : 30_000;
    project.write('ar.config.json', JSON.stringify({ plugins: [{ name: '@test/guest', loadTimeoutMs }] }));
    await using relay = await startTestRelay(project, { limits: { heartbeatMs: 60_000, unloadTimeoutMs: 100 } });
    expect(relay.loader.getLoaded()).toMatchObject([{ status: 'error', error: { code } }]);
    await expectTraffic(relay);
    expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
  });
});

/** Fails when an agent sends it a message. */
const failing = (how: string): string => `export default {
  async onLoad({ client, logger }) { client.onMessage = () => { ${how} }; },
};`;

describe.each(RUNTIMES)('on %s, a sandboxed plugin', (_, node) => {
  test.each([
    ['exits', `process.exit(7);`, 'exited with code 7'],
    ['aborts', `process.abort();`, 'was ended by'],
    ['throws where nothing catches it', `setTimeout(() => { throw new Error('late'); });`, 'nothing caught it: late'],
    ['blocks its event loop', `for (;;);`, 'did not answer'],
    [
      'fills its heap',
      `globalThis.x = []; for (;;) x.push(new Array(1e5).fill({}));`,
      /ran out of memory|did not answer/,
    ],
    [
      'fills memory outside of its heap',
      `globalThis.x = []; setInterval(() => x.push(Buffer.alloc(3e7, 1)), 5);`,
      'MB of memory',
    ],
    ['closes its pipe', `setTimeout(() => import('node:fs').then((fs) => fs.closeSync(3)));`, 'its process'],
  ])('that %s is restarted, and given up when it does so again', async (__, how, reason) => {
    const project = await projectWith('bridge', failing(how));
    project.write('ar.config.json', JSON.stringify({ plugins: ['@test/guest'], sandbox: { node } }));
    await using relay = await startTestRelay(project, { limits: { ...QUICK, maxRssMb: 250 } });
    const alice = await relay.connect('Alice');
    alice.sendMessage('guest', 'now');
    await expect
      .poll(() => relay.loader.metrics.toPrometheus(), { timeout: 30_000 })
      .toMatch(/^ar_plugin_restarts_total\{.*\} [1-9]/m);
    await expect.poll(() => relay.daemon.getAgents(), { timeout: 10_000 }).toContain('guest');
    // Its agent is there before it listens, so it is told until it has heard.
    const told = (): unknown => {
      alice.sendMessage('guest', 'again');
      return reasonOf(relay);
    };
    await expect.poll(told, { timeout: 20_000 }).toMatch(reason);
    const received = nextMessage(alice);
    (await relay.connect('Bob')).sendMessage('Alice', 'still here');
    expect(await received).toEqual({ from: 'Bob', body: 'still here' });
    expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
  });

  test('that keeps the processor busy and answers all the same is ended', async () => {
    const project = await projectWith(
      'bridge',
      `export default {
        async onLoad() { setInterval(() => { for (const until = Date.now() + 20; Date.now() < until; ); }, 1); },
      };`,
    );
    project.write('ar.config.json', JSON.stringify({ plugins: ['@test/guest'], sandbox: { node } }));
    const limits = { ...QUICK, maxMissed: 1_000, maxCrashes: 1, maxCpuShare: 0.05, cpuWindowMs: 1_000 };
    await using relay = await startTestRelay(project, { limits });
    await expect.poll(() => reasonOf(relay), { timeout: 20_000 }).toMatch(/kept the processor busy/);
    await expectTraffic(relay);
  });

  test('that floods its log loses lines, and nothing else', async () => {
    await using planted = await plantPlugin({
      node,
      attempts: `export const attempts = {
        flood: ({ logger }) => { for (let i = 0; i < 20_000; i += 1) logger.info('line ' + i); },
        print: () => { for (let i = 0; i < 20_000; i += 1) console.log('print ' + i); },
        work: () => 'done',
      };`,
    });
    expect(await planted.attempt()).toMatchObject({ work: { returned: 'done' } });
    await expectTraffic(planted.relay);
    await planted.relay.loader.unload('@test/hostile');
    const lines = planted.log().split('\n');
    expect(lines.length).toBeLessThan(5_000);
    expect(planted.log()).toContain('lines were lost: the plugin logs too much');
  });

  test('with a promise that nobody handles goes on', async () => {
    await using planted = await plantPlugin({
      node,
      attempts: `export const attempts = { reject: () => { Promise.reject(new Error('nobody')); }, work: () => 'done' };`,
    });
    expect(await planted.attempt()).toMatchObject({ work: { returned: 'done' } });
    expect(await planted.attempt()).toMatchObject({ work: { returned: 'done' } });
    expect(planted.relay.loader.getLoaded()).toMatchObject([{ status: 'active' }]);
    await planted.relay.loader.unload('@test/hostile');
    expect(planted.log()).toContain('nobody');
  });
});

test('strict refuses to load where a wall is missing, and says which', async () => {
  const project = await projectWith('bridge', 'export default { async onLoad() {} };');
  project.write('ar.config.json', JSON.stringify({ plugins: ['@test/guest'], sandbox: 'strict' }));
  await using relay = await startTestRelay(project);
  const [plugin] = relay.loader.getLoaded();
  expect(plugin?.error).toMatchObject({ code: 'SANDBOX_UNAVAILABLE', facts: { missing: 'unix-sockets' } });
});

test('a runtime that is no Node.js is told of', async () => {
  const project = await projectWith('bridge', 'export default { async onLoad() {} };');
  project.write('ar.config.json', JSON.stringify({ plugins: ['@test/guest'], sandbox: { node: '/bin/true' } }));
  await using relay = await startTestRelay(project);
  expect(relay.loader.getLoaded()).toMatchObject([{ error: { code: 'SANDBOX_UNAVAILABLE' } }]);
});
