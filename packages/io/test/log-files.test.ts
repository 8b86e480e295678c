/** Logs as the loader writes them, read while they are rotated, cut off and made anew. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LogLevel } from '@ar-registry/core/log';
import { readLogs, type LogRecord } from '@ar-registry/io/log-files';
import { beforeEach, describe, expect, it } from 'vitest';

let dir: string;
let stop: AbortController;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-logs-'));
  stop = new AbortController();
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

const START = Date.parse('2026-03-01T00:00:00.000Z');

function line(second: number, msg: string, level: LogLevel = 'info'): string {
  return JSON.stringify({ ts: new Date(START + second * 1000).toISOString(), level, msg });
}

function write(name: string, ...lines: readonly string[]): void {
  fs.appendFileSync(path.join(dir, name), lines.map((one) => `${one}\n`).join(''));
}

/** As the loader does it. */
function rotate(name: string, keep = 3): void {
  for (let part = keep; part >= 1; part -= 1) {
    const from = path.join(dir, part === 1 ? name : `${name}.${part - 1}`);
    if (fs.existsSync(from)) fs.renameSync(from, path.join(dir, `${name}.${part}`));
  }
}

interface Wanted {
  readonly lines?: number;
  readonly sinceMs?: number;
  readonly level?: LogLevel;
  readonly follow?: boolean;
}

function read(names: readonly string[], wanted: Wanted = {}): AsyncGenerator<LogRecord, void> {
  const sources = async () => names.map((name) => ({ name, path: path.join(dir, name) }));
  return readLogs({ dir, sources, follow: false, onLost: () => undefined, signal: stop.signal, ...wanted });
}

const textOf = ({ line: one }: LogRecord): string => (one.kind === 'entry' ? one.message : one.text);

async function all(names: readonly string[], wanted: Wanted = {}): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const record of read(names, wanted)) texts.push(textOf(record));
  return texts;
}

async function next(records: AsyncGenerator<LogRecord, void>, count: number): Promise<readonly string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    const { value, done } = await records.next();
    if (done) break;
    texts.push(textOf(value));
  }
  return texts;
}

