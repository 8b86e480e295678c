import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MessageObservation, WidgetData } from '@ar-registry/sdk';
import { createTestContext, widgetContract } from '@ar-registry/sdk/testing';
import { describe, expect, test } from 'vitest';
import { createMessageAnalytics } from '../src/plugin.ts';

const NOW = Date.UTC(2026, 0, 2, 12, 0, 30);
const DISPLAYS = {
  messages: 'metric',
  latency_p50: 'metric',
  latency_p99: 'metric',
  error_rate: 'metric',
  volume: 'chart',
  latency: 'chart',
  top_senders: 'table',
  slow_receivers: 'table',
  failures: 'table',
  notes: 'text',
} as const;

const sent = (from: string, at = NOW): MessageObservation => ({ kind: 'sent', at, from, to: 'Bob', bodyBytes: 4 });
const delivered = (latencyMs: number): MessageObservation => ({ kind: 'delivered', at: NOW, from: 'Alice', latencyMs });
const to = (name: string, latencyMs: number): MessageObservation => ({
  kind: 'delivered',
  at: NOW,
  from: 'Alice',
  to: name,
  latencyMs,
});
const denied: MessageObservation = { kind: 'failed', at: NOW, from: 'Mallory', to: 'Bob', reason: 'denied' };

test.each(widgetContract({ create: () => createMessageAnalytics(() => NOW), displays: DISPLAYS }))(
  '$title',
  async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  },
);

async function loaded(config: Readonly<Record<string, unknown>> = {}) {
  const context = await createTestContext({ config });
  const plugin = createMessageAnalytics(() => NOW);
  await plugin.onLoad?.(context);
  return { context, plugin };
}

describe('the displays', () => {
  test('show how much, how fast, by whom, and what failed', async () => {
    const { context, plugin } = await loaded();
    await using _ = context;
    const latencies = Array.from({ length: 100 }, (_value, index) => delivered(index + 1));
    const observations = [sent('Alice'), sent('Alice', NOW - 60_000), sent('Mallory'), denied, ...latencies];
    await plugin.onMessages?.({ observations, dropped: 3 });
    const shown = async (name: string): Promise<WidgetData> => plugin.getData(name);
    expect(await shown('messages')).toEqual({ type: 'metric', value: 3, unit: 'in 60 min' });
    expect(await shown('error_rate')).toEqual({ type: 'metric', value: 0.99, unit: '%' });
    const [p50, p99] = await Promise.all([shown('latency_p50'), shown('latency_p99')]);
    expect(p50.type === 'metric' && Math.abs((p50.value ?? 0) - 50)).toBeLessThanOrEqual(1);
    expect(p99.type === 'metric' && Math.abs((p99.value ?? 0) - 99)).toBeLessThanOrEqual(2);
    const volume = await shown('volume');
    expect(volume).toMatchObject({ type: 'chart', x: { length: 60 } });
    expect(volume.type === 'chart' && volume.series.map(({ values }) => values.slice(-2))).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(await shown('top_senders')).toMatchObject({
      rows: [
        ['Alice', 2, '66.7 %'],
        ['Mallory', 1, '33.3 %'],
      ],
    });
    expect(await shown('failures')).toMatchObject({ rows: { 0: ['denied by a policy or a hook', 1] } });
    expect(await shown('notes')).toMatchObject({
      text: expect.stringContaining('3 observations were lost') as unknown,
    });
    expect(await plugin.health?.()).toMatchObject({ status: 'degraded', details: { messages: 3, lost: 3 } });
  });
});

test('the slowest receivers come first, with what failed of theirs, and a crowd is counted together', async () => {
  const { context, plugin } = await loaded({ analyticsTopSenders: 50 });
  await using _ = context;
  const crowd = Array.from({ length: 300 }, (_value, n) => to(`agent ${n}`, n < 98 ? 1 : 5));
  await plugin.onMessages?.({
    observations: [to('Slow', 400), to('Slow', 400), denied, ...crowd, to('late', 9_000)],
    dropped: 0,
  });
  const shown = await plugin.getData('slow_receivers');
  const rows = shown.type === 'table' ? shown.rows : [];
  expect([rows[0]?.[0], rows[0]?.[3], rows[0]?.[4]]).toEqual(['Slow', 2, 0]);
  const others = rows.find(([name]) => name === '(others)');
  expect([others?.[3], others?.[4]]).toEqual([203, 0]);
  expect(rows).toHaveLength(50);
});

