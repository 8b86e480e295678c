/**
 * OpenAPI 3.0 schemas, which are almost JSON Schema, as JSON Schema.
 *
 * Differences that count: `nullable`; keywords beside `$ref` are ignored; and an object may have any further property
 * unless it says otherwise. The last is turned round here: a property that GitHub does not describe is either a slip of
 * our client or an invention of the double.
 */
import type { Schema } from './description.ts';

/** Keywords that constrain. The rest of a schema (examples, titles, `x-…`) is for readers. */
const COPIED = [
  'type',
  'enum',
  'required',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const;

/** Where the schema of a component is found: closed ones allow no further properties. */
export function componentId(name: string, closed: boolean): string {
  return `https://api.github.com/${closed ? 'closed' : 'open'}/${name}`;
}

/** `onReference` is told of every component that the converted schema refers to. */
export interface Conversion {
  readonly closed: boolean;
  readonly onReference: (name: string, closed: boolean) => void;
}

export function toJsonSchema(schema: Schema, conversion: Conversion): Schema {
  const converted =
    typeof schema['$ref'] === 'string' ? reference(schema['$ref'], conversion) : own(schema, conversion);
  return schema['nullable'] === true ? { anyOf: [{ type: 'null' }, converted] } : converted;
}

function reference(target: string, { closed, onReference }: Conversion): Schema {
  const name = target.slice(target.lastIndexOf('/') + 1);
  onReference(name, closed);
  return { $ref: componentId(name, closed) };
}

function own(schema: Schema, conversion: Conversion): Schema {
  const copied = COPIED.flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key]] as const]));
  return {
    ...Object.fromEntries(copied),
    ...combinations(schema, conversion),
    ...(isSchema(schema['items']) ? { items: toJsonSchema(schema['items'], nested(conversion)) } : {}),
    ...(isSchema(schema['not']) ? { not: toJsonSchema(schema['not'], opened(conversion)) } : {}),
    ...properties(schema, conversion),
  };
}

/**
 * `oneOf` is read as `anyOf`: the alternatives of the description overlap (a private user is also a public one), and
 * which of them is meant is said by a discriminator that need not be there.
 */
function combinations(schema: Schema, conversion: Conversion): Schema {
  const inner = schema['properties'] === undefined ? conversion : opened(conversion);
  const choices = [...schemas(schema['oneOf']), ...schemas(schema['anyOf'])];
  const parts = schemas(schema['allOf']);
  const closedAlone = parts.length > 1 ? opened(conversion) : inner;
  return {
    ...(choices.length > 0 ? { anyOf: choices.map((choice) => toJsonSchema(choice, inner)) } : {}),
    ...(parts.length > 0 ? { allOf: parts.map((part) => toJsonSchema(part, closedAlone)) } : {}),
  };
}

function properties(schema: Schema, conversion: Conversion): Schema {
  const described = schema['properties'];
  const further = schema['additionalProperties'];
  const named = isSchema(described)
    ? Object.fromEntries(
        Object.entries(described).map(([name, value]) => [name, toJsonSchema(value as Schema, nested(conversion))]),
      )
    : undefined;
  return {
    ...(named ? { properties: named } : {}),
    ...(isSchema(further) ? { additionalProperties: toJsonSchema(further, nested(conversion)) } : {}),
    ...(further === undefined && named && conversion.closed && !isCombined(schema)
      ? { additionalProperties: false }
      : {}),
    ...(further === false && conversion.closed ? { additionalProperties: false } : {}),
  };
}

function isCombined(schema: Schema): boolean {
  return schema['oneOf'] !== undefined || schema['anyOf'] !== undefined || schema['allOf'] !== undefined;
}

/** Inside of a property everything is whole again, whatever its object is combined with. */
function nested(conversion: Conversion): Conversion {
  return conversion.closed ? conversion : { ...conversion, closed: true };
}

function opened(conversion: Conversion): Conversion {
  return { ...conversion, closed: false };
}

function schemas(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