describe('reading', () => {
  it('goes through all parts, the oldest first', async () => {
    write('x.log.2', line(1, 'a'));
    write('x.log.1', line(2, 'b'));
    write('x.log', line(3, 'c'));
    expect(await all(['x.log'])).toEqual(['a', 'b', 'c']);
    expect(await all(['x.log'], { lines: 2 })).toEqual(['b', 'c']);
    expect(await all(['x.log'], { lines: 0 })).toEqual([]);
    expect(await all(['x.log'], { lines: 9 })).toEqual(['a', 'b', 'c']);
  });

  it('joins logs by their times', async () => {
    write('x.log', line(1, 'x1'), line(4, 'x4'));
    write('y.log.1', line(2, 'y2'));
    write('y.log', line(3, 'y3'), line(5, 'y5'));
    expect(await all(['x.log', 'y.log'])).toEqual(['x1', 'y2', 'y3', 'x4', 'y5']);
    expect(await all(['x.log', 'y.log'], { lines: 3 })).toEqual(['y3', 'x4', 'y5']);
    expect(await all(['x.log', 'y.log'], { lines: 1 })).toEqual(['y5']);
  });

  it('begins at a time, and counts lines of a level', async () => {
    write('x.log', line(1, 'a', 'error'), line(2, 'b'), line(3, 'c', 'error'), line(4, 'd'), line(5, 'e'));
    expect(await all(['x.log'], { sinceMs: START + 3000 })).toEqual(['c', 'd', 'e']);
    expect(await all(['x.log'], { sinceMs: START + 2000, lines: 2 })).toEqual(['d', 'e']);
    expect(await all(['x.log'], { level: 'warn', lines: 2 })).toEqual(['a', 'c']);
    expect(await all(['x.log'], { sinceMs: START + 9000 })).toEqual([]);
  });

  it('keeps a line that is not of the loader’s form where it stands', async () => {
    write('x.log', line(1, 'a'), 'Error: x', '    at f', line(4, 'd'));
    write('y.log', line(2, 'b'), line(3, 'c'));
    expect(await all(['x.log', 'y.log'])).toEqual(['a', 'Error: x', '    at f', 'b', 'c', 'd']);
    expect(await all(['x.log'], { lines: 2 })).toEqual(['    at f', 'd']);
  });

  it('takes a line without a time for as old as the one before it', async () => {
    write('x.log', line(1, 'a'), '  of a', line(3, 'c'), '  of c');
    write('y.log', 'of nobody');
    expect(await all(['x.log', 'y.log'], { sinceMs: START + 2000 })).toEqual(['c', '  of c']);
  });

  it('gives the last line although it has no end, and leaves out empty ones', async () => {
    fs.writeFileSync(path.join(dir, 'x.log'), `${line(1, 'a')}\n\n{"ts":"2026`);
    expect(await all(['x.log'])).toEqual(['a', '{"ts":"2026']);
    expect(await all(['x.log'], { lines: 1 })).toEqual(['{"ts":"2026']);
  });

  it('cuts a line that has no end, and finds the next one', async () => {
    write('x.log', line(1, 'a'), 'x'.repeat(3_000_000), line(2, 'b'));
    const [first, long, last] = await all(['x.log']);
    expect([first, long?.length, long?.at(-1), last]).toEqual(['a', 256 * 1024 + 1, '…', 'b']);
    expect((await all(['x.log'], { lines: 2 }))[1]).toBe('b');
  });

  it('reads characters that lie across the borders of chunks', async () => {
    const texts = Array.from({ length: 2000 }, (_, index) => `${'ü€😀'.repeat(index % 30)}${index}`);
    write('x.log', ...texts.map((text, index) => line(index, text)));
    expect(await all(['x.log'])).toEqual(texts);
    expect(await all(['x.log'], { lines: 1500 })).toEqual(texts.slice(500));
  });

  it('takes nothing from what is no file, and nothing from where nothing is', async () => {
    fs.mkdirSync(path.join(dir, 'x.log'));
    expect(await all(['x.log', 'none.log'])).toEqual([]);
  });

  it('finds the end of a gigabyte without reading it', { timeout: 20_000 }, async () => {
    const file = path.join(dir, 'x.log');
    write('x.log', line(1, 'first'));
    fs.truncateSync(file, 1024 ** 3);
    write('x.log', '', line(2, 'b'), line(3, 'c'));
    const before = process.memoryUsage().rss;
    const startedMs = performance.now();
    expect(await all(['x.log'], { lines: 2 })).toEqual(['b', 'c']);
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('following', () => {
  it('gives what comes, across rotations, once', async () => {
    write('x.log', line(0, 'old'), line(1, 'a'));
    const records = read(['x.log'], { follow: true, lines: 1 });
    expect(await next(records, 1)).toEqual(['a']);
    write('x.log', line(2, 'b'));
    expect(await next(records, 1)).toEqual(['b']);
    write('x.log', line(3, 'c'));
    rotate('x.log');
    write('x.log', line(4, 'd'));
    rotate('x.log');
    write('x.log', line(5, 'e'), line(6, 'f'));
    expect(await next(records, 4)).toEqual(['c', 'd', 'e', 'f']);
    stop.abort();
    expect((await records.next()).done).toBe(true);
  });

  it('waits for the end of a line, and of a file that was moved away', async () => {
    const file = path.join(dir, 'x.log');
    fs.writeFileSync(file, `${line(1, 'a')}\nhal`);
    const records = read(['x.log'], { follow: true });
    expect(await next(records, 1)).toEqual(['a']);
    const pending = next(records, 1);
    fs.appendFileSync(file, 'f\n');
    expect(await pending).toEqual(['half']);
    fs.appendFileSync(file, 'no end');
    rotate('x.log');
    write('x.log', line(2, 'b'));
    expect(await next(records, 2)).toEqual(['no end', 'b']);
    stop.abort();
    await records.next();
  });

  it('begins anew where a file was cut off', async () => {
    write('x.log', line(1, 'a'), line(2, 'b'));
    const records = read(['x.log'], { follow: true });
    expect(await next(records, 2)).toEqual(['a', 'b']);
    fs.truncateSync(path.join(dir, 'x.log'), 0);
    write('x.log', line(3, 'c'));
    expect(await next(records, 1)).toEqual(['c']);
    stop.abort();
    await records.next();
  });

  it('waits for a log, and for its folder', async () => {
    fs.rmSync(dir, { recursive: true });
    const records = read(['x.log'], { follow: true, lines: 10 });
    const pending = next(records, 1);
    fs.mkdirSync(dir);
    write('x.log', line(1, 'a'));
    expect(await pending).toEqual(['a']);
    fs.rmSync(dir, { recursive: true });
    fs.mkdirSync(dir);
    write('x.log', line(2, 'b'));
    expect(await next(records, 1)).toEqual(['b']);
    stop.abort();
    await records.next();
  });

  it('loses and doubles nothing while a writer rotates all the time', async () => {
    const total = 400;
    const records = read(['x.log', 'y.log'], { follow: true });
    const texts: string[] = [];
    const writing = (async () => {
      for (let index = 0; index < total; index += 1) {
        write('x.log', line(index, `x${index}`));
        write('y.log', line(index, `y${index}`));
        if (index % 20 === 19) rotate('x.log');
        // A writer that is three parts ahead takes away what was not read.
        do await new Promise((resolve) => setImmediate(resolve));
        while (2 * index - texts.length > 60);
      }
    })();
    while (texts.length < 2 * total) texts.push(...(await next(records, 1)));
    await writing;
    for (const name of ['x', 'y'])
      expect(texts.filter((text) => text.startsWith(name))).toEqual(
        Array.from({ length: total }, (_, index) => `${name}${index}`),
      );
    stop.abort();
    expect((await records.next()).done).toBe(true);
  });

  it('ends at once when it is stopped', async () => {
    const records = read(['x.log'], { follow: true });
    const pending = records.next();
    stop.abort();
    expect((await pending).done).toBe(true);
    expect(await all(['x.log'], { lines: 5 })).toEqual([]);
  });

  it('tells that parts went by unread', async () => {
    write('x.log', line(1, 'a'));
    let lost = 0;
    const sources = async () => [{ name: 'x', path: path.join(dir, 'x.log') }];
    const records = readLogs({ dir, sources, follow: true, onLost: () => (lost += 1), signal: stop.signal });
    await records.next();
    for (let second = 2; second <= 6; second += 1) {
      rotate('x.log');
      write('x.log', line(second, String(second)));
    }
    expect(await next(records, 4)).toEqual(['3', '4', '5', '6']);
    expect(lost).toBe(1);
    stop.abort();
    await records.next();
  });
});
