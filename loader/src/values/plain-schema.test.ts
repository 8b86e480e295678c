import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfigCheck, parseConfigSchema } from '@ar-registry/core/plugin-config';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlainSchema } from './plain-schema.ts';

type Values = Readonly<Record<string, unknown>>;

/** As ajv completes them; undefined where it refuses the schema or the values. */
async function completeByAjv(schema: object, values: Values): Promise<unknown> {
  const completed = structuredClone(values);
  const check = await createConfigCheck('@test/p', { ...schema }, { complete: true }).catch(() => undefined);
  return check?.(completed).length === 0 ? completed : undefined;
}

/** Nobody copies the values for it: they stay what they were. */
function completePlainly(schema: object, values: Values): unknown {
  const given = structuredClone(values);
  const completed = parsePlainSchema(schema)?.(given);
  expect(given).toEqual(structuredClone(values));
  return completed;
}

/** What fits, what is turned into something else, and what is neither. */
const texts = ['', ' ', 'a', 'b', 'abc', 'a b', '0', '1', '5', ' 5 ', '5.5', '1e3', '0x10', '-1', '1e999', 'Infinity'];
const words = ['NaN', 'true', 'false', 'null', '日本', '\u{1f600}', '\ud83d'];
const scalar = fc.constantFrom(...texts, ...words, 0, 1, 5, -1, 5.5, 1e3, 1e21, true, false);
const strange = fc.constantFrom(null, Infinity, Number.NaN, undefined, new Date(0), new Map());
const name = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('a', 'b', 'c', 'a-b', '0') },
  { weight: 1, arbitrary: fc.constantFrom('constructor', '__proto__', 'toString') },
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    { weight: 8, arbitrary: scalar },
    { weight: 1, arbitrary: strange },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.dictionary(name, tie('value'), { maxKeys: 3 }) },
  ),
}));
const dictionary = fc.dictionary(name, value, { maxKeys: 4 });

const seldom = <T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: unusual });
const notes = {
  default: seldom(scalar, fc.constantFrom(null, [], { a: 1 })),
  description: seldom(fc.constant('x'), fc.constant(7)),
};
const size = seldom(fc.constantFrom(0, 1, 3), fc.constantFrom(-1, 1.5, '1'));
const limit = seldom(fc.constantFrom(-1, 0, 1, 5, 5.5), fc.constantFrom('1', null));
const options = fc.array(scalar, { maxLength: 4 });
const pattern = seldom(fc.constantFrom('^a', '^[0-9]+$', '^.$', ''), fc.constantFrom('(', '\\-', 7));
const strangeSchema = fc.constantFrom(true, false, {}, 7, { $ref: '#' }, { not: {} }, { type: 'null' }, { type: [] });

/** A schema with one type and some of the keywords. */
function schemaOf(
  type: string | readonly string[],
  keywords: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<object> {
  return fc.record({ type: fc.constant(type), ...notes, ...keywords }, { requiredKeys: ['type'] });
}

const numeric = { minimum: limit, maximum: limit, enum: options };
const { object } = fc.letrec<{ part: unknown; object: object; list: object; choice: object }>((tie) => ({
  part: seldom(
    fc.oneof(
      { maxDepth: 3 },
      schemaOf('string', { minLength: size, maxLength: size, pattern, enum: options }),
      schemaOf('integer', numeric),
      schemaOf('number', numeric),
      schemaOf('boolean', {}),
      fc.record({ ...notes, enum: options }, { requiredKeys: ['enum'] }),
      schemaOf(['object', 'array'], {}),
      tie('choice'),
      tie('list'),
      tie('object'),
    ),
    strangeSchema,
  ),
  choice: fc.record({ ...notes, anyOf: fc.array(tie('part'), { maxLength: 3 }) }, { requiredKeys: ['anyOf'] }),
  list: schemaOf('array', { items: tie('part'), minItems: size, maxItems: size }),
  object: schemaOf('object', {
    properties: fc.dictionary(name, tie('part'), { maxKeys: 4 }),
    required: seldom(fc.uniqueArray(name, { maxLength: 2 }), fc.constant(['a', 'a'])),
    additionalProperties: seldom(fc.boolean(), fc.constant({ type: 'string' })),
  }),
}));

describe('what is checked without ajv', () => {
  it('is completed as ajv does it', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(object, dictionary, async (written, given) => {
        const schema = parseConfigSchema('@test/p', JSON.stringify(written));
        const plain = completePlainly(schema, given);
        if (plain === undefined) return;
        taken += 1;
        const expected = await completeByAjv(schema, given);
        expect(plain).toEqual(expected);
        expect(JSON.stringify(plain)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 5000 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  const plugins = join(import.meta.dirname, '../../../plugins');

  it.each(globSync('*/config-schema.json', { cwd: plugins }))('has room for %s', async (file) => {
    const schema = parseConfigSchema('@test/p', readFileSync(join(plugins, file), 'utf8'));
    const { properties, required = [] } = schema as { properties: object; required?: readonly string[] };
    const given = Object.fromEntries(required.map((key) => [key, VALUES[key] ?? 'a']));
    expect(Object.keys(properties).length).toBeGreaterThan(2);
    const completed = completePlainly(schema, given);
    expect(completed).toBeDefined();
    expect(completed).toEqual(await completeByAjv(schema, given));
  });

  it('is not what would not fit, nor a schema that is wrong or says more', () => {
    expect(completePlainly(property({ type: 'integer' }), { a: '7' })).toEqual({ a: 7 });
    expect(completePlainly(property({ type: 'integer' }), { a: 'x' })).toBeUndefined();
    for (const part of [
      { type: 'string', format: 'uri' },
      { type: 'string', pattern: '(' },
      { type: 'string', minLength: -1 },
      { type: 'string', description: 7 },
      { $ref: '#' },
      {},
      true,
    ])
      expect(parsePlainSchema(property(part))).toBeUndefined();
    expect(parsePlainSchema(property(nested(20_000)))).toBeUndefined();
    expect(parsePlainSchema({ type: 'string' })).toBeUndefined();
  });

  it('never reaches the prototypes of the process', () => {
    const hostile =
      '{"__proto__": {"type": "string", "default": "x"}, "constructor": {"type": "string", "default": "x"}}';
    expect(parsePlainSchema({ type: 'object', properties: JSON.parse(hostile) as unknown })).toBeUndefined();
    const values = JSON.parse('{"__proto__": {"polluted": true}}') as Values;
    expect(completePlainly({ type: 'object' }, values)).toBeUndefined();
    expect({}).not.toHaveProperty('polluted');
  });
});

/** Of those that are required and have a form. */
const VALUES: Values = {
  databaseUrl: 'postgres://localhost/a',
  slackBotToken: 'xoxb-1',
  webhookUrl: 'https://example.com/',
};

function property(part: unknown): object {
  return { type: 'object', properties: { a: part } };
}

function nested(levels: number): unknown {
  let schema: object = { type: 'string' };
  for (let level = 0; level < levels; level += 1) schema = { type: 'array', items: schema };
  return schema;
}
