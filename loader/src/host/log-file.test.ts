import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLogFile } from './log-file.ts';

const root = mkdtempSync(join(tmpdir(), 'ar-log-'));
afterAll(() => rmSync(root, { recursive: true }));

let files = 0;
const newPath = (): string => join(root, `${(files += 1)}`, 'p.log');

test('writes lines in order, into a folder and a file of the user alone', async () => {
  const path = newPath();
  const log = createLogFile({ path });
  for (const line of ['1', '2', '3']) log.write(line);
  await log.close();
  expect(readFileSync(path, 'utf8')).toBe('1\n2\n3\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
});

test('appends to what an earlier run wrote', async () => {
  const path = newPath();
  for (const line of ['first run', 'second run']) {
    const log = createLogFile({ path });
    log.write(line);
    await log.close();
  }
  expect(readFileSync(path, 'utf8')).toBe('first run\nsecond run\n');
});

test('rotates by size and keeps as many parts as it should', async () => {
  const path = newPath();
  const log = createLogFile({ path, maxBytes: 10, keep: 2 });
  for (const line of ['aaaaaaa', 'bbbbbbb', 'ccccccc', 'ddddddd']) {
    log.write(line);
    await log.close();
  }
  expect(readdirSync(join(path, '..')).toSorted()).toEqual(['p.log', 'p.log.1', 'p.log.2']);
  expect([path, `${path}.1`, `${path}.2`].map((part) => readFileSync(part, 'utf8'))).toEqual([
    'ddddddd\n',
    'ccccccc\n',
    'bbbbbbb\n',
  ]);
});

test('cuts a flood off and says how much was lost', async () => {
  const path = newPath();
  const log = createLogFile({ path });
  for (let count = 0; count < 30; count += 1) log.write('x'.repeat(100_000));
  await log.close();
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(11);
  expect(JSON.parse(lines[10] ?? '')).toMatchObject({ extra: { lost: 20 } });
});

test('a disk that refuses loses lines, and no more than that', async () => {
  const path = newPath();
  writeFileSync(join(path, '..'), 'a file where the folder should be');
  const log = createLogFile({ path });
  log.write('lost');
  await log.close();
  rmSync(join(path, '..'));
  log.write('written');
  await log.close();
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path, 'utf8')).toMatch(/^written\n.*"lost":1/);
});
