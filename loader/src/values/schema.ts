/**
 * Checks a plugin's configuration against the JSON Schema that its package brings (`config.schema`): attacker-controlled
 * text, of which more than this size is not read.
 */
import { readFileSync, statSync } from 'node:fs';
import { ArError } from '@ar-registry/core/errors';
import {
  createConfigCheck,
  parseConfigSchema,
  type ConfigCheck,
  type ConfigProblem,
} from '@ar-registry/core/plugin-config';
import { toCamelCase } from '@ar-registry/core/text';
import type { NormalizedManifest, PluginName } from '@ar-registry/schemas';
import { parsePlainSchema, type PlainCheck } from './plain-schema.ts';
import { configKeys, throwProblems, type ValueProblem } from './resolve.ts';

const MAX_SCHEMA_BYTES = 256 * 1024;

export interface PackagedSchema {
  readonly manifest: NormalizedManifest;
  /** Absolute path of the schema, inside the package. */
  readonly file: string;
  readonly checks: ConfigChecks;
}

/** What checks are made of schemas. */
export interface ConfigChecks {
  /** @throws PLUGIN_CONFIG_INVALID with the key `config.schema` where the schema cannot be used */
  of(plugin: PluginName, schema: string): Promise<ConfigCheck>;
  /** The one that needs no compiler, where there is one. @throws as `of` */
  plain(plugin: PluginName, schema: string): PlainCheck | undefined;
}

/** Of a text that is the one of the last time, the check is the one of the last time: to make one takes tens of milliseconds. */
export function createConfigChecks(): ConfigChecks {
  const last = new Map<PluginName, { readonly text: string; readonly check: ConfigCheck }>();
  const lastPlain = new Map<PluginName, { readonly text: string; readonly check: PlainCheck | undefined }>();
  return {
    async of(plugin, text) {
      const known = last.get(plugin);
      if (known?.text === text) return known.check;
      const check = await createConfigCheck(plugin, parseConfigSchema(plugin, text), { complete: true });
      last.set(plugin, { text, check });
      return check;
    },
    plain(plugin, text) {
      const known = lastPlain.get(plugin);
      if (known?.text === text) return known.check;
      const check = parsePlainSchema(parseConfigSchema(plugin, text));
      lastPlain.set(plugin, { text, check });
      return check;
    },
  };
}

/**
 * Checks `values` and returns them with defaults filled in and text turned into the numbers and booleans the schema
 * asks for: the environment holds nothing but text.
 *
 * @throws PLUGIN_CONFIG_INVALID naming the keys, never their values; with the key `config.schema` if the schema is at fault
 */
export async function applySchema(
  { manifest, file, checks }: PackagedSchema,
  values: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const { name } = manifest;
  const schema = readSchema(name, file);
  const completed = checks.plain(name, schema)?.(values);
  if (completed) return completed;
  const check = await checks.of(name, schema);
  const checked = structuredClone(values);
  throwProblems(
    name,
    check(checked).map((problem) => inManifestSpelling(manifest, problem)),
  );
  return checked;
}

/** At once: by promises it takes longer than all that is done with it. */
function readSchema(plugin: string, file: string): string {
  const size = sizeOf(file);
  const problem = size < 0 ? 'does not exist' : `is larger than ${MAX_SCHEMA_BYTES} bytes`;
  if (size < 0 || size > MAX_SCHEMA_BYTES)
    throw new ArError('PLUGIN_CONFIG_INVALID', { plugin, key: 'config.schema', problem });
  return readFileSync(file, 'utf8');
}

/** -1 where there is no regular file: a pipe may never end. */
function sizeOf(file: string): number {
  try {
    const info = statSync(file);
    return info.isFile() ? info.size : -1;
  } catch {
    return -1;
  }
}

/** Users know a key as the manifest and the environment have it. */
function inManifestSpelling(manifest: NormalizedManifest, { key, problem }: ConfigProblem): ValueProblem {
  const [first = '', ...path] = key.split('.');
  const named = configKeys(manifest).find((candidate) => toCamelCase(candidate) === first) ?? first;
  return { key: [named, ...path].join('.'), problem };
}
