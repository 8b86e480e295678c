import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createJournals } from './journal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ar-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (): string => join(folder, 'queue.jsonl');
const isText = (value: unknown): value is string => typeof value === 'string';
const open = () => createJournals(folder).open('queue.jsonl', isText);

it('holds what was appended and is not done, over a restart', async () => {
  const first = await open();
  const [, b] = await Promise.all(['a', 'b', 'c'].map((item) => first.append(item)));
  await first.done(b?.seq ?? 0);
  await first.close();
  const second = await open();
  expect(second.left.map(({ item }) => item)).toEqual(['c']);
  const d = await second.append('d');
  expect(d.seq).toBeGreaterThan(second.left[0]?.seq ?? Infinity);
  await second.done(d.seq);
  await second.close();
  expect(readFileSync(file(), 'utf8')).toBe('');
});

it.each(['{"seq":2,"item":"b', 'null\n', '{"seq":2,"item":7}\n', '\u0000\u0000\n', '{"done":"x"}\n'])(
  'passes over the line %j, and goes on after it',
  async (line) => {
    writeFileSync(file(), `{"seq":1,"item":"a"}\n${line}`);
    const journal = await open();
    await journal.append('c');
    await journal.close();
    const again = await open();
    expect(again.left.map(({ item }) => item)).toEqual(['a', 'c']);
    await again.close();
  },
);

it('does not grow with what is done', async () => {
  const journal = await open();
  await journal.append('first stays');
  const text = 'x'.repeat(1_000_000);
  for (let round = 0; round < 12; round += 1) {
    await journal.append(text);
    await journal.done(0);
  }
  const { left } = await reopenedAfter(journal, 12);
  expect(left.map(({ item }) => item.length)).toEqual([text.length]);
  expect(statSync(file()).size).toBeLessThan(1_100_000);
});

/** Everything up to this number is done. */
async function reopenedAfter(journal: Awaited<ReturnType<typeof open>>, seq: number) {
  await journal.done(seq);
  await journal.close();
  const again = await open();
  await again.close();
  return again;
}

it('is not written anew for each that is done while much waits', async () => {
  const journal = await open();
  const text = 'x'.repeat(1_000_000);
  for (let round = 0; round < 20; round += 1) await journal.append(text);
  const places = new Set<number>();
  for (let seq = 1; seq < 20; seq += 1) {
    await journal.done(seq);
    places.add(statSync(file()).ino);
  }
  await journal.close();
  expect(places.size).toBeLessThanOrEqual(2);
});

it('is readable by its owner alone', async () => {
  const journal = await open();
  await journal.append('a');
  await journal.close();
  expect(statSync(file()).mode & 0o077).toBe(0);
});
