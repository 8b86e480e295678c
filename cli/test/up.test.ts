/** `ar up` with the real agent-relay and the real loader. */
import fs from 'node:fs';
import path from 'node:path';
import { validator as isUpOutput } from '@ar-registry/schemas/validators/cli/up';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, PROGRAM, type Sandbox } from './support/ar.ts';
import { createRelayProject, installRelay, printed, type InstalledRelay, type RelayProject } from './support/relay.ts';

let relay: InstalledRelay;
let sandbox: Sandbox;
let project: RelayProject;

beforeAll(() => {
  relay = installRelay();
});
afterAll(() => relay[Symbol.dispose]());

beforeEach(() => {
  sandbox = createSandbox();
  return () => sandbox[Symbol.dispose]();
});

function useRealRelay(): void {
  project = createRelayProject(sandbox, relay);
  project.addPlugin('p', {
    name: '@test/p',
    code: `export default { async onLoad() { console.error('loaded'); }, async onUnload() { console.error('unloaded'); } };`,
  });
  project.write('ar.config.json', '{"plugins": ["./p"]}');
}

function useStub(): void {
  project = createRelayProject(sandbox);
}

const ACTIVE = '[plugins] @test/p@1.0.0 hook active';

describe('ar up', () => {
  beforeEach(useRealRelay);

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'starts the daemon with its plugins, and hands %s and the exit code on',
    async (signal) => {
      const daemon = project.start(['up', '--no-dashboard']);
      await printed(daemon, ACTIVE);
      const second = await project.start(['plugin', 'up', '--no-dashboard']).ended;
      expect([errorCode(second), second.code]).toEqual(['DAEMON_RUNNING', 1]);
      daemon.child.kill(signal);
      const { code, stdout, stderr } = await daemon.ended;
      expect(code).toBe(0);
      expect(stdout).toContain('Daemon started');
      expect(stderr).toContain('unloaded');
      // What stopped properly is no hindrance.
      const third = project.start(['up', '--no-dashboard']);
      await printed(third, ACTIVE);
      third.child.kill('SIGTERM');
      expect((await third.ended).code).toBe(0);
    },
  );

  it('is started once, however often it is asked for at the same moment', async () => {
    const all = [1, 2, 3].map(() => project.start(['up', '--no-dashboard']));
    const outcomes = all.map(async (one) => ({ one, ...(await one.ended) }));
    const first = await Promise.any(all.map(async (one) => (await printed(one, ACTIVE), one)));
    const others = await Promise.all(outcomes.filter((_, index) => all[index] !== first));
    expect(others.map((other) => [errorCode(other), other.code])).toEqual([
      ['DAEMON_RUNNING', 1],
      ['DAEMON_RUNNING', 1],
    ]);
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
  });

  it('starts over what a killed daemon left behind', async () => {
    const daemon = project.start(['up', '--no-dashboard']);
    const text = await printed(daemon, ACTIVE);
    const data = path.dirname(/^Socket: +(\S+)$/m.exec(text)?.[1] ?? '');
    process.kill(Number(fs.readFileSync(path.join(data, 'relay.sock.pid'), 'utf8')), 'SIGKILL');
    expect((await daemon.ended).code).toBe(137);
    const next = project.start(['up', '--no-dashboard']);
    await printed(next, ACTIVE);
    next.child.kill('SIGTERM');
    await next.ended;
  });

  it('loads plugins under --watch too, in the process that is restarted', async () => {
    const daemon = project.start(['up', '--no-dashboard', '--watch']);
    await printed(daemon, ACTIVE);
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(0);
  });

  it('loads the plugins of a project that lies below what agent-relay takes for one', async () => {
    const below = path.join(project.dir, 'agents');
    fs.mkdirSync(below);
    for (const name of ['p', 'ar.config.json']) fs.renameSync(path.join(project.dir, name), path.join(below, name));
    const daemon = sandbox.startAr(['up', '--no-dashboard', '--project', below], project.env);
    await printed(daemon, ACTIVE);
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(0);
  });
});

