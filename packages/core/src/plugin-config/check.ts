/**
 * Checks a plugin's configuration against the JSON Schema that its package brings (`config.schema`).
 *
 * The schema is attacker-controlled: it can refer to nothing outside itself, cannot make the check asynchronous, and
 * whatever the compiler makes of it stays in here. Values may be secrets: no problem repeats one.
 */
import type { ErrorObject } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { Validation } from '@ar-registry/schemas';
import { ArError, isArError } from '../errors/index.ts';
import { stripControl, toSingleLine, truncate } from '../text/index.ts';
import type { ConfigSchemaObject } from './keys.ts';

/** What is wrong with one key. */
export interface ConfigProblem {
  /** Dotted path: `retries`, `nested.deep.1`. */
  readonly key: string;
  /** Continues "it …": `must be integer`. */
  readonly problem: string;
  /** A required value that is not given: perhaps the environment has it. */
  readonly missing: boolean;
}

export interface ConfigCheckOptions {
  /**
   * Completes what is checked, in place: fills in defaults, and turns text into the numbers and booleans that the schema
   * asks for, as the environment holds nothing but text.
   */
  readonly complete?: boolean;
}

/** All problems of a configuration with keys in camelCase; empty where there are none. */
export type ConfigCheck = (values: Readonly<Record<string, unknown>>) => readonly ConfigProblem[];

/** @throws PLUGIN_CONFIG_INVALID with the key `config.schema` where the schema cannot be used */
export async function createConfigCheck(
  plugin: string,
  schema: ConfigSchemaObject,
  { complete = false }: ConfigCheckOptions = {},
): Promise<ConfigCheck> {
  const { validator } = await import('@ar-registry/schemas/validators/json-schema');
  guard(plugin, () => assertSchema(validator(schema)));
  const ajv = await createAjv(complete);
  const validate = guard(plugin, () => ajv.compile(schema));
  return (values) => {
    const valid = guard(plugin, () => validate(values));
    return valid ? [] : (validate.errors ?? []).map(toProblem);
  };
}

/** @param text attacker-controlled. @throws PLUGIN_CONFIG_INVALID where it is no JSON object, or asynchronous */
export function parseConfigSchema(plugin: string, text: string): ConfigSchemaObject {
  const schema = guard(plugin, () => JSON.parse(text) as unknown);
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema))
    throw schemaFault(plugin, 'is not an object');
  if ('$async' in schema) throw schemaFault(plugin, 'may not be asynchronous');
  // Any draft is read as 2020-12, for which ajv is set up; what a plugin's options need is the same in all of them.
  const { $schema: _dialect, ...rest } = schema as ConfigSchemaObject;
  return rest;
}

/** As ajv says it, which would compile the schema of schemas first: that takes longer than all else here. */
function assertSchema(result: Validation<unknown>): void {
  if (result.ok) return;
  const [first] = result.errors;
  throw new Error(`schema is invalid: data${first?.instancePath ?? ''} ${first?.message ?? ''}`);
}

async function createAjv(complete: boolean): Promise<Ajv2020> {
  const [{ Ajv2020: Ajv }, { default: addFormats }] = await Promise.all([
    import('ajv/dist/2020.js'),
    import('ajv-formats'),
  ]);
  // `loadSchema` is absent, so a `$ref` to somewhere else fails to compile.
  const ajv = new Ajv({
    allErrors: true,
    coerceTypes: complete,
    useDefaults: complete,
    strict: false,
    logger: false,
    // `assertSchema` has.
    validateSchema: false,
  });
  addFormats.default(ajv);
  return ajv;
}

function toProblem({ instancePath, params, message }: ErrorObject): ConfigProblem {
  const { missingProperty, additionalProperty, allowedValues } = params as Readonly<Record<string, unknown>>;
  const named = [...instancePath.split('/').slice(1), missingProperty, additionalProperty];
  const path = named.filter((part) => typeof part === 'string' && part !== '').map(cleaned);
  const missing = missingProperty !== undefined;
  const problem = Array.isArray(allowedValues)
    ? `must be one of ${allowedValues.map((one) => JSON.stringify(one)).join(', ')}`
    : additionalProperty === undefined
      ? (message ?? 'is not valid')
      : 'is not an option of this plugin';
  return { key: path.join('.') || 'config', problem: missing ? 'is missing' : limited(problem), missing };
}

function cleaned(part: unknown): string {
  return truncate(stripControl(String(part)), 64);
}

function limited(text: string): string {
  return truncate(toSingleLine(text), 200);
}

/** Runs what works on the schema; a deep or self-referring one may overflow the stack. */
function guard<T>(plugin: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (isArError(error)) throw error;
    throw schemaFault(
      plugin,
      `cannot be used: ${limited(error instanceof Error ? error.message : String(error))}`,
      error,
    );
  }
}

function schemaFault(plugin: string, problem: string, cause?: unknown): ArError {
  const facts = { plugin, key: 'config.schema', problem };
  return new ArError('PLUGIN_CONFIG_INVALID', facts, cause === undefined ? {} : { cause });
}
