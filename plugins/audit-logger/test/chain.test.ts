/** The chain over restarts, rotation, crashes and changes, in real files. */
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createTestContext } from '@ar-registry/sdk/testing';
import { describe, expect, it } from 'vitest';
import { createAuditLogger } from '../src/plugin.ts';

const VERIFY = fileURLToPath(new URL('../src/verify.ts', import.meta.url));
const LOG_UNTIL_KILLED = fileURLToPath(new URL('./support/log-until-killed.ts', import.meta.url));
const [KEY, OTHER_KEY] = ['k'.repeat(32), 'o'.repeat(32)];

describe('the chain of a log', () => {
  it('goes on over restarts', async () => {
    await using log = await createLog();
    await log.run({}, 3);
    await log.run({}, 3);
    expect(await log.events()).toEqual([
      'open',
      ...Array(3).fill('message'),
      'close',
      'open',
      ...Array(3).fill('message'),
      'close',
    ]);
    expect(await log.verify()).toMatchObject({ code: 0, stdout: expect.stringContaining('numbers 1 to 10') as string });
  });

  it('goes on over files, each of which can be verified alone', async () => {
    await using log = await createLog();
    await log.run({ auditMaxSize: '1K' }, 30);
    await log.run({ auditMaxSize: '1K' }, 30);
    expect(await log.verify()).toMatchObject({ code: 0 });
    for (const file of await log.files()) expect(await log.verify({ files: [file] })).toMatchObject({ code: 0 });
    const [first = '', second = '', ...rest] = await log.files();
    expect(await log.verify({ files: [second, first, ...rest] })).toMatchObject({ code: 1 });
    expect(await log.verify({ files: [first, ...rest] })).toMatchObject({ code: 1 });
  });

  it('tells what a crash cut off, and that it was one', async () => {
    await using log = await createLog();
    await log.run({}, 3);
    await truncate(log.path, (await stat(log.path)).size - 40);
    expect(await log.verify()).toMatchObject({ code: 1, stderr: expect.stringContaining('line 5') as string });
    await log.run({}, 3);
    const opened = (await log.lines()).findLast(({ event }) => event === 'open');
    expect(opened).toMatchObject({ after: 'crash', seq: 5, unchained: { bytes: expect.any(Number) as number } });
    expect(await log.verify()).toMatchObject({ code: 0, stdout: expect.stringContaining('1 time(s)') as string });
  });

  it('does not let what it tells of be changed afterwards', async () => {
    await using log = await createLog();
    await log.run({}, 1);
    await appendFile(log.path, '{"ts":"cut');
    await log.run({}, 1);
    await writeFile(log.path, (await readFile(log.path, 'utf8')).replace('{"ts":"cut', '{"ts":"cat'));
    expect(await log.verify()).toMatchObject({ code: 1 });
  });

  it('goes on in the next file when a crash left only a part of its first line', async () => {
    await using log = await createLog();
    await log.run({}, 3);
    await rename(log.path, `${log.path}.1`);
    await writeFile(log.path, '{"seq":6,"ts"');
    await log.run({}, 3);
    expect(await log.verify()).toMatchObject({ code: 0 });
  });

  it('begins behind the lines of version 1.0, and says so', async () => {
    await using log = await createLog();
    const old = '{"ts":"2026-01-01T00:00:00.000Z","event":"connect","agent":"Alice"}\n';
    await writeFile(`${log.path}.1`, old.repeat(5));
    await writeFile(log.path, `${old.repeat(5)}{"ts":"cut`);
    await log.run({}, 2);
    expect(await readFile(log.path, 'utf8')).toContain(`${old}{"ts":"cut\n{"seq":1,`);
    expect((await log.lines()).find(({ event }) => event === 'open')).toMatchObject({
      seq: 1,
      prev: '',
      after: 'nothing',
      earlierBytes: old.length * 10 + 11,
    });
    const { code, stdout } = await log.verify();
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${old.length * 10 + 11} bytes before the chain`)]);
  });

  it('can be put under a key, and under another, but not be freed of it', async () => {
    await using log = await createLog();
    await log.run({}, 1);
    await log.run({ auditChainKey: KEY }, 1);
    expect(await log.verify({ key: KEY })).toMatchObject({ code: 0 });
    expect(await log.verify({ key: OTHER_KEY })).toMatchObject({ code: 2 });
    expect(await log.verify()).toMatchObject({ code: 2 });
    await expect(log.run({}, 1)).rejects.toThrow(TypeError);
    await expect(log.run({ auditChainKey: OTHER_KEY }, 1)).rejects.toThrow(TypeError);
    await log.run({ auditChainKey: `${OTHER_KEY},${KEY}` }, 1);
    expect(await log.verify({ key: `${OTHER_KEY},${KEY}` })).toMatchObject({ code: 0 });
  });

  it.each([
    ['deleted', (path: string) => rm(path)],
    ['cut', async (path: string) => truncate(path, (await stat(path)).size - 40)],
    ['written by others', (path: string) => appendFile(path, '{"seq":5,"event":"message"}\n')],
  ])('goes on when the file is %s while it is written', async (how, change) => {
    await using log = await createLog();
    await log.run({}, 2, () => change(log.path));
    expect((await log.lines()).slice(-3)).toMatchObject([
      { event: 'reopen', seq: 4 },
      { id: 'after', seq: 5 },
      { event: 'close' },
    ]);
    // What others added is told of; what they took away is missing.
    expect(await log.verify()).toMatchObject({ code: how === 'cut' ? 1 : 0 });
  });
});

describe('verify', () => {
  it('takes a line that was noted, and misses it', async () => {
    await using log = await createLog();
    await log.run({}, 5);
    const { stdout } = await log.verify();
    const [, noted = ''] = /last line: (\S+)/.exec(stdout) ?? [];
    expect(await log.verify({ args: [noted] })).toMatchObject({ code: 0 });
    const kept = (await readFile(log.path, 'utf8')).split('\n').slice(0, 4);
    await writeFile(log.path, `${kept.join('\n')}\n`);
    expect(await log.verify()).toMatchObject({ code: 0 });
    expect(await log.verify({ args: [noted] })).toMatchObject({ code: 1 });
  });

  it.each([[['--help']], [['1:sha256:ab']], [['1', '2']]])('ends with 2 for the arguments %j', async (args) => {
    await using log = await createLog();
    await log.run({}, 1);
    expect(await log.verify({ args })).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage') as string });
  });

  it('ends with 2 for a key that cannot be one, and for nothing', async () => {
    await using log = await createLog();
    expect(await log.verify({ files: [] })).toMatchObject({ code: 2 });
    expect(await log.verify({ files: [], key: 'short' })).toMatchObject({ code: 2 });
  });
});

describe('a logger that is killed', () => {
  it.each([{ auditSyncMs: 0 }, { auditSyncMs: 50 }])('has lost no acknowledged line, with %j', async (config) => {
    await using log = await createLog();
    const settings = { ...config, auditMaxSize: '20K', auditMaxFiles: 1000, auditChainKey: KEY };
    const acknowledged: string[] = [];
    for (const count of [1, 77, 150, 203]) acknowledged.push(...(await log.kill(settings, count)));
    await log.run(settings, 1);
    const ids = new Set((await log.lines()).map(({ id }) => id));
    expect(acknowledged.length).toBeGreaterThan(400);
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    expect((await log.lines()).filter(({ after }) => after === 'crash')).toHaveLength(4);
    expect(await log.verify({ key: KEY })).toMatchObject({ code: 0 });
  });
});

interface VerifyOptions {
  readonly files?: readonly string[];
  readonly args?: readonly string[];
  readonly key?: string;
}

async function createLog() {
  const dir = await mkdtemp(join(tmpdir(), 'ar-audit-'));
  const path = join(dir, 'audit.log');
  /** Oldest first. */
  const files = async (): Promise<string[]> => {
    const names = (await readdir(dir)).toSorted((a, b) => numberOf(b) - numberOf(a));
    return names.map((name) => join(dir, name));
  };
  const lines = async (): Promise<Record<string, unknown>[]> =>
    (await read(await files()))
      .toString()
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    path,
    files,
    lines,
    events: async () => (await lines()).map(({ event }) => event),
    /** Loads the logger, logs so many messages, and one more after what is done in between; unloads it. */
    run: (config: Record<string, unknown>, count: number, between?: () => Promise<void>) =>
      runLogger(dir, config, { count, between }),
    async verify({ files: paths, args = [], key }: VerifyOptions = {}) {
      const { AUDIT_CHAIN_KEY: _, ...env } = process.env;
      const child = spawn(process.execPath, [VERIFY, ...args], {
        env: { ...env, ...(key && { AUDIT_CHAIN_KEY: key }) },
      });
      const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
      // It may end before it has read everything.
      child.stdin.on('error', () => undefined).end(await read(paths ?? (await files())));
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { code: await code, stdout, stderr };
    },
    /** Runs the logger in a process, and kills that after so many acknowledged lines. Resolves to all of these. */
    async kill(config: Record<string, unknown>, count: number) {
      const args = ['--conditions=ar-source', LOG_UNTIL_KILLED, dir, JSON.stringify(config)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const ids: string[] = [];
      for await (const id of createInterface({ input: child.stdout }))
        if (ids.push(id) === count) child.kill('SIGKILL');
      return ids;
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

async function runLogger(
  dataDir: string,
  config: Record<string, unknown>,
  { count, between }: { readonly count: number; readonly between: (() => Promise<void>) | undefined },
): Promise<void> {
  await using context = await createTestContext({ config });
  const plugin = createAuditLogger(() => new Date(0));
  const log = async (id: string): Promise<void> =>
    plugin.onMessage?.({ id, ts: 0, from: 'A', kind: 'message', body: id });
  await plugin.onLoad?.({ ...context, dataDir });
  for (let n = 0; n < count; n += 1) await log(`m${n}`);
  await between?.();
  if (between) await log('after');
  await plugin.onUnload?.();
}

/** 0 for the current file. */
function numberOf(name: string): number {
  return Number(name.slice('audit.log.'.length));
}

async function read(paths: readonly string[]): Promise<Buffer> {
  return Buffer.concat(await Promise.all(paths.map((each) => readFile(each))));
}
