/**
 * The schema of a plugin's configuration: a JSON Schema that the loader can use, about the values that the manifest
 * declares. It is attacker-controlled: the loader compiles it on users' machines.
 */
import type { ConfigSchema, SchemaError } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/config-schema';
import { finding, type Finding, type Place } from '../findings/index.ts';
import { nearest, toCamelCase, toSingleLine, truncate } from '../text/index.ts';
import { parseYaml, YAML_LIMIT_BYTES, type KeyPath, type YamlFile } from '../yaml/index.ts';
import { asMap, type PackageRule, type PackageView, plainPath } from './package-view.ts';

/** More than any configuration needs; what compiles a schema recurses into it. */
const MAX_DEPTH = 64;

/** It is a JSON Schema of type object, refers to nothing outside itself, and names only declared values. */
export const checkConfigSchema: PackageRule = (view) => {
  const { schema } = asMap(view.manifest['config']);
  const text = typeof schema === 'string' ? view.files.get(plainPath(schema))?.text : undefined;
  if (typeof schema !== 'string' || text === undefined) return []; // that it is missing is for another rule to say
  const name = toSingleLine(truncate(plainPath(schema), 120));
  const tell: Tell = (problem, at = { file: view.nameOf(name) }) =>
    finding('CONFIG_SCHEMA_INVALID', at, { file: name, problem });
  const value = parseJson(text);
  if (value === undefined) return [tell('it is not JSON')];
  if (new TextEncoder().encode(text).length > YAML_LIMIT_BYTES)
    return [tell(`it has more than ${YAML_LIMIT_BYTES} bytes`)];
  if (isDeeperThan(value, MAX_DEPTH)) return [tell(`it is more than ${MAX_DEPTH} levels deep`)];
  return checkValue(value, view, { tell, placeOf: placesIn(text, view.nameOf(name)) });
};

type Tell = (problem: string, at?: Place) => Finding;

interface Reporting {
  readonly tell: Tell;
  readonly placeOf: YamlFile['placeOf'];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the caller says so
  }
}

/** Without recursion: how deep the value is, is what is not known. */
function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((item) => (item !== null && typeof item === 'object' ? Object.values(item) : []));
  }
  return false;
}

/** JSON is YAML, so its parser tells where things stand; the rare JSON that it refuses has no places. */
function placesIn(text: string, file: string): YamlFile['placeOf'] {
  const yaml = parseYaml(text, file);
  return yaml.ok ? yaml.file.placeOf : () => ({ file });
}

function checkValue(value: unknown, view: PackageView, { tell, placeOf }: Reporting): readonly Finding[] {
  const result = validator(value);
  if (!result.ok)
    return distinct(result.errors).map((error) => tell(describe(error), placeOf(toPath(error.instancePath))));
  return [
    ...patternsIn(value, []).flatMap(({ path, pattern }) =>
      isPattern(pattern) ? [] : [tell(`${shown(pattern)} is not a regular expression`, placeOf(path))],
    ),
    ...undeclared(result.value, view.manifest).map(({ path, problem }) => tell(problem, placeOf(path, 'key'))),
  ];
}

/** A wrong value breaks several branches of the schema at once; the first says enough. */
function distinct(errors: readonly SchemaError[]): readonly SchemaError[] {
  return errors.filter(
    (error, index) => errors.findIndex(({ instancePath }) => instancePath === error.instancePath) === index,
  );
}

function describe({ instancePath, keyword, params, message }: SchemaError): string {
  const where = instancePath === '' ? 'it' : shown(toPath(instancePath).join('.'));
  if (keyword === 'const') return `${where} must be ${JSON.stringify(params['allowedValue'])}`;
  if (keyword === 'pattern' && instancePath.endsWith('/$ref')) return `${where} refers to another document`;
  if (keyword === 'additionalProperties' || keyword === 'not') return `${where} uses a keyword that is not supported`;
  return `${where} ${message ?? 'is not valid'}`;
}

interface Problem {
  readonly path: KeyPath;
  readonly problem: string;
}

function undeclared(schema: ConfigSchema, manifest: PackageView['manifest']): readonly Problem[] {
  const { required, optional } = asMap(manifest['config']);
  const keys = [required, optional].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  const declared = new Set(keys.filter((key) => typeof key === 'string').map((key) => toCamelCase(key)));
  const properties = Object.keys(schema.properties ?? {}).map((name) => ({
    name,
    path: ['properties', name] as KeyPath,
  }));
  const demanded = (schema.required ?? []).map((name, index) => ({ name, path: ['required', index] as KeyPath }));
  return [...properties, ...demanded]
    .filter(({ name }) => !declared.has(name))
    .map(({ name, path }) => ({ path, problem: undeclaredProblem(name, declared) }));
}

function undeclaredProblem(name: string, declared: ReadonlySet<string>): string {
  const [near] = nearest(toCamelCase(name), declared);
  const hint = near === undefined ? 'add it to config.required or config.optional' : `did you mean ${near}`;
  return `${shown(name)} is no configuration value of the manifest (${hint})`;
}

/** Below these stand values, not schemas. */
const VALUES: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'examples']);

function patternsIn(value: unknown, path: KeyPath): readonly { readonly path: KeyPath; readonly pattern: string }[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (VALUES.has(key)) return [];
    if (key === 'pattern' && typeof item === 'string') return [{ path: at, pattern: item }];
    return patternsIn(item, at);
  });
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false; // there is no other way to ask
  }
}

function toPath(pointer: string): KeyPath {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^(?:0|[1-9]\d*)$/.test(part) ? Number(part) : part));
}

function shown(text: string): string {
  return toSingleLine(truncate(text, 80)) || '“”';
}
