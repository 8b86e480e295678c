import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openAuditLog } from './audit-log.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'ar-rbac-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

it('counts what cannot be written, says why, and goes on when it can', async () => {
  const dir = await folder();
  // A rotation that cannot be made: what moves from 4 to 5 does not replace a folder that is not empty.
  for (const name of ['decisions.log.4', 'decisions.log.5']) {
    await mkdir(join(dir, name));
    await writeFile(join(dir, name, 'in-the-way'), '');
  }
  let nowMs = 0;
  const log = await openAuditLog(dir, () => nowMs);
  const big = { text: 'x'.repeat(1024 * 1024) };
  for (let count = 0; count < 12; count += 1) {
    log.write(big);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await expect.poll(() => log.status().failure).toBeDefined();
  const { lost } = log.status();
  log.write({ a: 1 });
  expect(log.status().lost).toBe(lost + 1);
  await rename(join(dir, 'decisions.log.5'), join(dir, 'moved'));
  nowMs = 60_000;
  log.write({ a: 2 });
  await expect.poll(() => log.status().failure).toBeUndefined();
  log.write({ a: 3 });
  await log.close();
  const text = await readFile(join(dir, 'decisions.log'), 'utf8');
  expect(text.trimEnd().split('\n').at(-1)).toBe('{"a":3}');
});

it('says at once that its folder is not there', async () => {
  await expect(openAuditLog('/proc/nowhere', () => 0)).rejects.toBeInstanceOf(Error);
});
