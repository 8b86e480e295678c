import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assertSocketFree } from '@ar-registry/io/daemon-socket';
import { startRelay } from '../src/start-relay.ts';
import { createProject, dataDir, removeWorkDir, workDir, type TestProject } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

function replaceRelay(project: TestProject, packageJson: string | undefined): void {
  const dir = join(project.dir, 'node_modules', 'agent-relay');
  unlinkSync(dir);
  if (packageJson === undefined) return;
  mkdirSync(dir);
  writeFileSync(join(dir, 'package.json'), packageJson);
}

test('a project without agent-relay ends with AGENT_RELAY_MISSING', async () => {
  const project = createProject();
  replaceRelay(project, undefined);
  await expect(startRelay({ project: project.dir, env: project.env })).rejects.toMatchObject({
    code: 'AGENT_RELAY_MISSING',
  });
});

test.each([
  ['2.0.29', '{"version":"2.0.29"}'],
  ['9.1.6', '{"version":"9.1.6","exports":{".":"./index.js"}}'],
  ['without a version', '{}'],
  ['with a broken package.json', '{'],
])('agent-relay %s ends with AGENT_RELAY_UNSUPPORTED', async (found, packageJson) => {
  const project = createProject();
  replaceRelay(project, packageJson);
  await expect(startRelay({ project: project.dir, env: project.env })).rejects.toMatchObject({
    code: 'AGENT_RELAY_UNSUPPORTED',
    facts: { found },
  });
});

test('agent-relay is found in a parent of the project', async () => {
  const project = createProject();
  mkdirSync(join(project.dir, 'nested'));
  await using relay = await startTestRelay({ ...project, dir: join(project.dir, 'nested') });
  expect(relay.daemon.isRunning).toBe(true);
});

test('a project folder that does not exist ends with FILE_ACCESS', async () => {
  await expect(startRelay({ project: join(workDir, 'nowhere') })).rejects.toMatchObject({ code: 'FILE_ACCESS' });
});

test('a second daemon ends with DAEMON_RUNNING, and the first goes on', async () => {
  const project = createProject();
  await using relay = await startTestRelay(project);
  await expect(startTestRelay(project)).rejects.toMatchObject({
    code: 'DAEMON_RUNNING',
    facts: { socketPath: relay.socketPath },
  });
  const alice = await relay.connect('Alice');
  const received = nextMessage(alice);
  (await relay.connect('Bob')).sendMessage('Alice', 'still here');
  await received;
});

test('a socket and a pid file that a killed daemon left are no hindrance', async () => {
  const project = createProject();
  const first = await startTestRelay(project);
  const { socketPath } = first;
  await first.stop();
  // A server that ends without unlinking, as a killed process does.
  const server = createServer().listen(`${socketPath}.tmp`);
  await new Promise((resolve) => server.once('listening', resolve));
  linkSync(`${socketPath}.tmp`, socketPath);
  await new Promise((resolve) => server.close(resolve));
  writeFileSync(`${socketPath}.pid`, '999999\n');
  expect(existsSync(socketPath)).toBe(true);
  await using relay = await startTestRelay(project);
  expect(readFileSync(`${relay.socketPath}.pid`, 'utf8')).toBe(`${process.pid}\n`);
});

test('what lies in the place of the socket and is none ends with DAEMON_START_FAILED', async () => {
  const project = createProject();
  const relay = await startTestRelay(project);
  await relay.stop();
  writeFileSync(relay.socketPath, 'a file');
  await expect(startTestRelay(project)).rejects.toMatchObject({ code: 'DAEMON_START_FAILED' });
  rmSync(relay.socketPath);
});

/** `bytes` long, and fewer characters. */
function pathOf(bytes: number): string {
  return `/${'é'.repeat(20)}${'x'.repeat(bytes - 41)}`;
}

test.each([
  ['linux', 107],
  ['darwin', 103],
])(
  'on %s a socket path of %i bytes is accepted, and one byte more ends with SOCKET_PATH_TOO_LONG',
  async (platform, most) => {
    await expect(assertSocketFree(pathOf(most), platform)).resolves.toBeUndefined();
    await expect(assertSocketFree(pathOf(most + 1), platform)).rejects.toMatchObject({
      code: 'SOCKET_PATH_TOO_LONG',
      facts: { bytes: most + 1, mostBytes: most },
    });
  },
);

test('the paths are those of the stock command, which finds the daemon by them', async () => {
  const project = createProject();
  symlinkSync(project.dir, `${project.dir}-link`);
  await using relay = await startTestRelay({ ...project, dir: `${project.dir}-link` });
  expect(dirname(dirname(relay.socketPath))).toBe(dataDir);
  expect(readdirSync(dirname(relay.socketPath))).toEqual(
    expect.arrayContaining(['relay.sock', 'relay.sock.pid', '.project', 'team']),
  );
  const marker = JSON.parse(readFileSync(join(dirname(relay.socketPath), '.project'), 'utf8')) as {
    projectRoot: string;
  };
  expect(marker.projectRoot).toBe(project.dir);
});

test('messages are kept in SQLite, also where better-sqlite3 is not built', async () => {
  const project = createProject();
  const relay = await startTestRelay(project);
  const alice = await relay.connect('Alice');
  const bob = await relay.connect('Bob');
  const received = nextMessage(bob);
  alice.sendMessage('Bob', 'to be kept');
  await received;
  alice.destroy();
  bob.destroy();
  await relay.stop();
  const database = new DatabaseSync(join(dirname(relay.socketPath), 'messages.sqlite'));
  const rows = database.prepare(`select sender, body from messages where recipient = 'Bob'`).all();
  database.close();
  expect(rows.map((row) => ({ ...row }))).toEqual([{ sender: 'Alice', body: 'to be kept' }]);
});
