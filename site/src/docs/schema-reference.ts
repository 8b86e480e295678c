/** A JSON Schema as a table of fields, for people: what may stand where, and what for. */

/** As much of JSON Schema as ours use. */
export interface Schema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema | boolean;
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

export interface Field {
  /** `permissions.network[]`; `<key>` stands for keys of one’s own. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly says: string;
}

export interface SchemaReference {
  readonly description: string;
  readonly fields: readonly Field[];
  /** Fields that there are for one value of another only: `type: bridge`. */
  readonly branches: readonly { readonly title: string; readonly fields: readonly Field[] }[];
}

const MAX_DEPTH = 4;

/** @param load the schema at a path that a `$ref` names, relative to `schemas/v1/` @param file where `schema` is */
export function describeSchema(schema: Schema, file: string, load: (file: string) => Schema): SchemaReference {
  const context = { load, file };
  const branches = (schema.allOf ?? []).flatMap((part) => {
    const condition = Object.entries(part.if?.properties ?? {}).find(([, value]) => value.const !== undefined);
    if (!condition || !part.then) return [];
    const [key, value] = condition;
    const fields = fieldsOf(part.then, '', context, 0);
    return fields.length === 0 ? [] : [{ title: `${key}: ${String(value.const)}`, fields }];
  });
  return {
    // Whom a reader of the code has to distrust is nothing to those who write the file.
    description: (schema.description ?? '').replace(' Attacker-controlled.', ''),
    fields: fieldsOf(schema, '', context, 0),
    branches,
  };
}

interface Context {
  readonly load: (file: string) => Schema;
  /** Of the schema that is read: what its references are relative to. */
  readonly file: string;
}

// oxlint-disable-next-line max-params -- a recursion with its state
function fieldsOf(schema: Schema, prefix: string, context: Context, depth: number): readonly Field[] {
  if (depth >= MAX_DEPTH) return [];
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
    describeField(
      value,
      { path: prefix === '' ? key : `${prefix}.${key}`, isRequired: schema.required?.includes(key) ?? false },
      context,
      depth,
    ),
  );
  const { additionalProperties: rest } = schema;
  if (typeof rest !== 'object') return own;
  return [...own, ...describeField(rest, { path: `${prefix}.<key>`, isRequired: false }, context, depth)];
}

// oxlint-disable-next-line max-params -- a recursion with its state
function describeField(
  value: Schema,
  { path, isRequired }: Pick<Field, 'path' | 'isRequired'>,
  context: Context,
  depth: number,
): readonly Field[] {
  const { schema, context: inner } = resolve(value, context);
  const says = [value.description ?? schema.description ?? '', limitsOf(schema, inner)].filter((part) => part !== '');
  const field = { path, type: typeOf(schema, inner), isRequired, says: says.join(' ') };
  const items = typeof schema.items === 'object' ? resolve(schema.items, inner) : undefined;
  const below = [
    ...fieldsOf(schema, path, inner, depth + 1),
    ...(items ? fieldsOf(items.schema, `${path}[]`, items.context, depth + 1) : []),
    ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap((option) => {
      const resolved = resolve(option, inner);
      return fieldsOf(resolved.schema, path, resolved.context, depth + 1);
    }),
  ];
  return [field, ...below];
}

function resolve(schema: Schema, context: Context): { readonly schema: Schema; readonly context: Context } {
  if (schema.$ref === undefined) return { schema, context };
  const [target = '', pointer = ''] = schema.$ref.split('#');
  const file =
    target === '' ? context.file : new URL(target, `https://schemas.invalid/${context.file}`).pathname.slice(1);
  const document = context.load(file);
  const name = pointer.replace('/$defs/', '');
  const found = pointer === '' ? document : document.$defs?.[name];
  if (!found) throw new Error(`${schema.$ref} of ${context.file} names nothing.`);
  return resolve(found, { ...context, file });
}

function typeOf(schema: Schema, context: Context): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const options = schema.oneOf ?? schema.anyOf;
  if (options) return [...new Set(options.map((option) => typeBehind(option, context)))].join(' or ');
  if (schema.type === 'array')
    return typeof schema.items === 'object' ? `list of ${typeBehind(schema.items, context)}` : 'list';
  if (schema.type === 'object' || schema.properties) return 'map';
  return [schema.type ?? 'any'].flat().join(' or ');
}

function typeBehind(schema: Schema, context: Context): string {
  const found = resolve(schema, context);
  return typeOf(found.schema, found.context);
}

function limitsOf(schema: Schema, context: Context): string {
  const item = typeof schema.items === 'object' ? resolve(schema.items, context).schema : undefined;
  const parts = [
    lengthOf(schema),
    range(schema),
    schema.maxItems === undefined ? '' : `At most ${schema.maxItems}.`,
    patternOf(schema, 'Matches'),
    item ? patternOf(item, 'Each matches') : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function lengthOf({ minLength = 0, maxLength }: Schema): string {
  if (maxLength === undefined) return '';
  return `${minLength > 1 ? `${minLength} to ${maxLength}` : `At most ${maxLength}`} characters.`;
}

/** A longer one says nothing to people. */
const READABLE = 60;

function patternOf({ pattern }: Schema, says: string): string {
  return pattern === undefined || pattern.length > READABLE ? '' : `${says} \`${pattern}\`.`;
}

function range({ minimum, maximum }: Schema): string {
  if (minimum === undefined) return maximum === undefined ? '' : `At most ${maximum}.`;
  return maximum === undefined ? `At least ${minimum}.` : `${minimum} to ${maximum}.`;
}
