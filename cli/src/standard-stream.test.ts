import fs from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createStandardStream } from './standard-stream.ts';

/** A descriptor of a file, and what stands in it; the stream that would be opened is one of its own. */
async function onFile(flags = 'w') {
  const folder = await mkdtempDisposable(path.join(os.tmpdir(), 'ar-stream-'));
  const file = path.join(folder.path, 'out');
  fs.writeFileSync(file, '');
  const descriptor = fs.openSync(file, flags);
  const errors: Error[] = [];
  const opened = new PassThrough();
  const open = (): NodeJS.WriteStream => opened as unknown as NodeJS.WriteStream;
  const stream = createStandardStream(descriptor, { open, onError: (error) => errors.push(error) });
  return {
    stream,
    errors,
    inFile: () => fs.readFileSync(file, 'utf8'),
    inStream: () => String(opened.read() ?? ''),
    [Symbol.asyncDispose]: async () => {
      fs.closeSync(descriptor);
      await folder[Symbol.asyncDispose]();
    },
  };
}

it('writes what is short without opening the stream', async () => {
  await using out = await onFile();
  out.stream.write('one “line”\n');
  out.stream.write('another\n');
  expect([out.inFile(), out.inStream()]).toEqual(['one “line”\nanother\n', '']);
});

it('opens the stream for what may have to wait for its reader, and from then on', async () => {
  await using out = await onFile();
  const long = 'x'.repeat(40_000);
  out.stream.write('short');
  out.stream.write(long);
  out.stream.write('short again');
  expect(out.inFile()).toBe('short');
  expect(out.inStream()).toBe(`${long}short again`);
});

it('counts all that was written: a pipe has room but once', async () => {
  await using out = await onFile();
  const third = 'x'.repeat(12_000);
  for (let times = 0; times < 3; times += 1) out.stream.write(third);
  expect([out.inFile().length, out.inStream().length]).toEqual([24_000, 12_000]);
});

it('tells of what cannot be written', async () => {
  await using out = await onFile('r');
  out.stream.write('text');
  expect(out.errors).toMatchObject([{ code: 'EBADF' }]);
});

it('is no terminal where it is a file', async () => {
  await using out = await onFile();
  expect(out.stream.isTTY).toBe(false);
});