describe('what agent-relay gets', () => {
  beforeEach(useStub);

  it('is its arguments, the standard input, and the folder of the project; its exit code comes back', async () => {
    const program = `let text = '';
process.stdin.on('data', (chunk) => (text += chunk)).on('end', () => {
  console.log(JSON.stringify([process.argv.slice(2), text, process.cwd()]));
  process.exitCode = 42;
});`;
    project.write('node_modules/agent-relay/dist/cli/index.js', program);
    const words = ['up', '--no-dashboard', '--port', '4000', '--verbose', '-x', '--project', project.dir];
    const line = ['-c', 'printf hello | "$0" "$@"', ...PROGRAM, ...words];
    const { code, stdout } = await sandbox.start('sh', line, project.env).ended;
    expect(JSON.parse(stdout)).toEqual([['up', '--no-dashboard', '--port', '4000', '-x'], 'hello', project.dir]);
    expect(code).toBe(42);
  });

  it('is each signal; how it ends comes back', async () => {
    const program = `process.on('SIGHUP', () => console.log('hung up')); console.log('ready'); setInterval(() => {}, 1000);`;
    project.write('node_modules/agent-relay/dist/cli/index.js', program);
    const started = project.start(['up']);
    await printed(started, 'ready');
    started.child.kill('SIGHUP');
    await printed(started, 'hung up');
    started.child.kill('SIGTERM');
    expect((await started.ended).code).toBe(143);
  });
});

describe('ar up --dry-run', () => {
  beforeEach(useStub);

  it('prints the command line, and starts nothing', async () => {
    const { code, stdout } = await project.start(['up', '--port', '4000', '--dry-run']).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^\S*node (?:\S+ )?--import=file:\S+\/register\.[jt]s \S+\/agent-relay\/dist\/cli\/index\.js up --port 4000\n$/,
    );
  });

  it('is a document under --json, which is refused where something would run', async () => {
    const { stdout } = await project.start(['up', '--dry-run', '--json', '--watch']).ended;
    const result = isUpOutput(JSON.parse(stdout));
    expect(result.ok && result.value).toMatchObject({ cwd: project.dir, agentRelay: '1.6.0' });
    expect(result.ok && result.value.env['NODE_OPTIONS']).toMatch(/--import=file:/);
    const refused = await project.start(['up', '--json']).ended;
    expect([errorCode(refused), refused.code]).toEqual(['USAGE', 2]);
  });

  it('hands over what follows --, whatever it is', async () => {
    const args = ['up', '--dry-run', '--json', '--project', project.dir, '-x', '--', '--help', '--', "it's"];
    const { stdout } = await sandbox.ar(args, project.env);
    const { command } = JSON.parse(stdout) as { readonly command: readonly string[] };
    expect(command.slice(command.indexOf('up'))).toEqual(['up', '-x', '--help', '--', "it's"]);
  });
});

