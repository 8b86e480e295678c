/**
 * The configuration of a plugin as its manifest and its schema describe it: which values there are, what each may be,
 * and which of them are secrets.
 *
 * Manifest and schema are attacker-controlled: names and descriptions are cleaned before they are printed.
 */
import type { NormalizedManifest } from '@ar-registry/schemas';
import { maskPasswords, toCamelCase } from '../text/index.ts';

/** One value of a plugin's configuration. */
export interface ConfigKey {
  /** As the plugin sees it, and as it is written to `ar-plugins.yaml`: `botToken`. */
  readonly key: string;
  /** As the manifest and the environment have it: `BOT_TOKEN`. Absent where the manifest does not name it. */
  readonly variable?: string;
  readonly required: boolean;
  /** Never shown, and never written into a project. */
  readonly secret: boolean;
  /** Its part of the schema; empty where there is none. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** All values: those that the manifest requires, its optional ones, then what only the schema knows. */
export function configKeysOf(
  manifest: NormalizedManifest,
  schema: ConfigSchemaObject | undefined,
): readonly ConfigKey[] {
  const properties = asObject(schema?.['properties']);
  const { required, optional } = manifest.config;
  const declared = [...required, ...optional].map((variable) => ({ key: toCamelCase(variable), variable }));
  const known = new Set(declared.map(({ key }) => key));
  const others = Object.keys(properties).flatMap((key) => (known.has(key) ? [] : [{ key, variable: undefined }]));
  const demanded = new Set([...required.map(toCamelCase), ...texts(schema?.['required'])]);
  return [...declared, ...others].map(({ key, variable }) => {
    const own = Object.hasOwn(properties, key) ? asObject(properties[key]) : {};
    return {
      key,
      ...(variable === undefined ? {} : { variable }),
      required: demanded.has(key),
      secret: isSecret(key, own),
      schema: own,
    };
  });
}

/** A JSON Schema of type object, parsed and nothing more. */
export type ConfigSchemaObject = Readonly<Record<string, unknown>>;

/** The key that a person means by `slackBotToken` or by `SLACK_BOT_TOKEN`. */
export function findConfigKey(keys: readonly ConfigKey[], typed: string): ConfigKey | undefined {
  return keys.find(({ key, variable }) => key === typed || variable === typed);
}

const SECRET_WORDS = new Set(['token', 'secret', 'password', 'passwd', 'passphrase', 'credential', 'credentials']);

/**
 * Marked by the schema (`writeOnly`, or the format `password`), or named like one: an author who forgot the mark must
 * not cost a user the token. `writeOnly: false` says that a name is misleading.
 *
 * @source JSON Schema Validation 2020-12 §9.4, OpenAPI 3.1 format registry (`password`)
 */
function isSecret(key: string, { writeOnly, format }: Readonly<Record<string, unknown>>): boolean {
  if (writeOnly === true || format === 'password') return true;
  if (writeOnly === false) return false;
  const words = key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/);
  const last = words.at(-1) ?? '';
  return SECRET_WORDS.has(last) || /(?:api|private|access|signing|encryption) key$/.test(words.join(' '));
}

/**
 * True for a value in which a secret stands: a password as in `postgres://user:password@host`, or what the schema of an
 * object calls a secret of its own.
 */
export function holdsCredentials(value: unknown, schema: Schema = {}): boolean {
  if (typeof value === 'string') return /:\/\/[^\s/?#@]*:[^\s/?#]+@/.test(value);
  return members(value, schema).some(([, member, own]) => own.secret || holdsCredentials(member, own.schema));
}

/** A value as it may be shown: the same, without what `holdsCredentials` finds. */
export function maskValue(value: unknown, schema: Schema = {}): unknown {
  if (typeof value === 'string') return maskPasswords(value);
  const masked = members(value, schema).map(
    ([key, member, own]) => [key, own.secret ? '***' : maskValue(member, own.schema)] as const,
  );
  if (Array.isArray(value)) return masked.map(([, member]) => member);
  return value !== null && typeof value === 'object' ? Object.fromEntries(masked) : value;
}

type Schema = Readonly<Record<string, unknown>>;
type Member = readonly [key: string, value: unknown, own: { readonly secret: boolean; readonly schema: Schema }];

function members(value: unknown, schema: Schema): readonly Member[] {
  const items = asObject(schema['items']);
  if (Array.isArray(value)) return value.map((one, index) => [String(index), one, { secret: false, schema: items }]);
  const properties = asObject(schema['properties']);
  return Object.entries(asObject(value)).map(([key, member]) => {
    const own = Object.hasOwn(properties, key) ? asObject(properties[key]) : {};
    return [key, member, { secret: typeof member !== 'object' && isSecret(key, own), schema: own }];
  });
}

/** What a value may be, in a few words: `integer, 1 to 20`, `full, hash or none`. Empty where the schema does not say. */
export function describeType({ schema }: ConfigKey): string {
  if (Array.isArray(schema['enum'])) return schema['enum'].map((one) => printed(one)).join(' | ');
  const alternatives = Array.isArray(schema['anyOf']) ? schema['anyOf'].map((one) => asObject(one)['type']) : [];
  const types = [schema['type'], ...alternatives].flat().filter((one) => typeof one === 'string');
  const { minimum, maximum } = schema;
  const bounds = [
    ...(typeof minimum === 'number' ? [`at least ${minimum}`] : []),
    ...(typeof maximum === 'number' ? [`at most ${maximum}`] : []),
  ];
  return [[...new Set(types)].join(' or '), ...bounds].filter((part) => part !== '').join(', ');
}

/** A value on one line: text as it is, everything else as JSON. */
export function printed(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
