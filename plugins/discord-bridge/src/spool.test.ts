import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type Journal } from './journal.ts';
import { openSpool, type Spool } from './spool.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ar-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const parse = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const journal = (): Journal => openJournal(join(folder, 'a.jsonl'), join(folder, 'a.new'));
const open = (from: Journal = journal(), bounds = { maxLength: 3, maxChars: 1000 }): Spool<string> =>
  openSpool(from, parse, bounds);

function itemsOf(spool: Spool<string>): readonly string[] {
  const items: string[] = [];
  spool.first((item) => {
    items.push(item);
    return false;
  });
  return items;
}

describe('the spool', () => {
  it('keeps what waits, in order, over the end of the process', () => {
    const spool = open();
    const [one] = ['one', 'two', 'three'].map((item) => spool.add(item));
    spool.remove(one?.key ?? 0);
    spool.replace(2, 'TWO');
    expect(itemsOf(open())).toEqual(['TWO', 'three']);
  });

  it('goes on after a line that was cut off', () => {
    open().add('one');
    appendFileSync(join(folder, 'a.jsonl'), '{"key":2,"it');
    open().add('two');
    expect(itemsOf(open())).toEqual(['one', 'two']);
  });

  it('refuses the newest when it is full, by number or by size', () => {
    const spool = open();
    for (const item of ['a', 'b', 'c']) expect(spool.add(item)).toBeDefined();
    expect(spool.add('d')).toBeUndefined();
    expect(open(journal(), { maxLength: 100, maxChars: 12 }).add('long')).toBeUndefined();
  });

  it('does not grow for ever', () => {
    const spool = open();
    for (let count = 0; count < 3000; count += 1) spool.remove(spool.add('item')?.key ?? 0);
    expect(readFileSync(join(folder, 'a.jsonl'), 'utf8').length).toBeLessThan(100_000);
  });

  it('says that the disk is full, and writes all when it is not any more', () => {
    const disk = journal();
    let isFull = true;
    const write =
      <Line>(act: (line: Line) => void) =>
      (line: Line) => {
        if (isFull) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        act(line);
      };
    const full: Journal = {
      ...disk,
      length: 0,
      append: write((line) => disk.append(line)),
      rewrite: write((lines: readonly unknown[]) => disk.rewrite(lines)),
    };
    const spool = open(full);
    spool.add('one');
    expect(spool.failure).toBe('ENOSPC');
    isFull = false;
    spool.add('two');
    expect(spool.failure).toBeUndefined();
    expect(itemsOf(open())).toEqual(['one', 'two']);
  });
});
