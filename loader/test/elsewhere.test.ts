/** Which walls stand on a system that is not Linux, as the table of docs/sandbox.md says: found out by asking no program of it. */
import { expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../src/sandbox/sandbox.ts';
import { RUNTIMES } from './support/sandbox.ts';

const BEFORE_25 = ['network', 'unix-sockets', 'signals', 'memory', 'orphans'];
const MISSING: Readonly<Record<(typeof RUNTIMES)[number][0], readonly string[]>> = {
  'Node 22': BEFORE_25,
  'Node 24': BEFORE_25,
  'Node 26': ['signals', 'memory', 'orphans'],
};

const sandboxOn = (platform: NodeJS.Platform, options: Parameters<Sandbox['configure']>[0]): Sandbox => {
  const path = process.env['PATH'] ?? '';
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
