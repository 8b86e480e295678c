import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HookPlugin, MessageEvent } from '@ar-registry/sdk';
import { createTestContext, hookContract, type TestContext } from '@ar-registry/sdk/testing';
import { describe, expect, test } from 'vitest';
import { createAuditLogger } from '../src/plugin.ts';
import { createLogVerifier, type Verdict } from '../src/verify-log.ts';
import { API_KEY, startIntake } from './support/intake.ts';
import { startS3, type StoredObject } from './support/s3.ts';

const LOG_UNTIL_KILLED = fileURLToPath(new URL('./support/log-until-killed.ts', import.meta.url));

test.each(hookContract({ create: () => createAuditLogger(() => new Date()) }))('$title', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});

describe('the bucket', () => {
  test('has every line of the log, as objects that verify', async () => {
    await using s3 = await startS3();
    await using logger = await load(s3.config);
    for (let n = 0; n < 50; n += 1) await logger.plugin.onMessage?.(message(n));
    await logger.plugin.onUnload?.();
    const objects = await s3.objects();
    expect(textOf(objects)).toBe(await readFile(join(logger.context.dataDir, 'audit.log'), 'utf8'));
    expect(verdictOf(objects)).toMatchObject({ kind: 'whole', first: 1, closed: true, last: { seq: 52 } });
    const [object] = objects;
    expect(object?.key).toMatch(/^relay\/000000000000001-000000000000052-[0-9a-f]{12}\.ndjson\.gz$/);
    const chain = (JSON.parse(object?.text.trimEnd().split('\n').at(-1) ?? '{}') as { chain: string }).chain;
    expect(object?.metadata).toEqual({ 'audit-first': '1', 'audit-last': '52', 'audit-chain': chain });
  });

  test('gets while it runs what was logged, and what it missed while it was away, and health says so', async () => {
    await using s3 = await startS3();
    await using logger = await load({ ...s3.config, auditShipSeconds: 1 });
    await logger.plugin.onMessage?.(message(1));
    await expect.poll(async () => textOf(await s3.objects()), { timeout: 10_000 }).toContain('"id":"m1"');
    await s3.stop();
    await logger.plugin.onMessage?.(message(2));
    const health = async () => (await logger.plugin.health?.())?.status;
    await expect.poll(health, { timeout: 10_000 }).toBe('degraded');
    expect(await logger.plugin.health?.()).toMatchObject({ details: { s3: { waiting: 1, missed: 0 } } });
    await s3.start();
    await expect.poll(async () => textOf(await s3.objects()), { timeout: 10_000 }).toContain('"id":"m2"');
    await expect.poll(health).toBe('healthy');
    expect(verdictOf(await s3.objects()).kind).toBe('whole');
  });

  test('refuses a wrong key, which is told without it, and nothing is lost', async () => {
    await using s3 = await startS3();
    const wrong = {
      ...s3.config,
      awsAccessKeyId: 'another-id',
      awsSecretAccessKey: 'another-secret',
      auditShipSeconds: 1,
    };
    await using logger = await load(wrong);
    await logger.plugin.onMessage?.(message(1));
    await expect
      .poll(() => logger.plugin.health?.(), { timeout: 10_000 })
      .toMatchObject({ status: 'degraded', message: expect.stringContaining('403') as string });
    await logger.plugin.onUnload?.();
    expect(JSON.stringify(logger.context.logger.entries)).not.toMatch(/another-(?:id|secret)/);
    const again = createAuditLogger(() => new Date());
    await again.onLoad?.({ ...logger.context, config: s3.config });
    await again.onUnload?.();
    expect(verdictOf(await s3.objects())).toMatchObject({ kind: 'whole', first: 1 });
  });
});

test('whatever a logger acknowledged before it was killed comes to the bucket and to the intake, in order', async () => {
  await using s3 = await startS3();
  await using intake = await startIntake();
  const dataDir = await mkdtemp(join(tmpdir(), 'ar-audit-killed-'));
  // Files are rotated far faster than they are sent.
  const config = { ...s3.config, ...intake.config, auditShipSeconds: 1, auditMaxSize: '4K', auditMaxFiles: 2 };
  const acknowledged: string[] = [];
  for (const killAfterMs of [400, 1_300, 2_100])
    acknowledged.push(...(await logUntilKilled(dataDir, config, killAfterMs)));
  const last = await load(config, dataDir);
  await expect
    .poll(() => last.plugin.health?.(), { timeout: 20_000 })
    .toMatchObject({
      status: 'healthy',
      details: { s3: { waiting: 0, missed: 0 }, datadog: { waiting: 0, missed: 0 } },
    });
  // What was sent need not be kept: with the next file they go.
  for (const n of [1, 2]) await last.plugin.onMessage?.({ ...message(n), body: 'x'.repeat(5_000) });
  expect((await readdir(dataDir)).filter((name) => name.startsWith('audit.log'))).toHaveLength(2);
  await last.plugin.onUnload?.();
  const objects = await s3.objects();
  expect(verdictOf(objects)).toMatchObject({ kind: 'whole', first: 1 });
  expect(idsOf(textOf(objects).split('\n'))).toEqual(expect.arrayContaining(acknowledged));
  expect([...new Set(idsOf(intake.accepted))]).toEqual(expect.arrayContaining(acknowledged));
  await last[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true });
});