describe('what is missing', () => {
  beforeEach(useStub);

  const manifest = 'node_modules/agent-relay/package.json';

  it('is said: agent-relay', async () => {
    fs.rmSync(path.join(project.dir, 'node_modules/agent-relay'), { recursive: true });
    const ended = await project.start(['up']).ended;
    expect([errorCode(ended), ended.code]).toEqual(['AGENT_RELAY_MISSING', 4]);
  });

  it.each([
    ['another major', '{"version": "9.1.6", "bin": {"agent-relay": "x.js"}}'],
    ['no version', '{"bin": "x.js"}'],
    ['no program', '{"version": "1.6.0"}'],
    ['no JSON', '{'],
    ['no object', 'null'],
  ])('is said: an agent-relay of %s', async (_, text) => {
    project.write(manifest, text);
    const ended = await project.start(['up']).ended;
    expect([errorCode(ended), ended.code]).toEqual(['AGENT_RELAY_UNSUPPORTED', 1]);
  });

  it('is said: what agent-relay would have built, where install scripts do not run', async () => {
    project.write('node_modules/node-pty/package.json', '{}');
    project.write('node_modules/node-pty/binding.gyp', '{}');
    const ended = await project.start(['up', '--dry-run']).ended;
    expect([errorCode(ended), ended.code]).toEqual(['AGENT_RELAY_UNBUILT', 4]);
    project.write('node_modules/node-pty/build/Release/pty.node', '');
    project.write('node_modules/node-pty/index.js', '');
    expect((await project.start(['up', '--dry-run']).ended).code).toBe(0);
  });

  const OTHER = `The module 'pty.node' was compiled against a different Node.js version using\nNODE_MODULE_VERSION 127. This version of Node.js requires\nNODE_MODULE_VERSION 137. Please try re-compiling`;

  it.each([
    ['is no compiled code', `require('./build/Release/pty.node');`, /cannot be loaded: \S/],
    [
      'was built for another Node.js',
      `console.error("noise"); throw new Error(${JSON.stringify(OTHER)});`,
      /built for another Node\.js \(its NODE_MODULE_VERSION is 127, and this one's is 137\)\.$/m,
    ],
    ['ends whoever loads it', `process.kill(process.pid, 'SIGSEGV');`, /Node\.js is ended by SIGSEGV\.$/m],
  ])('is said: what agent-relay would load, where that %s', async (_, code, reason) => {
    project.write('node_modules/node-pty/package.json', '{}');
    project.write('node_modules/node-pty/binding.gyp', '{}');
    project.write('node_modules/node-pty/build/Release/pty.node', 'text');
    project.write('node_modules/node-pty/index.js', code);
    const ended = await project.start(['up']).ended;
    expect([errorCode(ended), ended.code]).toEqual(['AGENT_RELAY_UNBUILT', 4]);
    expect(ended.stderr).toMatch(reason);
    expect(ended.stderr).toContain('npm rebuild node-pty');
  });

  it.each([
    ['up', '--dry-run'],
    ['plugin', 'health'],
    ['plugin', 'doctor'],
  ])('who only looks runs no code of the project: %s %s', async (...command) => {
    project.write('node_modules/node-pty/package.json', '{}');
    project.write('node_modules/node-pty/binding.gyp', '{}');
    project.write('node_modules/node-pty/build/Release/pty.node', 'text');
    const ran = path.join(project.dir, 'it-ran');
    project.write('node_modules/node-pty/index.js', `require('node:fs').writeFileSync(${JSON.stringify(ran)}, '');`);
    expect((await project.start(command).ended).stdout).toContain('agent-relay');
    expect(fs.existsSync(ran)).toBe(false);
  });

  it('is said: the loader', async () => {
    // Found beside neither the project nor the program.
    const bundle = path.join(sandbox.dir, 'bundle');
    fs.cpSync(path.dirname(process.env['AR_TEST_CLI'] ?? ''), path.join(bundle, 'cli'), { recursive: true });
    fs.writeFileSync(path.join(bundle, 'package.json'), '{"version":"0.0.0"}');
    fs.rmSync(path.join(project.dir, 'node_modules/@ar-registry'), { recursive: true });
    const args = [path.join(bundle, 'cli/main.cjs'), 'up', '--project', project.dir];
    const ended = await sandbox.start(process.execPath, args, project.env).ended;
    expect([errorCode(ended), ended.code]).toEqual(['LOADER_MISSING', 4]);
  });

  it('is said: room for the path of the socket', async () => {
    const ended = await project.start(['up'], { AGENT_RELAY_DATA_DIR: path.join(sandbox.dir, 'x'.repeat(90)) }).ended;
    expect([errorCode(ended), ended.code]).toEqual(['SOCKET_PATH_TOO_LONG', 4]);
  });
});
