import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, unpackRising } from './bytes.ts';
import { packRising, toBase64 } from './pack.ts';

describe('numbers as text', () => {
  it('come back as the bytes that they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      }),
    );
  });

  it('come back as the rising numbers that they were', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 2 ** 24 }), { maxLength: 40 }), (values) => {
        const rising = values.toSorted((a, b) => a - b);
        expect([...unpackRising(packRising(rising))]).toEqual(rising);
      }),
    );
  });

  it('are numbers, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0xffff })), (codes) => {
        const text = String.fromCharCode(...codes);
        expect(fromBase64(text).length).toBeLessThanOrEqual(text.length);
        expect(unpackRising(text).length).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it.each(['A', 'A*==', 'é', '\u0000'])('are none where the text is %j', (text) => {
    expect(fromBase64(text)).toHaveLength(0);
  });
});
