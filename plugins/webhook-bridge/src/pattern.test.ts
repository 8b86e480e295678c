import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLike } from './pattern.ts';

describe('a pattern', () => {
  it('says what the same pattern says as an expression', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.') });
    fc.assert(
      fc.property(texts, texts, (text, pattern) => {
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\*+/g, '[^]*')}$`);
        expect(isLike(text, pattern)).toBe(expression.test(text));
      }),
    );
  });

  it('takes no longer for many stars', () => {
    const begin = performance.now();
    expect(isLike('a'.repeat(100_000), `${'*a'.repeat(5000)}*b`)).toBe(false);
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
