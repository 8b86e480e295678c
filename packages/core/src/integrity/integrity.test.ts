import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIntegrity, sameIntegrity, toHex } from './index.ts';

const of = (bytes: Uint8Array): string => `sha512-${Buffer.from(bytes).toString('base64')}`;
const ZERO = of(new Uint8Array(64));

describe('isIntegrity', () => {
  it('accepts SHA-512', () => {
    expect(isIntegrity(ZERO)).toBe(true);
  });

  it.each([
    '',
    'sha512-',
    ZERO.slice(0, -1),
    `${ZERO}=`,
    ` ${ZERO}`,
    `${ZERO} ${ZERO}`,
    `${ZERO}\n`,
    ZERO.replace('sha512', 'sha1'),
    ZERO.replace('sha512', 'SHA512'),
    ZERO.replace('A', '-'),
  ])('refuses %j', (text) => {
    expect(isIntegrity(text)).toBe(false);
  });
});

describe('sameIntegrity', () => {
  it('compares whole digests', () => {
    expect(sameIntegrity(ZERO, ZERO)).toBe(true);
    expect(sameIntegrity(ZERO, of(new Uint8Array(64).fill(1)))).toBe(false);
  });

  it('takes nothing for the same that is no integrity', () => {
    expect(sameIntegrity('x', 'x')).toBe(false);
  });
});

describe('toHex', () => {
  it('is what Node makes of the same digest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (bytes) => {
        expect(toHex(of(bytes))).toBe(Buffer.from(bytes).toString('hex'));
      }),
    );
  });

  it('refuses what is no integrity', () => {
    expect(() => toHex('../../etc/passwd')).toThrow('integrity');
  });
});
