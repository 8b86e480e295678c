import type { ConfigSchema } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { configRows } from './config-table.ts';

const rowsOf = (properties: Readonly<Record<string, unknown>>, required: readonly string[] = []) =>
  configRows({ type: 'object', properties, required } as ConfigSchema);

const type = (schema: unknown): string | undefined => rowsOf({ x: schema })[0]?.type;

describe('configRows', () => {
  it('puts what is required first, and keeps the order of the author otherwise', () => {
    const rows = rowsOf({ b: { type: 'string' }, a: { type: 'integer', default: 3, description: 'How many' }, c: {} }, [
      'a',
    ]);
    expect(rows).toEqual([
      { key: 'a', type: 'integer', isRequired: true, fallback: '3', says: 'How many' },
      { key: 'b', type: 'string', isRequired: false, says: '' },
      { key: 'c', type: 'any', isRequired: false, says: '' },
    ]);
  });

  it('says types in words', () => {
    expect(type({ type: ['string', 'null'] })).toBe('string or null');
    expect(type({ type: 'array', items: { enum: ['a', 1] } })).toBe('list of one of "a", 1');
    expect(type({ oneOf: [{ type: 'string' }, { type: 'string', minLength: 1 }, true] })).toBe('string');
    for (const other of [true, false, null, [], 'x', { type: 7 }]) expect(type(other)).toBe('any');
  });

  it('has room for what is long, deep and many', () => {
    let deep: unknown = { type: 'string' };
    for (let level = 0; level < 2000; level += 1) deep = { type: 'array', items: deep };
    const [first, second, third] = rowsOf({
      deep,
      many: { enum: Array.from({ length: 10_000 }, (_, index) => index) },
      long: { type: 'string', default: 'x'.repeat(1000), description: 'y'.repeat(100_000) },
    });
    expect(first?.type).toBe(`${'list of '.repeat(5)}any`);
    expect(second?.type).toBe('one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …');
    expect([third?.fallback?.length, (third?.says.length ?? 0) <= 500]).toEqual([80, true]);
  });

  it('has none for a schema that says nothing of properties', () => {
    expect(configRows({ type: 'object' })).toEqual([]);
  });
});
