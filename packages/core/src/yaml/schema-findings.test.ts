import type { SchemaError } from '@ar-registry/schemas';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../findings/index.ts';
import { MAX_FINDINGS, fromSchemaErrors, parseYaml, quote, stringifyRecord, type YamlFile } from './index.ts';

function fileOf(value: object): YamlFile {
  const result = parseYaml(stringifyRecord(value), 'x.yaml');
  if (!result.ok) throw new Error('the sample is broken');
  return result.file;
}

const error = (keyword: string, rest: Partial<SchemaError> = {}): SchemaError => ({
  keyword,
  instancePath: '/a',
  schemaPath: `#/properties/a/${keyword}`,
  params: {},
  ...rest,
});

const first = (one: SchemaError, value: object = { a: 'x' }): Finding | undefined =>
  fromSchemaErrors([one], fileOf(value))[0];

describe('fromSchemaErrors', () => {
  it.each([
    ['type', { type: 'string' }, 'text'],
    ['type', { type: 'integer' }, 'a whole number'],
    ['type', { type: 'array' }, 'a list'],
    ['type', { type: ['string', 'number'] }, 'string,number'],
    ['enum', { allowedValues: ['a', 'b'] }, 'one of a, b'],
    ['const', { allowedValue: 1 }, '1'],
    ['minLength', { limit: 1 }, 'some text'],
    ['maxLength', { limit: 300 }, 'at most 300 characters'],
    ['minimum', { limit: 1 }, 'at least 1'],
    ['maximum', { limit: 9 }, 'at most 9'],
    ['minItems', { limit: 1 }, 'at least one entry'],
    ['minProperties', { limit: 1 }, 'at least one entry'],
    ['oneOf', {}, 'keys with true or false, or a list of one-key maps'],
    ['pattern', {}, 'a value of the form that the manifest reference describes'],
    ['constructor', {}, 'a value of the form that the manifest reference describes'],
  ])('says in words what %s %j wants', (keyword, params, expected) => {
    expect(first(error(keyword, { params }))?.facts).toMatchObject({ expected });
  });

  it('says what a shared definition wants, and what a missing key should hold', () => {
    const schemaPath = 'common.schema.json#/$defs/version/pattern';
    expect(first(error('pattern', { schemaPath }))?.facts).toMatchObject({
      expected: expect.stringContaining('SemVer'),
    });
    const missing = (missingProperty: string) =>
      first(error('required', { instancePath: '', params: { missingProperty } }))?.facts;
    expect(missing('license')).toMatchObject({ key: 'license', expected: 'an SPDX expression, such as MIT' });
    expect(missing('qwerty')).toMatchObject({ key: 'qwerty', expected: 'a value' });
    expect(missing('constructor')).toMatchObject({ key: 'constructor', expected: 'a value' });
  });

  it('says each thing once, however many branches of a schema say it', () => {
    const same = error('type', { params: { type: 'string' } });
    expect(fromSchemaErrors([same, { ...same, schemaPath: '#/other' }], fileOf({ a: 1 }))).toHaveLength(1);
  });

  it('keeps apart what differs only where a long key is cut', () => {
    const key = 'x'.repeat(100);
    const value = { [`${key}1`]: 1, [`${key}2`]: 1 };
    const unknown = Object.keys(value).map((additionalProperty) =>
      error('additionalProperties', { instancePath: '', params: { additionalProperty } }),
    );
    expect(fromSchemaErrors(unknown, fileOf(value))).toHaveLength(2);
  });

  it('says no more than anybody reads', () => {
    const many = Array.from({ length: 5000 }, (_, index) =>
      error('required', { instancePath: '', params: { missingProperty: `k${index}` } }),
    );
    expect(fromSchemaErrors(many, fileOf({ a: 1 }))).toHaveLength(MAX_FINDINGS);
  });

  it('reads pointers as JSON Pointer has them, keys of digits too', () => {
    const value = { 'a/b': { 'c~d': [{ '0': 'x' }] } };
    const one = error('minLength', { instancePath: '/a~1b/c~0d/0/0', params: { limit: 2 } });
    expect(first(one, value)?.at.path).toBe('a/b.c~d[0].0');
    expect(first(one, value)?.facts).toMatchObject({ value: '“x”' });
  });
});

describe('quote', () => {
  it.each([
    ['x', '“x”'],
    ['', '“”'],
    ['a\u001b[2J\nb', '“a b”'],
    [5, '5'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[1], 'a list'],
    [{ a: 1 }, 'keys with values'],
  ])('shows %o as %s', (value, shown) => {
    expect(quote(value)).toBe(shown);
  });

  it('is short', () => {
    expect(quote('x'.repeat(1000))).toHaveLength(62);
  });
});

describe('stringifyRecord', () => {
  it('is read back as it was, whatever the text', () => {
    const scalar = fc.oneof(
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\ufffd')),
      fc.constantFrom(
        'yes',
        'null',
        '~',
        '1.0',
        '0x1',
        '2026-01-01',
        '- a',
        'a: b',
        '# x',
        '*x',
        '&x',
        '!x',
        '<<',
        ' a ',
        'a\nb\n',
        '\u001b[2J',
        '\ud83d\udc4d',
        '%',
        '@a/b',
        '"',
        "'",
      ),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        scalar,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.string({ unit: 'grapheme' }).filter((key) => key !== '<<' && !key.includes('\ufffd')),
          tie('value'),
          { maxKeys: 3, noNullPrototype: true },
        ),
      ),
    }));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', '__proto__', '0'), value, { noNullPrototype: true }),
        (record) => {
          expect(fileOf(record).value).toEqual(record);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('writes equal values that are one object twice, without an anchor', () => {
    const shared = { login: 'a' };
    expect(stringifyRecord({ a: shared, b: shared })).toBe('a:\n  login: a\nb:\n  login: a\n');
  });

  it('does not fold long lines', () => {
    expect(stringifyRecord({ a: 'word '.repeat(100).trim() }).split('\n')).toHaveLength(2);
  });
});
