/** The official plugins, as they are packed, in the real daemon: in its process, and in one of their own. */
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { startPostgres, type PostgresServer } from '@ar-registry/testing/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inboxOf } from './support/inbox.ts';
import { addPlugin, buildPlugins } from './support/packed-plugin.ts';
import { createProject, dataDir, removeWorkDir } from './support/project.ts';
import { silenceRelay, startTestRelay } from './support/relay.ts';

let database: PostgresServer;

beforeAll(async () => {
  silenceRelay();
  await buildPlugins(['plugins/postgres-storage', 'plugins/rbac-policy', 'plugins/audit-logger']);
  database = await startPostgres();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  removeWorkDir();
});

describe.each(['none', 'process'] as const)('with isolation %s', (isolation) => {
  test('roles decide who may message whom, and how often', async () => {
    const project = createProject();
    addPlugin(project, 'plugins/rbac-policy');
    // Relative: it starts at the project, wherever the plugin runs.
    const rbacPolicyFile = 'policy.yaml';
    project.write(
      rbacPolicyFile,
      `version: 1
roles:
  worker: { rules: [{ allow: message, targets: 'Worker*' }, { deny: message, targets: WorkerX, reason: X is on leave }] }
  slow: { rateLimit: 1, rules: [{ allow: message, targets: '*' }] }
agents: [{ match: 'Worker*', roles: [worker] }, { match: Slow, roles: [slow] }]
`,
    );
    project.write(
      'ar.config.json',
      JSON.stringify({ plugins: [{ name: './rbac-policy', isolation, config: { rbacPolicyFile } }] }),
    );
    await using relay = await startTestRelay(project);
    expect(relay.loader.getLoaded()).toMatchObject([{ type: 'policy', status: 'active' }]);
    const [worker1, worker2, workerX, slow] = await Promise.all(
      ['Worker1', 'Worker2', 'WorkerX', 'Slow'].map((name) => relay.connect(name)),
    );
    if (!worker1 || !worker2 || !workerX || !slow) throw new Error('Four clients were to connect.');
    const told = inboxOf(worker1);
    const received = inboxOf(worker2);
    const absent = inboxOf(workerX);
    worker1.sendMessage('WorkerX', 'are you there?');
    const notice = await told.waitFor(({ from }) => from === '_system');
    expect(notice.data).toMatchObject({ _denied: { to: 'WorkerX', reason: 'X is on leave' } });
    worker1.sendMessage('Worker2', 'hello');
    await received.waitFor(({ body }) => body === 'hello');
    const slowed = inboxOf(slow);
    slow.sendMessage('Worker2', 'one');
    slow.sendMessage('Worker2', 'two');
    await slowed.waitFor(({ from }) => from === '_system');
    worker1.sendMessage('Worker2', 'last');
    await received.waitFor(({ body }) => body === 'last');
    expect(received.messages.map(({ body }) => body)).toEqual(['hello', 'one', 'last']);
    expect(absent.messages).toEqual([]);
    expect(await relay.loader.health()).toMatchObject([{ health: { status: 'healthy' } }]);
  });

  test('messages, sessions and dead letters are in PostgreSQL, also when it was away in between', async () => {
    const project = createProject();
    addPlugin(project, 'plugins/postgres-storage');
    const postgresSchema = `relay_${isolation}`;
    const config = { databaseUrl: database.url, postgresSchema };
    const entry = { name: './postgres-storage', isolation, config };
    project.write('ar.config.json', JSON.stringify({ plugins: [entry] }));
    await using relay = await startTestRelay(project);
    expect(relay.loader.getLoaded()).toMatchObject([{ type: 'storage', status: 'active' }]);
    const [alice, bob] = await Promise.all([relay.connect('Alice'), relay.connect('Bob')]);
    const received = inboxOf(bob);
    alice.sendMessage('Bob', 'before');
    await received.waitFor(({ body }) => body === 'before');
    const bodies = (): Promise<readonly string[]> => bodiesIn(postgresSchema);
    await expect.poll(bodies, { timeout: 10_000 }).toEqual(['before']);
    await database.kill();
    alice.sendMessage('Bob', 'meanwhile');
    await received.waitFor(({ body }) => body === 'meanwhile');
    await database.start();
    await expect.poll(bodies, { timeout: 20_000 }).toEqual(['before', 'meanwhile']);
    const agents = await rowsOf(`SELECT agent_name FROM ${postgresSchema}.sessions ORDER BY agent_name`);
    expect(agents).toEqual([{ agent_name: 'Alice' }, { agent_name: 'Bob' }]);
  });

  test('a daemon starts while PostgreSQL is away, and nothing is missing when it comes', async () => {
    const project = createProject();
    addPlugin(project, 'plugins/postgres-storage');
    const postgresSchema = `late_${isolation}`;
    const entry = { name: './postgres-storage', isolation, config: { databaseUrl: database.url, postgresSchema } };
    project.write('ar.config.json', JSON.stringify({ plugins: [entry] }));
    await database.kill();
    await using relay = await startTestRelay(project);
    expect(relay.loader.getLoaded()).toMatchObject([{ type: 'storage', status: 'active' }]);
    const [alice, bob] = await Promise.all([relay.connect('Alice'), relay.connect('Bob')]);
    const received = inboxOf(bob);
    alice.sendMessage('Bob', 'early');
    await received.waitFor(({ body }) => body === 'early');
    await database.start();
    const bodies = (): Promise<readonly string[]> => bodiesIn(postgresSchema).catch(() => []);
    await expect.poll(bodies, { timeout: 20_000 }).toEqual(['early']);
  });

  test('who said what is in a chain on the disk, without what must not be kept', async () => {
    const project = createProject();
    addPlugin(project, 'plugins/audit-logger');
    const config = { auditFile: `${isolation}.log`, auditRedact: ['emails'], auditRedactFields: 'password' };
    const entry = { name: './audit-logger', isolation, config };
    project.write('ar.config.json', JSON.stringify({ plugins: [entry] }));
    const relay = await startTestRelay(project);
    expect(relay.loader.getLoaded()).toMatchObject([{ type: 'hook', status: 'active' }]);
    const [alice, bob] = await Promise.all([relay.connect('Alice'), relay.connect('Bob')]);
    const received = inboxOf(bob);
    alice.sendMessage('Bob', 'write to carol@example.com', 'message', { password: 'hunter2', n: 1 });
    await received.waitFor(({ body }) => body.includes('carol@example.com'));
    expect(await relay.loader.health()).toMatchObject([{ health: { status: 'healthy' } }]);
    await relay[Symbol.asyncDispose]();
    const [log = ''] = globSync(`**/${isolation}.log`, { cwd: dataDir });
    const text = readFileSync(join(dataDir, log), 'utf8');
    expect(text).not.toMatch(/carol|hunter2/);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ seq: 1, event: 'open' }),
        expect.objectContaining({ event: 'connect', agent: 'Alice' }),
        expect.objectContaining({
          from: 'Alice',
          body: 'write to [redacted:email]',
          data: { password: '[redacted:field]', n: 1 },
        }),
        expect.objectContaining({ event: 'close' }),
      ]),
    );
    const verify = promisify(execFile)(process.execPath, [join(project.dir, 'audit-logger/dist/verify.js')]);
    verify.child.stdin?.end(text);
    expect((await verify).stdout).toContain('whole: numbers 1 to ');
  });
});

async function bodiesIn(schema: string): Promise<readonly string[]> {
  const rows = await rowsOf(`SELECT body FROM ${schema}.messages WHERE sender = 'Alice' ORDER BY ts`);
  return rows.map(({ body }) => String(body));
}

async function rowsOf(statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
