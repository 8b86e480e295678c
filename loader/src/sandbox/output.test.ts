import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLineBudget, logOutput } from './output.ts';

/** Whoever printed `text` waits afterwards. @param msEachLook how far the clock goes on each time that it is looked at */
async function waitsAfter(text: string, msEachLook: number): Promise<boolean> {
  const stream = new PassThrough();
  const budget = createLineBudget({ linesPerSecond: 10, onLost: () => undefined });
  let ms = 0;
  logOutput(stream, { budget, now: () => (ms += msEachLook), log: () => undefined });
  stream.write(text);
  await new Promise((resolve) => setImmediate(resolve));
  const waits = stream.isPaused();
  const closed = new Promise((resolve) => stream.once('close', resolve));
  stream.destroy();
  await closed;
  budget.close();
  return waits;
}

test('who prints what keeps the daemon busy waits, however few bytes they are', async () => {
  expect(await waitsAfter('\n\n\n', 3)).toBe(true);
});

test('who prints very much waits, however fast it is read', async () => {
  expect(await waitsAfter('a'.repeat(2 * 1024 * 1024), 0)).toBe(true);
});

test('who prints a little does not wait', async () => {
  expect(await waitsAfter('a line\n'.repeat(100), 0)).toBe(false);
});
