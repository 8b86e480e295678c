import type { SchemaError } from '@ar-registry/schemas';

/** What each shared definition of the schemas wants, in words that complete “Write …”. */
const BY_DEFINITION: Readonly<Record<string, string>> = {
  pluginName: '@scope/name with a-z, 0-9 and hyphens',
  scopeName: 'a scope with a-z, 0-9 and hyphens, without @',
  pluginType: 'one of bridge, storage, memory, policy, hook, widget',
  version: 'strict SemVer without build metadata, such as 1.0.0',
  range: 'an npm version range, such as ^1.2.0',
  distTag: 'a tag such as latest or beta',
  integrity: 'sha512- followed by 88 characters of base64',
  timestamp: 'an instant in UTC, such as 2026-01-31T12:00:00Z',
  httpUrl: 'an address that starts with https://',
  gitUrl: 'the address of a git repository, such as https://github.com/you/your-plugin',
  tag: 'a tag with a-z, 0-9 and hyphens, at most 40 characters',
  categoryId: 'a category with a-z, 0-9 and hyphens',
  envKey: 'a name in capitals, such as SLACK_BOT_TOKEN',
  packagePath: 'a path inside the package, such as ./dist/index.js',
  permissionPath: 'a path inside the package, such as ./templates, or ${KEY}',
  networkHost: 'a host such as api.example.com, *.example.com, localhost:5432, or ${KEY}',
  account: 'login and id of a GitHub account',
};

/** What a missing key should hold, by its name. */
const BY_KEY: Readonly<Record<string, string>> = {
  name: '"@scope/name"',
  version: '"1.0.0"',
  type: BY_DEFINITION['pluginType'] ?? '',
  description: 'one sentence',
  author: 'name, and optionally email and url',
  repository: 'type: git and url',
  license: 'an SPDX expression, such as MIT',
  main: './dist/index.js',
  url: 'an address',
  schemaVersion: '1',
};

const BY_TYPE: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
};

/** What the schema wants where `error` was found, in words. */
export function expectedOf(error: SchemaError): string {
  const { keyword, schemaPath, instancePath } = error;
  const place = instancePath.split('/').at(-1) ?? '';
  if (keyword === 'missing') return own(BY_KEY, place) ?? 'a value';
  const definition = /\/\$defs\/([A-Za-z]+)\/[a-zA-Z]+$/.exec(schemaPath)?.[1] ?? '';
  const known = keyword === 'type' ? undefined : own(BY_DEFINITION, definition);
  return (
    known ??
    own(BY_KEYWORD, keyword)?.(error.params, place) ??
    'a value of the form that the manifest reference describes'
  );
}

/** A missing key may be called like what every object inherits. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

type Params = SchemaError['params'];

const BY_KEYWORD: Readonly<Record<string, (params: Params, place: string) => string>> = {
  type: ({ type }) => BY_TYPE[String(type)] ?? String(type),
  enum: ({ allowedValues }) => `one of ${(allowedValues as readonly unknown[]).join(', ')}`,
  const: ({ allowedValue }) => String(allowedValue),
  minLength: () => 'some text',
  maxLength: ({ limit }) => `at most ${String(limit)} characters`,
  minimum: ({ limit }) => `at least ${String(limit)}`,
  maximum: ({ limit }) => `at most ${String(limit)}`,
  minItems: () => 'at least one entry',
  minProperties: () => 'at least one entry',
  oneOf: (_params, place) =>
    place === 'destination'
      ? 'a name such as file, a list of names, or file | s3'
      : 'keys with true or false, or a list of one-key maps',
};
