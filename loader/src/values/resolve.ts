/**
 * The configuration that a plugin sees: each key of its manifest from the entry in ar.config, else from
 * ar-plugins.yaml, else from the environment.
 *
 * Values may be secrets: no error, log or metric of the loader ever repeats one.
 */
import { ArError } from '@ar-registry/core/errors';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { toCamelCase } from '@ar-registry/core/text';

export type Values = Readonly<Record<string, unknown>>;

export interface ValueSources {
  readonly entry: Values;
  readonly project: Values;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the user gave. */
export interface GivenValues {
  /** Keys in camelCase. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Keys of the manifest, as it spells them, whose value is that of the variable of this name. */
  readonly fromEnv: readonly string[];
}

/**
 * Collects the values. Keys that the manifest does not name are passed on as they were written.
 *
 * Empty text in the environment counts as not given. Values are copies: a plugin cannot change the user's objects.
 *
 * @throws PLUGIN_CONFIG_INVALID for a key in both spellings at once, or a value that is not plain data
 */
export function collectValues(manifest: NormalizedManifest, { project, entry, env }: ValueSources): GivenValues {
  const { name } = manifest;
  const spelling = new Map(configKeys(manifest).map((key) => [key, toCamelCase(key)]));
  const written = { ...readSource(name, spelling, project), ...readSource(name, spelling, entry) };
  const found = [...spelling].flatMap(([key, camelCase]) => {
    const value = Object.hasOwn(written, camelCase) ? undefined : env[key];
    return value === undefined || value === '' ? [] : [{ key, camelCase, value }];
  });
  const values = Object.fromEntries(found.map(({ camelCase, value }) => [camelCase, value]));
  return { values: { ...values, ...written }, fromEnv: found.map(({ key }) => key) };
}

/** @throws PLUGIN_CONFIG_INVALID naming every required key without a value */
export function checkRequired(manifest: NormalizedManifest, values: Values): void {
  const missing = manifest.config.required.filter((key) => !Object.hasOwn(values, toCamelCase(key)));
  throwProblems(
    manifest.name,
    missing.map((key) => ({ key, problem: 'is missing' })),
  );
}

/** What is wrong with one key. */
export interface ValueProblem {
  readonly key: string;
  readonly problem: string;
}

/** @throws PLUGIN_CONFIG_INVALID if there are any; the first leads, the others follow in the same sentence */
export function throwProblems(plugin: string, [first, ...others]: readonly ValueProblem[]): void {
  if (!first) return;
  const problem = [first.problem, ...others.map(({ key, problem: what }) => `${key} ${what}`)].join('; ');
  throw new ArError('PLUGIN_CONFIG_INVALID', { plugin, key: first.key, problem });
}

/** All keys that the manifest names. */
export function configKeys(manifest: NormalizedManifest): readonly string[] {
  return [...manifest.config.required, ...manifest.config.optional];
}

/** @param spelling in camelCase, of each key that the manifest names */
function readSource(plugin: string, spelling: ReadonlyMap<string, string>, source: Values): Record<string, unknown> {
  const entries = Object.entries(source).filter(([, value]) => value !== undefined && value !== null);
  const twice = entries.find(
    ([key]) => spelling.has(key) && entries.some(([other]) => other === spelling.get(key) && other !== key),
  );
  if (twice) throwProblems(plugin, [{ key: twice[0], problem: `is given twice, also as ${spelling.get(twice[0])}` }]);
  return Object.fromEntries(entries.map(([key, value]) => [spelling.get(key) ?? key, copy(plugin, key, value)]));
}

function copy(plugin: string, key: string, value: unknown): unknown {
  // The others copy themselves.
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  try {
    return structuredClone(value);
  } catch (error) {
    // Functions and the like: a plugin in a process of its own could not be given them either.
    const facts = { plugin, key, problem: 'holds something that is not plain data' };
    throw new ArError('PLUGIN_CONFIG_INVALID', facts, { cause: error });
  }
}
