/**
 * Checks a plugin's configuration against the JSON Schema that its package brings (`config.schema`).
 *
 * The schema is attacker-controlled text: its size is limited, it can refer to nothing outside itself, it cannot make
 * the check asynchronous, and whatever the compiler makes of it stays in here.
 */
import { readFile, stat } from 'node:fs/promises';
import { ArError, isArError } from '@ar-registry/core/errors';
import { stripControl, truncate } from '@ar-registry/core/text';
import type { NormalizedManifest } from '@ar-registry/schemas';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { describeThrown } from '../contain.ts';
import { toCamelCase } from '@ar-registry/core/text';
import { configKeys, throwProblems, type ValueProblem } from './resolve.ts';

const MAX_SCHEMA_BYTES = 256 * 1024;

/**
 * Checks `values` and returns them with defaults filled in and text turned into the numbers and booleans the schema
 * asks for: the environment holds nothing but text.
 *
 * @param file absolute path of the schema, inside the package
 * @throws PLUGIN_CONFIG_INVALID naming the keys, never their values; with the key `config.schema` if the schema is at fault
 */
export async function applySchema(
  manifest: NormalizedManifest,
  file: string,
  values: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const validate = await compile(manifest, await readSchema(manifest, file));
  const checked = structuredClone(values);
  const valid = guard(manifest, () => validate(checked));
  if (!valid)
    throwProblems(
      manifest.name,
      (validate.errors ?? []).map((error) => toProblem(manifest, error)),
    );
  return checked;
}

async function readSchema(manifest: NormalizedManifest, file: string): Promise<object> {
  const { size } = await stat(file).catch(() => ({ size: -1 }));
  if (size < 0) throw schemaFault(manifest, 'does not exist');
  if (size > MAX_SCHEMA_BYTES) throw schemaFault(manifest, `is larger than ${MAX_SCHEMA_BYTES} bytes`);
  const text = await readFile(file, 'utf8');
  const schema = guard(manifest, () => JSON.parse(text) as unknown);
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    throw schemaFault(manifest, 'is not an object');
  if ('$async' in schema) throw schemaFault(manifest, 'may not be asynchronous');
  // Any draft is read as 2020-12, for which ajv is set up; what a plugin's options need is the same in all of them.
  const { $schema: _dialect, ...rest } = schema as Readonly<Record<string, unknown>>;
  return rest;
}

async function compile(manifest: NormalizedManifest, schema: object): Promise<ValidateFunction> {
  const [{ Ajv2020 }, { default: addFormats }] = await Promise.all([import('ajv/dist/2020.js'), import('ajv-formats')]);
  // `loadSchema` is absent, so a `$ref` to somewhere else fails to compile.
  const ajv = new Ajv2020({ allErrors: true, coerceTypes: true, useDefaults: true, strict: false, logger: false });
  addFormats.default(ajv);
  return guard(manifest, () => ajv.compile(schema));
}

function toProblem(manifest: NormalizedManifest, error: ErrorObject): ValueProblem {
  const [, top = '', ...rest] = error.instancePath.split('/');
  const { missingProperty, additionalProperty } = error.params as Readonly<Record<string, unknown>>;
  const named = [top, ...rest, missingProperty, additionalProperty].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  const [first = 'config', ...path] = named.map((part) => truncate(stripControl(String(part)), 64));
  const key = configKeys(manifest).find((candidate) => toCamelCase(candidate) === first) ?? first;
  const problem = missingProperty === undefined ? (error.message ?? 'is not valid') : 'is missing';
  return {
    key: [key, ...path].join('.'),
    problem:
      additionalProperty === undefined ? truncate(stripControl(problem), 200) : 'is not an option of this plugin',
  };
}

/** Runs what works on the schema; a deep or self-referring one may overflow the stack. */
function guard<T>(manifest: NormalizedManifest, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (isArError(error)) throw error;
    throw schemaFault(manifest, `cannot be used: ${describeThrown(error)}`, error);
  }
}

function schemaFault(manifest: NormalizedManifest, problem: string, cause?: unknown): ArError {
  const facts = { plugin: manifest.name, key: 'config.schema', problem };
  return new ArError('PLUGIN_CONFIG_INVALID', facts, cause === undefined ? {} : { cause });
}
