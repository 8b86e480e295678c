import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openRss, rssMbOf, type RssReader } from '../src/sandbox/process-tree.ts';

const PROGRAMS = 12;
/** In which a program becomes another, and grows from one megabyte to a gigabyte of addresses. */
const BEGINNING_MS = 30;
const WAITING = ['--eval', 'setTimeout(() => {}, 60_000)'];
/** More than the first program has, and less than the second. */
const BEGUN_MB = 20;

test.runIf(process.platform === 'linux')(
  'the memory of a process is what it is, whenever in its beginning it was found',
  async () => {
    const odd: unknown[] = [];
    for (let program = 0; program < PROGRAMS; program += 1) {
      const args = ['-c', 'sleep 0.01; exec "$0" "$@"', process.execPath, ...WAITING];
      const child = spawn('sh', args, { stdio: 'ignore' });
      const { pid = 0 } = child;
      const readers = readersOf(pid);
      while (rssMbOf(pid) < BEGUN_MB) await sleep(10);
      for (const reader of readers) {
        const [before, readMb, after] = [rssMbOf(pid), reader.read(), rssMbOf(pid)];
        if (readMb < before / 2 || readMb > after * 2) odd.push({ program, readMb, before, after });
        reader.close();
      }
      child.kill('SIGKILL');
    }
    expect(odd).toEqual([]);
  },
);

/** As many as there is time for. */
function readersOf(pid: number): readonly RssReader[] {
  const readers: RssReader[] = [];
  for (const endMs = performance.now() + BEGINNING_MS; performance.now() < endMs;) {
    const reader = openRss(pid);
    if (reader) readers.push(reader);
  }
  return readers;
}
