import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { Schema } from './description.ts';
import { toJsonSchema } from './dialect.ts';

/** Whether a value fits an OpenAPI 3.0 schema that refers to nothing. */
function fits(schema: Schema, value: unknown, closed = true): boolean {
  const converted = toJsonSchema(schema, { closed, onReference: () => undefined });
  return new Ajv({ strict: false, logger: false }).compile({ ...converted })(value);
}

const NAMED = { type: 'object', properties: { a: { type: 'string' } } };

describe('toJsonSchema', () => {
  it('lets null in where the schema says so, also beside an enum and a combination', () => {
    expect(fits({ type: 'string', nullable: true }, null)).toBe(true);
    expect(fits({ type: 'string', enum: ['a'], nullable: true }, null)).toBe(true);
    expect(fits({ allOf: [NAMED], nullable: true }, null)).toBe(true);
    expect(fits({ type: 'string' }, null)).toBe(false);
  });

  it('refuses properties that are not described, unless it is opened or the schema allows them', () => {
    expect(fits(NAMED, { a: 'x', b: 1 })).toBe(false);
    expect(fits(NAMED, { a: 'x', b: 1 }, false)).toBe(true);
    expect(fits({ ...NAMED, additionalProperties: { type: 'integer' } }, { a: 'x', b: 1 })).toBe(true);
    expect(fits({ ...NAMED, additionalProperties: { type: 'integer' } }, { a: 'x', b: 'y' })).toBe(false);
    expect(fits({ type: 'object' }, { b: 1 })).toBe(true);
  });

  it('does so below an opened object, too', () => {
    expect(fits({ type: 'object', properties: { inner: NAMED } }, { inner: { b: 1 }, c: 1 }, false)).toBe(false);
  });

  it('takes parts of a combination together', () => {
    const other = { type: 'object', properties: { b: { type: 'integer' } }, required: ['b'] };
    expect(fits({ allOf: [NAMED, other] }, { a: 'x', b: 1 })).toBe(true);
    expect(fits({ allOf: [NAMED, other] }, { a: 'x' })).toBe(false);
  });

  it('takes alternatives that overlap as alternatives', () => {
    expect(fits({ oneOf: [NAMED, { type: 'object', properties: {} }] }, {})).toBe(true);
    expect(fits({ oneOf: [NAMED, { type: 'array' }] }, 'x')).toBe(false);
  });
});