describe('the state', () => {
  test('survives an unload in order', async () => {
    const { context, plugin } = await loaded();
    await using _ = context;
    await plugin.onMessages?.({ observations: [sent('Alice')], dropped: 0 });
    await plugin.onUnload?.();
    const again = createMessageAnalytics(() => NOW + 5 * 60_000);
    await again.onLoad?.(context);
    expect(await again.getData('messages')).toMatchObject({ value: 1 });
    expect(await again.getData('top_senders')).toMatchObject({ rows: [['Alice', 1, '100.0 %']] });
  });

  test('of version 1.0.0 is taken over', async () => {
    await using context = await createTestContext();
    const minute = Math.floor(NOW / 60_000);
    const bucket = { minute, sent: 7, bytes: 1, delivered: 7, lost: 0, failed: { denied: 1 }, latency: [[100, 7]] };
    const senders = [{ slice: Math.floor(minute / 5), names: [['Alice', 7, 0]] }];
    const state = { version: 1, minutes: 60, buckets: [bucket], senders };
    await writeFile(join(context.dataDir, 'state.json'), JSON.stringify(state));
    const plugin = createMessageAnalytics(() => NOW);
    await plugin.onLoad?.(context);
    expect(await plugin.getData('messages')).toMatchObject({ value: 7 });
    expect(await plugin.getData('top_senders')).toMatchObject({ rows: [['Alice', 7, '100.0 %']] });
    expect(await plugin.getData('slow_receivers')).toMatchObject({ rows: [] });
    await plugin.onUnload?.();
  });

  test('that cannot be read is put aside, and counting goes on', async () => {
    await using context = await createTestContext();
    await writeFile(join(context.dataDir, 'state.json'), '{"version":1,"minutes":60,"buck');
    const plugin = createMessageAnalytics(() => NOW);
    await plugin.onLoad?.(context);
    expect(await plugin.getData('messages')).toMatchObject({ value: 0 });
    expect(await readdir(context.dataDir)).toEqual(['state.json.unusable']);
    expect(context.logger.entries).toContainEqual(expect.objectContaining({ level: 'warn' }));
  });

  test('that cannot be saved is told in its health, tried again, and costs no count', async () => {
    const { context, plugin } = await loaded({ analyticsSaveSeconds: '1' });
    await using _ = context;
    // Root may write everywhere: a folder in the place of the file stops it too.
    await mkdir(join(context.dataDir, 'state.json.new'));
    await plugin.onMessages?.({ observations: [sent('Alice')], dropped: 0 });
    await expect.poll(() => plugin.health?.(), { timeout: 5_000 }).toMatchObject({ status: 'degraded' });
    await rmdir(join(context.dataDir, 'state.json.new'));
    await expect.poll(() => plugin.health?.(), { timeout: 5_000 }).toMatchObject({ status: 'healthy' });
    expect(JSON.parse(await readFile(join(context.dataDir, 'state.json'), 'utf8'))).toMatchObject({ version: 2 });
    await plugin.onUnload?.();
  });

  test('is whole after a kill -9, whenever it comes', async () => {
    await using context = await createTestContext();
    for (const saves of [1, 2, 4]) {
      await countUntilKilled(context.dataDir, saves);
      const plugin = createMessageAnalytics(Date.now);
      await plugin.onLoad?.(context);
      const shown = await plugin.getData('messages');
      expect(shown.type === 'metric' && shown.value).toBeGreaterThan(0);
      expect(await readdir(context.dataDir)).not.toContain('state.json.unusable');
      await plugin.onUnload?.();
    }
  });
});

test.each([
  ['analyticsWindowMinutes', '9'],
  ['analyticsWindowMinutes', 1_441],
  ['analyticsSaveSeconds', '1e1'],
  ['analyticsTopSenders', 0],
])('a configuration that cannot be used is refused: %s = %s', async (key, value) => {
  await using context = await createTestContext({ config: { [key]: value } });
  await expect(createMessageAnalytics(() => NOW).onLoad?.(context)).rejects.toThrow(TypeError);
});

/** A process of its own counts as fast as it can, and saves all the time; it is killed after so many saves were seen. */
async function countUntilKilled(dataDir: string, saves: number): Promise<void> {
  const script = fileURLToPath(new URL('support/count-until-killed.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=ar-source', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let seen = 0;
  for await (const chunk of child.stdout) {
    seen += String(chunk).split('saved').length - 1;
    if (seen >= saves) break;
  }
  const exited = child.exitCode === null ? once(child, 'exit') : undefined;
  child.kill('SIGKILL');
  await exited;
}
