/** Which walls stand on a system that is not Linux, or lacks its tools, as the table of docs/sandbox.md says. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createSandbox, type Sandbox } from '../src/sandbox/sandbox.ts';
import { pidsOf } from './support/processes.ts';
import { removeWorkDir } from './support/project.ts';
import { silenceRelay } from './support/relay.ts';
import { plantPlugin, RUNTIMES } from './support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const BEFORE_25 = ['network', 'unix-sockets', 'signals', 'memory', 'orphans'];
const MISSING: Readonly<Record<(typeof RUNTIMES)[number][0], readonly string[]>> = {
  'Node 22': BEFORE_25,
  'Node 24': BEFORE_25,
  'Node 26': ['signals', 'memory', 'orphans'],
};

const sandboxOn = (
  platform: NodeJS.Platform,
  options: Parameters<Sandbox['configure']>[0],
  path = process.env['PATH'] ?? '',
): Sandbox => {
  const sandbox = createSandbox({ projectDir: '/', env: {}, execPath: '', platform, path, elapsedMs: () => 0 });
  sandbox.configure(options);
  return sandbox;
};

test.each(RUNTIMES)(
  'on macOS with %s, the walls of Linux are named as missing, and nothing is started for them',
  async (name, node) => {
    const runtime = await sandboxOn('darwin', { node }).runtime('@acme/hello');
    expect(runtime).toMatchObject({ prefix: [], missing: MISSING[name] });
  },
);

test.each(RUNTIMES)('on macOS with %s, strict loads no plugin, and says for lack of what', async (name, node) => {
  const refused = sandboxOn('darwin', { node, strict: true }).runtime('@acme/hello');
  await expect(refused).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
    facts: { plugin: '@acme/hello', missing: MISSING[name].join(', ') },
  });
});

test.runIf(process.platform === 'linux').each(RUNTIMES)(
  'on a Linux without `setpriv` and `unshare` with %s, their walls are named as missing, and memory is watched',
  async (name, node) => {
    const runtime = await sandboxOn('linux', { node }, '/nowhere').runtime('@acme/hello');
    const missing = MISSING[name].filter((layer) => layer !== 'memory');
    expect(runtime).toMatchObject({ prefix: [], missing });
  },
);

/** What a plugin of this test is granted and reaches there is what it reaches everywhere. */
test.runIf(process.platform === 'linux').each(RUNTIMES)(
  'a plugin runs, and is ended, where these tools are not there (%s)',
  async (name, node) => {
    vi.stubEnv('PATH', '/nowhere');
    onTestFinished(() => void vi.unstubAllEnvs());
    const attempts = `export const attempts = {
      control: () => 'works',
      secret: async () => (await import('node:fs')).readFileSync('/etc/hostname', 'utf8'),
      elsewhere: async () => (await fetch('http://127.0.0.1:9')).status,
    };`;
    let pids: readonly number[];
    {
      await using planted = await plantPlugin({ node, attempts });
      expect(await planted.attempt()).toMatchObject({
        control: { returned: 'works' },
        secret: { threw: {} },
        elsewhere: { threw: {} },
      });
      const [health] = await planted.relay.loader.health();
      expect(health?.sandbox?.missing).toEqual(MISSING[name].filter((layer) => layer !== 'memory'));
      pids = pidsOf(planted.packageDir);
      expect(pids).toHaveLength(1);
    }
    await expect.poll(() => pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  },
);
