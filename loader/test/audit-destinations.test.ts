/** @ar/audit-logger with its destinations, in the real daemon: in its process, and in one of its own behind its grants. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startIntake } from '../../plugins/audit-logger/test/support/intake.ts';
import { startS3 } from '../../plugins/audit-logger/test/support/s3.ts';
import { connectInbox } from './support/inbox.ts';
import { addPlugin, buildPlugins } from './support/packed-plugin.ts';
import { createProject, dataDir, removeWorkDir } from './support/project.ts';
import { silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(async () => {
  silenceRelay();
  await buildPlugins(['plugins/audit-logger']);
});
afterAll(removeWorkDir);

describe.each(['none', 'process'] as const)('with isolation %s', (isolation) => {
  test('what was said is in the bucket and at the intake, and the keys for both are in no log', async () => {
    await using s3 = await startS3();
    await using intake = await startIntake();
    const project = createProject();
    addPlugin(project, 'plugins/audit-logger');
    const config = { auditShipSeconds: 1, auditFile: `${isolation}.log`, ...s3.config, ...intake.config };
    project.write(
      'ar.config.json',
      JSON.stringify({ plugins: [{ name: './audit-logger', isolation, config, loadTimeoutMs: 30_000 }] }),
    );
    await using relay = await startTestRelay(project);
    expect(relay.loader.getLoaded()).toMatchObject([{ status: 'active' }]);
    using alice = await connectInbox(relay.socketPath, 'Alice');
    using bob = await connectInbox(relay.socketPath, 'Bob');
    alice.client.sendMessage('Bob', 'for the record');
    await bob.inbox.waitFor(({ body }) => body === 'for the record');
    const stored = async (): Promise<string> => (await s3.objects()).map(({ text }) => text).join('');
    await expect.poll(stored, { timeout: 30_000 }).toContain('for the record');
    await expect.poll(() => intake.accepted.join(), { timeout: 30_000 }).toContain('for the record');
    expect(await relay.loader.health()).toMatchObject([{ health: { status: 'healthy' } }]);
    const logs = globSync('**/*.log', { cwd: dataDir }).map((file) => readFileSync(join(dataDir, file), 'utf8'));
    expect(logs.join()).toContain('Audit log opened.');
    expect(logs.join()).not.toMatch(/access denied|S3RVER|kkkk/);
  });
});
