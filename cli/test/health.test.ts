/** `ar plugin health`: of the real daemon with the real loader, and of a project whose daemon does not answer. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { validator as isHealth } from '@ar-registry/schemas/validators/cli/health';
import type { HealthOutput } from '@ar-registry/schemas';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox, type Started } from './support/ar.ts';
import { createProject, type TestProject } from './support/project.ts';
import { createRelayProject, installRelay, printed, type InstalledRelay, type RelayProject } from './support/relay.ts';

function documentOf({ stdout, stderr }: Ended): HealthOutput {
  const result = isHealth(JSON.parse(stdout));
  if (!result.ok) throw new Error(`${stdout}\n${stderr}\n${JSON.stringify(result.errors)}`);
  return result.value;
}

/** Source of a plugin that says how it is. */
function saying(status: string, message: string): string {
  return `export default { onMessage() {}, async health() { return { status: '${status}', message: ${JSON.stringify(message)} }; } };`;
}

describe('of a daemon', () => {
  let sandbox: Sandbox;
  let relay: InstalledRelay;
  let project: RelayProject;
  let daemon: Started;
  /** Of agent-relay, which `ar up` started. */
  let pid: number;

  const health = (...args: readonly string[]): Promise<Ended> => project.start(['plugin', 'health', ...args]).ended;
  const pidFile = (): string => {
    const id = createHash('sha256').update(project.dir).digest('hex').slice(0, 12);
    return path.join(sandbox.dir, 'data', id, 'relay.sock.pid');
  };

  beforeAll(async () => {
    sandbox = createSandbox();
    relay = installRelay();
    project = createRelayProject(sandbox, relay);
    project.addPlugin('well', { name: '@test/well', code: saying('healthy', 'all \u001b[2Jfine') });
    project.addPlugin('slow', { name: '@test/slow', code: saying('degraded', 'slow') });
    project.addPlugin('ill', { name: '@test/ill', code: saying('unhealthy', 'no connection') });
    project.addPlugin('broken', {
      name: '@test/broken',
      code: `export default { onLoad() { throw new Error('boom'); } };`,
    });
    project.addPlugin('own', { name: '@test/own', code: 'export default { onMessage() {} };' });
    const plugins = ['./well', './slow', './ill', './broken', { name: './own', isolation: 'process' }];
    project.write('ar.config.json', JSON.stringify({ plugins }));
    project.write('ar-plugins.yaml', 'schemaVersion: 1\nplugins:\n  "@test/later": { range: "^1" }\n');
    daemon = project.start(['up', '--no-dashboard']);
    await printed(daemon, '@test/own@1.0.0');
    pid = Number(fs.readFileSync(pidFile(), 'utf8'));
  });
  afterAll(async () => {
    daemon.child.kill('SIGTERM');
    await daemon.ended;
    sandbox[Symbol.dispose]();
    relay[Symbol.dispose]();
  });

  it('is told for every plugin, and ends with 1 where one is unhealthy', async () => {
    const ended = await health('--json');
    expect(ended.code).toBe(1);
    const { ok, daemon: found, plugins, checks } = documentOf(ended);
    expect({ ok, checks, found }).toMatchObject({ ok: false, checks: [], found: { state: 'running', pid } });
    const life = { restarts: 0, loadMs: expect.any(Number) as number, uptimeMs: expect.any(Number) as number };
    expect(plugins).toMatchObject([
      { name: '@test/well', version: '1.0.0', type: 'hook', state: 'healthy', problems: [], ...life },
      { name: '@test/slow', state: 'degraded', message: 'slow' },
      { name: '@test/ill', state: 'unhealthy', message: 'no connection' },
      { name: '@test/broken', state: 'failed', problems: [{ code: 'PLUGIN_LOAD_FAILED' }] },
      { name: '@test/own', state: 'healthy', ...life },
    ]);
    const memory = plugins.map(({ memoryBytes }) => memoryBytes !== undefined && memoryBytes > 10_000_000);
    expect(memory).toEqual([false, false, false, false, process.platform === 'linux']);
  });

  it('is text for people, in which no plugin acts on the terminal', async () => {
    const { stdout } = await health('@test/well', '@test/broken');
    expect(stdout).toContain(`The daemon runs (process ${pid}, for `);
    expect(stdout).toMatch(/^@test\/well@1\.0\.0 +healthy /m);
    expect(stdout).toContain('all fine');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('PLUGIN_LOAD_FAILED');
  });

  it('gives its metrics to Prometheus, and nothing else', async () => {
    const ended = await health('--prometheus');
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toContain('ar_plugin_up{plugin="@test/well"} 1\n');
    expect(ended.stdout).toContain('ar_plugin_up{plugin="@test/broken"} 0\n');
    expect(
      ended.stdout.split('\n').filter((line) => !/^(?:$|# (?:HELP|TYPE) |[a-z]\w*(?:\{.*\})? \S+$)/.test(line)),
    ).toEqual([]);
    for (const more of [['--json'], ['@test/well']]) expect((await health('--prometheus', ...more)).code).toBe(2);
  });

  it('of some plugins ends with 0 where these are well', async () => {
    const ended = await health('@test/well', '@test/slow', '--json');
    expect([ended.code, documentOf(ended).ok]).toEqual([0, true]);
    const later = await health('@test/later', '--json');
    expect([later.code, documentOf(later).plugins[0]?.state]).toEqual([1, 'not-loaded']);
    const none = await health('@test/none');
    expect([errorCode(none), none.code]).toEqual(['NOT_INSTALLED', 1]);
  });

  it('that hangs is no answer, within the time given', async () => {
    process.kill(pid, 'SIGSTOP');
    try {
      const startedMs = performance.now();
      const ended = await health('--timeout', '0.5', '--json');
      expect(performance.now() - startedMs).toBeLessThan(8000);
      expect(documentOf(ended).daemon).toMatchObject({ state: 'unresponsive' });
      expect((await health('--timeout', 'soon')).code).toBe(2);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });

  it('that was killed is told from one that was stopped', async () => {
    process.kill(pid, 'SIGKILL');
    await daemon.ended;
    expect(documentOf(await health('--json')).daemon).toEqual({ state: 'stale' });
    daemon = project.start(['up', '--no-dashboard']);
    await printed(daemon, '@test/own@1.0.0');
    daemon.child.kill('SIGTERM');
    await daemon.ended;
    expect(documentOf(await health('--json')).daemon).toEqual({ state: 'stopped' });
  });

  it('that was started without plugins is said to be', async () => {
    const script = path.join(project.dir, 'node_modules/agent-relay/dist/cli/index.js');
    const env = { PATH: process.env['PATH'], HOME: sandbox.home, ...project.env };
    const plain = spawn(process.execPath, [script, 'up', '--no-dashboard'], { cwd: project.dir, env });
    let text = '';
    for await (const chunk of plain.stdout) if ((text += String(chunk)).includes('Daemon started')) break;
    expect(documentOf(await health('--json')).daemon).toEqual({ state: 'without-plugins' });
    const ended = once(plain, 'exit');
    plain.kill('SIGTERM');
    await ended;
  });
});

/** Codes of what is wrong with plugins. */
function problems({ plugins }: HealthOutput): readonly string[] {
  return plugins.flatMap((one) => one.problems.map(({ code }) => code));
}

describe('without a daemon', () => {
  const SCHEMA = {
    type: 'object',
    required: ['hookUrl'],
    properties: { hookUrl: { type: 'string' }, retries: { type: 'integer', maximum: 9 } },
  };
  const HELLO = '@acme/hello';
  let registry: ServedRegistry;
  let project: TestProject;

  beforeAll(async () => {
    registry = await serveRegistry([
      {
        manifest: {
          version: '1.0.0',
          config: { schema: './config-schema.json', required: ['HOOK_URL'], optional: ['RETRIES'] },
        },
        files: { 'config-schema.json': JSON.stringify(SCHEMA) },
      },
    ]);
  });
  afterAll(() => registry[Symbol.asyncDispose]());

  beforeEach(async () => {
    project = createProject(registry);
    const sources = { 'agent-relay': '1.6.0', '@ar-registry/loader': '0.1.0' };
    for (const [name, version] of Object.entries(sources)) {
      const dir = path.join(project.dir, 'node_modules', name);
      fs.mkdirSync(dir, { recursive: true });
      const manifest = { name, version, bin: { [name]: 'x.js' }, exports: { './register': './register.js' } };
      fs.writeFileSync(path.join(dir, 'package.json'), JSON.stringify(manifest));
      fs.writeFileSync(path.join(dir, 'register.js'), '');
    }
    const { code, stderr } = await project.ar('install', HELLO);
    if (code !== 0) throw new Error(stderr);
    project.write('.env', 'HOOK_URL=https://example.com/hook\n');
    return () => project[Symbol.dispose]();
  });

  const health = async (): Promise<{ readonly code: number | null; readonly value: HealthOutput }> =>
    project.json(isHealth, 'health');
  const relayCheck = async (): Promise<unknown> => {
    const { code, value } = await health();
    return [code, value.checks.find(({ id }) => id === 'agent-relay')?.result];
  };

  it('ends with 4 where nothing else is wrong', async () => {
    const { code, value } = await health();
    expect(value).toMatchObject({
      ok: false,
      daemon: { state: 'stopped' },
      plugins: [{ name: HELLO, version: '1.0.0', state: 'ready', problems: [] }],
      checks: [
        { id: 'node', result: 'pass' },
        { id: 'agent-relay', result: 'pass' },
        { id: 'loader', result: 'pass' },
      ],
    });
    expect(code).toBe(4);
    const { stdout } = await project.ar('health');
    expect(stdout).toContain('No daemon is running.');
    expect(stdout).toContain('ar up');
  });

  it('finds what is not as it was published', async () => {
    fs.appendFileSync(project.stored('config-schema.json')[0] ?? '', ' ');
    const { code, value } = await health();
    expect([code, problems(value)]).toEqual([1, ['STORE_DAMAGED']]);
  });

  it('finds what is not there', async () => {
    fs.rmSync(path.join(project.dataDir, 'plugins/store'), { recursive: true });
    expect(problems((await health()).value)).toEqual(['PLUGIN_NOT_FETCHED']);
    project.write('ar-plugins.lock', '');
    fs.rmSync(path.join(project.dir, 'ar-plugins.lock'));
    expect(problems((await health()).value)).toEqual(['PLUGIN_NOT_INSTALLED']);
  });

  it.each([
    ['what is missing in the environment', ''],
    ['what the environment has wrongly', 'HOOK_URL=https://example.com\nRETRIES=99\n'],
    ['what the environment has as text that is no number', 'HOOK_URL=https://example.com\nRETRIES=some\n'],
  ])('finds %s', async (_, text) => {
    project.write('.env', text);
    const { code, value } = await health();
    expect([code, problems(value)]).toEqual([1, ['PLUGIN_CONFIG_INVALID']]);
  });

  it('takes a number of the environment for one, and an empty variable for none', async () => {
    project.write('.env', 'HOOK_URL=https://example.com\nRETRIES=9\n');
    expect((await health()).code).toBe(4);
    project.write('.env', 'HOOK_URL=\n');
    expect((await health()).code).toBe(1);
  });

  it('finds a value of the project that cannot be', async () => {
    const yaml = project.read('ar-plugins.yaml');
    project.write('ar-plugins.yaml', yaml.replace(/(\n\s+)(range: .*)/, '$1$2$1config: { retries: 99 }'));
    const { code, value } = await health();
    expect([code, problems(value)]).toEqual([1, ['PLUGIN_CONFIG_INVALID']]);
  });

  it('leaves a disabled plugin alone', async () => {
    fs.rmSync(path.join(project.dataDir, 'plugins/store'), { recursive: true });
    await project.ar('disable', HELLO);
    const { code, value } = await health();
    expect([code, value.plugins[0]?.state]).toEqual([4, 'disabled']);
  });

  it('finds an agent-relay of another major, and none', async () => {
    const file = path.join(project.dir, 'node_modules/agent-relay/package.json');
    fs.writeFileSync(file, '{"version":"9.1.6"}');
    expect(await relayCheck()).toEqual([1, 'fail']);
    fs.rmSync(path.dirname(file), { recursive: true });
    expect(await relayCheck()).toEqual([1, 'fail']);
  });

  it('knows a project without plugins, and no plugin that nobody wants', async () => {
    expect(await project.refusal('health', '@acme/none')).toEqual([1, 'NOT_INSTALLED']);
    for (const file of ['ar-plugins.yaml', 'ar-plugins.lock']) fs.rmSync(path.join(project.dir, file));
    expect((await health()).value.plugins).toEqual([]);
  });

  it('tells a socket that accepts and says nothing from a daemon that is stopped', async () => {
    const id = createHash('sha256').update(fs.realpathSync(project.dir)).digest('hex').slice(0, 12);
    const socket = path.join(project.dataDir, id, 'ar.sock');
    fs.mkdirSync(path.dirname(socket), { recursive: true });
    // agent-relay takes the folder for a project by this.
    project.write('package.json', '{}');
    const server = net.createServer((client) => client.resume()).listen(socket);
    await once(server, 'listening');
    const { value } = await project.json(isHealth, 'health', '--timeout', '0.3');
    expect(value.daemon.state).toBe('unresponsive');
    await new Promise((resolve) => server.close(resolve));
  });
});
