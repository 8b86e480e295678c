import { mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSame, stamper } from './stamp.ts';

let folder: string;
const at = (file: string): string => path.join(folder, file);
const LATER = 60_000;
/** As a build does that starts a minute after the file was written. */
const stampOf = (...files: readonly string[]): string => stamper(folder, statSync(folder).ctimeMs + LATER)(files);

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'ar-stamp-'));
  writeFileSync(at('a'), 'one');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a stamp', () => {
  it('holds while a file is left alone', () => {
    expect(isSame(stampOf('a'), stampOf('a'))).toBe(true);
  });

  it('does not hold for a file of the same length and time that took its place, or was written over by hand', () => {
    const before = stampOf('a');
    const { atime, mtime } = statSync(at('a'));
    writeFileSync(at('b'), 'two');
    utimesSync(at('b'), atime, mtime);
    renameSync(at('b'), at('a'));
    const replaced = stampOf('a');
    expect(isSame(before, replaced)).toBe(false);
    const { ctimeMs } = statSync(at('a'));
    // Until the clock of the file system has gone on, which no other time has to.
    do {
      writeFileSync(at('a'), 'six');
      utimesSync(at('a'), atime, mtime);
    } while (statSync(at('a')).ctimeMs === ctimeMs);
    expect(isSame(replaced, stampOf('a'))).toBe(false);
  });

  it('does not hold for a file that came or went', () => {
    const before = stampOf('a', 'b');
    writeFileSync(at('b'), '');
    const both = stampOf('a', 'b');
    rmSync(at('a'));
    expect([isSame(before, both), isSame(both, stampOf('a', 'b'))]).toEqual([false, false]);
  });

  it('is not given to a file that changed just now, which may change again at the same time', () => {
    const now = stamper(folder, statSync(at('a')).mtimeMs);
    expect(isSame(now(['a']), now(['a']))).toBe(false);
  });
});
