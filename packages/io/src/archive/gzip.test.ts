import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzipSingle } from './gzip.ts';

const LIMIT_BYTES = 8 * 1024 * 1024;

/** Decompressed at once, by a stream because of what comes in, and by a stream because of what comes out. */
const CONTENTS = {
  'a small one': Buffer.from('hello '.repeat(500)),
  'a large one': randomBytes(200 * 1024),
  'a small one of a large content': Buffer.alloc(4 * 1024 * 1024),
  'an empty content': Buffer.alloc(0),
} as const;

describe.each(Object.entries(CONTENTS))('of a gzip file, %s', (_, content) => {
  const file = gzipSync(content);

  it('gives the content', async () => {
    const result = await gunzipSingle(file, { limitBytes: LIMIT_BYTES });
    expect(result.kind === 'bytes' && result.bytes.equals(content)).toBe(true);
  });

  it.each([
    ['is cut off in its data', file.subarray(0, file.length - 9)],
    ['is cut off in its checksum', file.subarray(0, file.length - 1)],
    ['is followed by a byte', Buffer.concat([file, Buffer.of(0)])],
    ['is followed by a second member', Buffer.concat([file, file])],
    ['has another checksum', withByte(file, file.length - 8)],
    ['has another length', withByte(file, file.length - 4)],
  ])('refuses what %s', async (_what, damaged) => {
    expect((await gunzipSingle(damaged, { limitBytes: LIMIT_BYTES })).kind).toBe('invalid');
  });
});

it.each(Object.entries(CONTENTS).filter(([, content]) => content.length > 0))(
  'holds no more of %s than it may',
  async (_, content) => {
    const file = gzipSync(content);
    expect((await gunzipSingle(file, { limitBytes: content.length - 1 })).kind).toBe('too-large');
    expect((await gunzipSingle(file, { limitBytes: content.length })).kind).toBe('bytes');
  },
);

it('is ended by an abort', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  const file = gzipSync(CONTENTS['a large one']);
  await expect(gunzipSingle(file, { limitBytes: LIMIT_BYTES, signal })).rejects.toThrow('enough');
});

function withByte(file: Buffer, at: number): Buffer {
  const other = Buffer.from(file);
  other[at] = (other[at] ?? 0) ^ 1;
  return other;
}
