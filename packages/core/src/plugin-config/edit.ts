/** Changes of a plugin's configuration in `ar-plugins.yaml`, planned: checked as the loader will, and without secrets. */
import type { PluginName } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { editProjectFile, wantedPlugin, type ProjectState } from '../install/index.ts';
import { nearest } from '../text/index.ts';
import type { ConfigCheck, ConfigProblem } from './check.ts';
import { findConfigKey, holdsCredentials, type ConfigKey } from './keys.ts';

/** What a plugin's package says of its configuration. */
export interface ConfigDescription {
  readonly plugin: PluginName;
  readonly keys: readonly ConfigKey[];
  /** Absent where the plugin brings no schema: then every text is a value. */
  readonly check: ConfigCheck | undefined;
}

type Values = Readonly<Record<string, unknown>>;

/** @throws CONFIG_KEY_UNKNOWN, with the keys nearest to what was typed */
export function configKey({ plugin, keys }: ConfigDescription, typed: string): ConfigKey {
  const found = findConfigKey(keys, typed);
  if (found) return found;
  const names = keys.flatMap(({ key, variable }) => (variable === undefined ? [key] : [key, variable]));
  throw new ArError('CONFIG_KEY_UNKNOWN', { plugin, key: typed, suggestions: nearest(typed, names, 2) });
}

/**
 * Reads what a person typed as a value of `key`: as JSON where the schema takes that (`8`, `true`, `["#general"]`),
 * else as text.
 *
 * @param current the configuration as it stands, which the value has to fit
 * @throws CONFIG_SECRET, CONFIG_VALUE_INVALID
 */
export function parseConfigValue(description: ConfigDescription, key: ConfigKey, typed: Typed): unknown {
  const { plugin } = description;
  if (key.secret) throw secretError(plugin, key);
  const [first = typed.text, ...others] = candidates(typed.text, description);
  const fits = [first, ...others].find((value) => problemsOf(description, key, { ...typed, value }).length === 0);
  if (fits !== undefined && holdsCredentials(fits, key.schema)) throw secretError(plugin, key);
  if (fits !== undefined) return fits;
  const [found] = problemsOf(description, key, { ...typed, value: first });
  throw new ArError('CONFIG_VALUE_INVALID', {
    plugin,
    key: found?.key ?? key.key,
    problem: found?.problem ?? 'is not valid',
  });
}

export interface Typed {
  readonly text: string;
  readonly current: Values;
}

/** @returns the error that says where the value belongs instead */
export function secretError(plugin: string, { key, variable }: ConfigKey): ArError {
  return new ArError('CONFIG_SECRET', { plugin, key, ...(variable === undefined ? {} : { variable }) });
}

/** What is typed may be text that looks like a number; what takes both gets the number. */
function candidates(text: string, { check }: ConfigDescription): readonly unknown[] {
  if (!check) return [text];
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' || value === null ? [text] : [value, text];
  } catch {
    return [text];
  }
}

/** Problems that the value brings: what else is wrong or missing, it did not cause. */
function problemsOf(
  { check }: ConfigDescription,
  key: ConfigKey,
  { current, value }: { readonly current: Values; readonly value: unknown },
): readonly ConfigProblem[] {
  if (!check) return [];
  const rest = withoutKey(current, key);
  const before = new Set(check(rest).map(identity));
  const isOfKey = ({ key: path }: ConfigProblem): boolean => path === key.key || path.startsWith(`${key.key}.`);
  return check({ ...rest, [key.key]: value }).filter(
    (one) => !(one.missing && !isOfKey(one)) && (isOfKey(one) || !before.has(identity(one))),
  );
}

function identity({ key, problem }: ConfigProblem): string {
  return `${key} ${problem}`;
}

/** The configuration without a value, in whichever way it is spelt. */
function withoutKey(values: Values, { key, variable }: ConfigKey): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== key && name !== variable));
}

/** The value that `ar-plugins.yaml` has, in whichever way it is spelt. */
export function configuredValue(values: Values, { key, variable }: ConfigKey): unknown {
  if (Object.hasOwn(values, key)) return values[key];
  return variable !== undefined && Object.hasOwn(values, variable) ? values[variable] : undefined;
}

/** What each key shall be; `undefined` takes it out. */
export type ConfigEdits = ReadonlyMap<ConfigKey, unknown>;

export interface ConfigPlan {
  /** Keys whose values differ from what they were. */
  readonly changed: readonly string[];
  readonly change: { readonly projectText: string } | undefined;
}

/** @throws NOT_INSTALLED */
export function planConfig(state: ProjectState, plugin: PluginName, edits: ConfigEdits): ConfigPlan {
  const want = wantedPlugin(state, plugin);
  const before: Values = want.config ?? {};
  const changed = [...edits].filter(
    ([key, value]) => JSON.stringify(configuredValue(before, key)) !== JSON.stringify(value),
  );
  if (changed.length === 0) return { changed: [], change: undefined };
  const config = changed.reduce<Values>((values, [key, value]) => withValue(values, key, value), before);
  const { config: _before, ...rest } = want;
  const next = Object.keys(config).length === 0 ? rest : { ...want, config: { ...config } };
  return {
    changed: changed.map(([{ key }]) => key),
    change: { projectText: editProjectFile(state.text, new Map([[plugin, next]])) },
  };
}

/** In the spelling that is there already, so that its comment stays beside it. */
function withValue(values: Values, key: ConfigKey, value: unknown): Values {
  if (value === undefined) return withoutKey(values, key);
  const { variable } = key;
  const name = variable !== undefined && Object.hasOwn(values, variable) ? variable : key.key;
  const kept = Object.entries(values).filter(([other]) => name === key.key || other !== key.key);
  return { ...Object.fromEntries(kept), [name]: value };
}
