import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HookPlugin, MessageEvent } from '@ar-registry/sdk';
import { createTestContext, type TestContext } from '@ar-registry/sdk/testing';
import { describe, expect, it } from 'vitest';
import exported from '../src/index.ts';
import { createAuditLogger } from '../src/plugin.ts';

const NOW = '2026-01-02T03:04:05.678Z';
const alice = { connectionId: 'c1', agent: 'Alice', sessionId: 's1', ts: 0 };

describe('the audit logger', () => {
  it('writes each event as one line, in order', async () => {
    await using logger = await load();
    await logger.plugin.onConnect?.(alice);
    await logger.plugin.onMessage?.(message(1));
    await logger.plugin.onDisconnect?.(alice);
    expect(await logger.lines()).toMatchObject([
      { ts: NOW, event: 'connect', agent: 'Alice' },
      { ts: NOW, event: 'message', from: 'Alice', to: 'Bob', body: 'message 1' },
      { ts: NOW, event: 'disconnect', agent: 'Alice' },
    ]);
    expect(await logger.plugin.health?.()).toMatchObject({
      status: 'healthy',
      details: {
        file: 'audit.log',
        written: 3,
        pending: 0,
        lost: 0,
        last: expect.stringMatching(/^4:sha256:/) as string,
      },
    });
    expect(logger.context.metrics.total('events', { event: 'message' })).toBe(1);
  });

  it('writes what was denied, to whom, by whom and why, redacted like any message', async () => {
    await using logger = await load({ auditRedact: ['emails'], auditRedactFields: 'body secret' });
    const denied = { ...message(1), body: 'to a@example.com', data: { secret: 1 } };
    const event = {
      message: denied,
      receivers: ['Bob', 'Carol'],
      reason: 'not a@example.com',
      plugin: '@me/policy',
      ts: 0,
    };
    await logger.plugin.onDenied?.(event);
    expect(await logger.lines()).toMatchObject([
      {
        event: 'denied',
        id: 'm1',
        from: 'Alice',
        to: 'Bob',
        deniedTo: ['Bob', 'Carol'],
        deniedBy: '@me/policy',
        reason: 'not [redacted:email]',
        body: 'to [redacted:email]',
        data: { secret: '[redacted:field]' },
      },
    ]);
  });

  it('has the line in the file when the hook resolves', async () => {
    await using logger = await load();
    await logger.plugin.onMessage?.(message(1));
    expect(await logger.lines()).toHaveLength(1);
  });

  it('loses nothing of what was not awaited when it is unloaded', async () => {
    await using logger = await load();
    for (let n = 0; n < 5000; n += 1) void logger.plugin.onMessage?.(message(n));
    await logger.plugin.onUnload?.();
    const lines = await logger.lines();
    expect(lines.map((line) => line['id'])).toEqual(Array.from({ length: 5000 }, (_, n) => `m${n}`));
  });

  it('rotates by size, keeps at most the given number of files, and cuts no line', async () => {
    await using logger = await load({ auditMaxSize: '1K', auditMaxFiles: 3 });
    for (let n = 0; n < 100; n += 1) await logger.plugin.onMessage?.(message(n));
    await logger.plugin.onUnload?.();
    expect((await readdir(logger.context.dataDir)).toSorted()).toEqual(['audit.log', 'audit.log.1', 'audit.log.2']);
    const ids = [
      ...(await logger.lines('audit.log.2')),
      ...(await logger.lines('audit.log.1')),
      ...(await logger.lines()),
    ];
    expect(ids.map((line) => line['id'])).toEqual(ids.map((_, n) => `m${100 - ids.length + n}`));
    for (const name of await readdir(logger.context.dataDir)) {
      expect((await stat(join(logger.context.dataDir, name))).size).toBeLessThan(1024 + 300);
    }
  });

  it('goes on in the file of the run before', async () => {
    await using logger = await load();
    await logger.plugin.onMessage?.(message(1));
    await logger.plugin.onUnload?.();
    await logger.plugin.onLoad?.(logger.context);
    await logger.plugin.onMessage?.(message(2));
    expect(await logger.lines()).toMatchObject([{ id: 'm1' }, { id: 'm2' }]);
  });

  it('lets nobody but its user read the file', async () => {
    await using logger = await load();
    await logger.plugin.onMessage?.(message(1));
    expect((await stat(join(logger.context.dataDir, 'audit.log'))).mode & 0o777).toBe(0o600);
  });

  it('writes to the file it is told to', async () => {
    await using logger = await load({ auditFile: 'trail.jsonl', auditBody: 'none' });
    await logger.plugin.onMessage?.(message(1));
    expect((await logger.lines('trail.jsonl'))[0]).not.toHaveProperty('body');
  });

  it('records nothing before it is loaded and after it is unloaded', async () => {
    const plugin = createAuditLogger(() => new Date(NOW));
    await plugin.onMessage?.(message(1));
    expect(await plugin.health?.()).toMatchObject({ status: 'unhealthy' });
    await using logger = await load();
    await logger.plugin.onUnload?.();
    await logger.plugin.onMessage?.(message(1));
    expect(await logger.lines()).toEqual([]);
  });

  it('is the default export', async () => {
    await using context = await createTestContext();
    await exported.onLoad?.(context);
    await exported.onMessage?.(message(1));
    await exported.onUnload?.();
    expect(await readFile(join(context.dataDir, 'audit.log'), 'utf8')).toContain('"id":"m1"');
  });
});

