import { execFileSync } from 'node:child_process';
import { mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestFile, integrityOf, integrityOfFile, integrityOfSmallFile, integrityOfStream } from './integrity-of.ts';

/** @source FIPS 180-4 example for SHA-512, "abc" */
const ABC = 'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==';

const tempDir = () => mkdtempDisposable(join(tmpdir(), 'digest-'));

test('bytes, a stream and a file of one content have one integrity', async () => {
  await using dir = await tempDir();
  const path = join(dir.path, 'abc');
  await writeFile(path, 'abc');
  expect(integrityOf(Buffer.from('abc'))).toBe(ABC);
  expect(await integrityOfStream([Buffer.from('a'), Buffer.from('bc')])).toBe(ABC);
  expect(await integrityOfFile(path)).toBe(ABC);
  expect(await digestFile(path)).toEqual({ size: 3, integrity: ABC });
});

test('a file of many chunks is hashed whole', async () => {
  await using dir = await tempDir();
  const path = join(dir.path, 'large');
  const bytes = Buffer.alloc(1_000_003, 'abcdefg');
  await writeFile(path, bytes);
  expect(await digestFile(path)).toEqual({ size: bytes.length, integrity: integrityOf(bytes) });
});

test.each([0, 1, 4_096, 65_536])('a small file of %d bytes is hashed at once', async (length) => {
  await using dir = await tempDir();
  const path = join(dir.path, 'small');
  const bytes = Buffer.alloc(length, 'abcdefg');
  await writeFile(path, bytes);
  expect(integrityOfSmallFile(path)).toBe(integrityOf(bytes));
});

test('a larger file is left to who reads it in parts', async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, 'large'), Buffer.alloc(65_537));
  expect(integrityOfSmallFile(join(dir.path, 'large'))).toBeUndefined();
});

test.runIf(process.platform === 'linux')('so is one that has more than it says', () => {
  expect(integrityOfSmallFile('/proc/self/status')).toBeUndefined();
});

describe('a path that others control', () => {
  test('is not followed when it is a link', async () => {
    await using dir = await tempDir();
    await symlink('/etc/hosts', join(dir.path, 'link'));
    await expect(integrityOfFile(join(dir.path, 'link'))).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    const atOnce = (): unknown => integrityOfSmallFile(join(dir.path, 'link'));
    expect(atOnce).toThrow(expect.objectContaining({ code: 'FILE_ACCESS' }));
  });

  test('is not read when it never ends, or is a folder', async () => {
    await using dir = await tempDir();
    await expect(integrityOfFile('/dev/zero')).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    await expect(integrityOfFile(dir.path)).rejects.toMatchObject({ code: 'FILE_ACCESS' });
  });

  test('does not block when it is a named pipe', async () => {
    await using dir = await tempDir();
    execFileSync('mkfifo', [join(dir.path, 'pipe')]);
    await expect(integrityOfFile(join(dir.path, 'pipe'))).rejects.toMatchObject({ code: 'FILE_ACCESS' });
  });

  test('is told when nothing is there', async () => {
    await using dir = await tempDir();
    await expect(integrityOfFile(join(dir.path, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

test('hashing ends with the reason of the signal', async () => {
  await using dir = await tempDir();
  const path = join(dir.path, 'abc');
  await writeFile(path, 'abc');
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  await expect(integrityOfFile(path, signal)).rejects.toBe(reason);
  await expect(integrityOfStream([Buffer.from('abc')], signal)).rejects.toBe(reason);
});
