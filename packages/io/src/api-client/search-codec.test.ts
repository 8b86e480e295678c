import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packSearchFile, unpackSearchFile } from './search-codec.ts';

describe('a packed file', () => {
  it.each([0, 1, 63, 64, 5000, 3_000_000])('comes back whole: %i characters', async (length) => {
    const json = '0123456789'.repeat(length).slice(0, length);
    expect(unpackSearchFile(await packSearchFile(json))?.toString('utf8')).toBe(json);
  });

  it('comes back whole, and as the same bytes, where columns are blocks of their own', async () => {
    const columns = {
      names: Array.from({ length: 900 }, (_, at) => `@org-${(at * 7919) % 997}/a],"b-${(at * 104_729) % 99_991}`),
      at: Array.from({ length: 900 }, (_, at) => 1_700_000_000 + ((at * 48_271) % 99_999_989)),
      letters: Array.from({ length: 900 }, (_, at) => 'ÄÖß漢字😀'.repeat((at * 31) % 5)),
    };
    const json = `${JSON.stringify(columns)}\n`;
    const packed = await packSearchFile(json);
    expect(unpackSearchFile(packed)?.toString('utf8')).toBe(json);
    expect(Buffer.from(await packSearchFile(json)).equals(packed)).toBe(true);
    expect(packed.length).toBeLessThan(gzipSync(json, { level: 9 }).length);
  });

  it('comes back from within a larger buffer', () => {
    const packed = gzipSync('{"a":1}');
    const whole = Buffer.concat([Buffer.alloc(3, 9), packed, Buffer.alloc(7, 9)]);
    expect(unpackSearchFile(whole.subarray(3, 3 + packed.length))?.toString('utf8')).toBe('{"a":1}');
  });

  it.each([
    ['is empty', () => Buffer.alloc(0)],
    ['is two bytes', () => Buffer.from([0x1f, 0x8b])],
    ['is cut off', () => gzipSync('x'.repeat(1000)).subarray(0, -9)],
    ['says at its end that it has four gigabytes', () => endingIn(gzipSync('x'.repeat(1000)), 0xffffffff)],
    ['says at its end that it has nothing', () => endingIn(gzipSync('x'.repeat(1000)), 0)],
    ['has more than any file of an index', () => gzipSync(Buffer.alloc(65 * 1024 * 1024))],
  ])('is none where it %s', (_what, make) => {
    expect(unpackSearchFile(make())).toBeUndefined();
  });
});

/** With another length at its end. */
function endingIn(packed: Buffer, length: number): Buffer {
  const changed = Buffer.from(packed);
  changed.writeUInt32LE(length, changed.length - 4);
  return changed;
}