describe('an audit log that cannot be written', () => {
  it('is refused at load', async () => {
    await using context = await createTestContext();
    await mkdir(join(context.dataDir, 'audit.log'));
    const plugin = createAuditLogger(() => new Date(NOW));
    await expect(plugin.onLoad?.(context)).rejects.toBeInstanceOf(Error);
    expect(await plugin.health?.()).toMatchObject({ status: 'unhealthy' });
  });

  it('is reported once, keeps the lines, and writes them in order when the obstacle is gone', async () => {
    await using logger = await load({ auditMaxSize: '1K', auditMaxFiles: 2 });
    const obstacle = await obstruct(logger.context);
    const first = await writeUntilItFails(logger);
    await logger.plugin.onMessage?.(message(first + 1));
    await logger.plugin.onMessage?.(message(first + 2));
    expect(await logger.plugin.health?.()).toMatchObject({ status: 'unhealthy', details: { pending: 3, lost: 0 } });
    expect(logger.context.logger.entries.filter((entry) => entry.level === 'error')).toHaveLength(1);
    expect(logger.context.metrics.total('write_failures')).toBe(1);

    await rm(obstacle, { recursive: true });
    await logger.plugin.onMessage?.(message(first + 3));
    expect(await logger.plugin.health?.()).toMatchObject({ status: 'healthy', details: { pending: 0, lost: 0 } });
    const written = [...(await logger.lines('audit.log.1')), ...(await logger.lines())];
    expect(written.map((line) => line['id'])).toEqual(Array.from({ length: first + 3 }, (_, n) => `m${n + 1}`));
  });

  it('loses only what is pending when it is unloaded, and says so', async () => {
    await using logger = await load({ auditMaxSize: '1K', auditMaxFiles: 2 });
    await obstruct(logger.context);
    const first = await writeUntilItFails(logger);
    await logger.plugin.onMessage?.(message(first + 1));
    await logger.plugin.onUnload?.();
    expect(logger.context.logger.entries.at(-1)).toMatchObject({ level: 'error', extra: { lost: 2 } });
    expect(await logger.lines()).toHaveLength(first - 1);
  });

  it('bounds what it keeps in memory and counts the rest', async () => {
    await using logger = await load({ auditMaxSize: '1K', auditMaxFiles: 2 });
    await obstruct(logger.context);
    const body = 'x'.repeat(1024 ** 2);
    for (let n = 0; n < 20; n += 1) await logger.plugin.onMessage?.({ ...message(n), body });
    const health = await logger.plugin.health?.();
    expect(health?.details?.['pending']).toBeLessThan(17);
    expect(health?.details?.['lost']).toBeGreaterThan(2);
  });
});

interface Loaded extends AsyncDisposable {
  readonly plugin: HookPlugin;
  readonly context: TestContext;
  /** The parsed lines of events in a file; throws on a line that is not JSON. */
  readonly lines: (file?: string) => Promise<Record<string, unknown>[]>;
}

async function load(config: Record<string, unknown> = {}): Promise<Loaded> {
  const context = await createTestContext({ config });
  const plugin = createAuditLogger(() => new Date(NOW));
  await plugin.onLoad?.(context);
  return {
    plugin,
    context,
    async lines(file = 'audit.log') {
      const text = await readFile(join(context.dataDir, file), 'utf8');
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ event }) => ['message', 'denied', 'connect', 'disconnect'].includes(String(event)));
    },
    async [Symbol.asyncDispose]() {
      await plugin.onUnload?.();
      await context.dispose();
    },
  };
}

/** Writes m1, m2, … Resolves to the number of the first message after which the log is not healthy. */
async function writeUntilItFails({ plugin }: Loaded): Promise<number> {
  for (let n = 1; n < 100; n += 1) {
    await plugin.onMessage?.(message(n));
    const health = await plugin.health?.();
    if (health?.status !== 'healthy') return n;
  }
  throw new Error('The log never failed.');
}

/** Makes the next rotation fail: a folder that is not empty cannot be replaced by a file. */
async function obstruct(context: TestContext): Promise<string> {
  const obstacle = join(context.dataDir, 'audit.log.1');
  await mkdir(obstacle);
  await writeFile(join(obstacle, 'in-the-way'), '');
  return obstacle;
}

function message(n: number): MessageEvent {
  return { id: `m${n}`, ts: 0, from: 'Alice', to: 'Bob', kind: 'message', body: `message ${n}` };
}