describe('the intake', () => {
  test('gets each line as one entry, and again what it did not take at once', async () => {
    await using intake = await startIntake();
    intake.answers.push({ status: 503 }, { status: 429, headers: { 'retry-after': '1' } }, { status: 500 });
    await using logger = await load({ ...intake.config, auditShipSeconds: 1 });
    await logger.plugin.onMessage?.(message(1));
    await intake.asked(1);
    await expect.poll(() => logger.plugin.health?.()).toMatchObject({ status: 'degraded' });
    await intake.asked(4);
    expect(intake.requests.map(({ status }) => status)).toEqual([503, 429, 500, 202]);
    expect(intake.accepted.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['open', 'message']);
    expect(JSON.stringify(logger.context.logger.entries)).not.toContain(API_KEY);
    await expect.poll(() => logger.plugin.health?.()).toMatchObject({ status: 'healthy' });
  });

  test('gets no more at once than it takes, and of a line that is too long what identifies it', async () => {
    await using intake = await startIntake();
    intake.limitBytes = 400_000;
    await using logger = await load({ ...intake.config, auditShipSeconds: 1 });
    for (let n = 0; n < 1_200; n += 1)
      void logger.plugin.onMessage?.({ ...message(n), body: '"'.repeat(n === 7 ? 600_000 : 300) });
    await expect.poll(() => idsOf(intake.accepted).length, { timeout: 30_000 }).toBe(1_200);
    const taken = intake.requests.filter(({ status }) => status === 202);
    expect(taken.every(({ entries, bytes }) => entries <= 1_000 && bytes <= 400_000)).toBe(true);
    expect(idsOf(intake.accepted)).toEqual(Array.from({ length: 1_200 }, (_, n) => `m${n}`));
    const long = intake.accepted.find((line) => line.includes('"id":"m7"')) ?? '';
    expect(JSON.parse(long)).toMatchObject({
      id: 'm7',
      from: 'Alice',
      chain: expect.any(String) as string,
      omitted: expect.any(String) as string,
    });
  });

  test('says that its key is wrong, and is asked less and less', async () => {
    await using intake = await startIntake();
    await using logger = await load({ ...intake.config, ddApiKey: 'wrong-key', auditShipSeconds: 1 });
    await logger.plugin.onMessage?.(message(1));
    await intake.asked(1);
    await expect
      .poll(() => logger.plugin.health?.())
      .toMatchObject({ status: 'degraded', message: expect.stringContaining('DD_API_KEY') as string });
    expect(JSON.stringify([logger.context.logger.entries, await logger.plugin.health?.()])).not.toContain('wrong-key');
  });
});

test('a log that was moved away begins anew, and replaces nothing in the bucket', async () => {
  await using s3 = await startS3();
  await using logger = await load(s3.config);
  for (let n = 0; n < 5; n += 1) await logger.plugin.onMessage?.(message(n));
  await logger.plugin.onUnload?.();
  const { dataDir } = logger.context;
  await rename(join(dataDir, 'audit.log'), join(dataDir, 'moved'));
  const again = createAuditLogger(() => new Date());
  await again.onLoad?.(logger.context);
  await again.onUnload?.();
  expect((await s3.objects()).map(({ metadata }) => [metadata['audit-first'], metadata['audit-last']])).toEqual([
    ['1', '2'],
    ['1', '7'],
  ]);
});

async function load(config: Readonly<Record<string, unknown>>, dataDir?: string) {
  const created = await createTestContext({ config });
  const context: TestContext = dataDir === undefined ? created : { ...created, dataDir };
  const plugin: HookPlugin = createAuditLogger(() => new Date());
  await plugin.onLoad?.(context);
  return {
    plugin,
    context,
    async [Symbol.asyncDispose]() {
      await plugin.onUnload?.();
      await created.dispose();
    },
  };
}

function message(n: number): MessageEvent {
  return { id: `m${n}`, ts: 0, from: 'Alice', to: 'Bob', kind: 'message', body: `message ${n}` };
}

async function logUntilKilled(dataDir: string, config: object, afterMs: number): Promise<readonly string[]> {
  const args = ['--conditions=ar-source', LOG_UNTIL_KILLED, dataDir, JSON.stringify(config)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ids: string[] = [];
  for await (const id of createInterface({ input: child.stdout })) {
    // The time runs from the first line.
    if (ids.push(id) === 1) setTimeout(() => child.kill('SIGKILL'), afterMs);
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return ids;
}

function textOf(objects: readonly StoredObject[]): string {
  return objects.map(({ text }) => text).join('');
}

function idsOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap(
    (line) => /"event":"message","id":"([^"]+)"/.exec(line)?.[1] ?? /"id":"([^"]+)"/.exec(line)?.[1] ?? [],
  );
}

function verdictOf(objects: readonly StoredObject[]): Verdict {
  const verifier = createLogVerifier({ keys: [] });
  for (const line of textOf(objects).split('\n').slice(0, -1)) verifier.add(Buffer.from(line));
  return verifier.end();
}
