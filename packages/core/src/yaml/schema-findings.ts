/** Turns the errors of a schema validator into findings with places and words a person can act on. */
import type { SchemaError } from '@ar-registry/schemas';
import { finding, type Finding } from '../findings/index.ts';
import { nearest, toSingleLine, truncate } from '../text/index.ts';
import { formatPath, kindOf, type KeyPath, type YamlFile } from './document.ts';
import { expectedOf } from './expected.ts';

/** The keys known at a path, for "did you mean"; empty where that is not known. */
export type KnownKeys = (path: KeyPath) => readonly string[];

export function fromSchemaErrors(
  errors: readonly SchemaError[],
  file: YamlFile,
  knownKeys: KnownKeys = () => [],
): readonly Finding[] {
  const seen = new Set<string>();
  return relevant(errors, file.value)
    .map((error) => toFinding(error, file, knownKeys))
    .filter(({ code, at }) => {
      const key = `${code}\n${at.path}`;
      return !seen.has(key) && seen.add(key);
    });
}

/** A failed `oneOf` reports every branch: only the one that the value's own shape chose says something useful. */
function relevant(errors: readonly SchemaError[], value: unknown): readonly SchemaError[] {
  const choices = errors.filter(({ keyword }) => keyword === 'oneOf');
  return errors.filter((error) => {
    if (error.keyword === 'if') return false;
    const choice = choices.find(
      (outer) => outer !== error && error.schemaPath.startsWith(`${outer.schemaPath}/`) && within(error, outer),
    );
    if (error.keyword === 'oneOf')
      return !errors.some((inner) => inner !== error && chosen(inner, error, value));
    return !choice || chosen(error, choice, value);
  });
}

function within(inner: SchemaError, outer: SchemaError): boolean {
  return inner.instancePath === outer.instancePath || inner.instancePath.startsWith(`${outer.instancePath}/`);
}

function chosen(inner: SchemaError, outer: SchemaError, value: unknown): boolean {
  if (!within(inner, outer) || !inner.schemaPath.startsWith(`${outer.schemaPath}/`)) return false;
  if (inner.instancePath === outer.instancePath && inner.keyword === 'type') return false;
  const branch = Array.isArray(valueAt(value, toPath(outer.instancePath))) ? '1' : '0';
  return inner.schemaPath.slice(outer.schemaPath.length + 1).split('/')[0] === branch;
}

function toFinding(error: SchemaError, file: YamlFile, knownKeys: KnownKeys): Finding {
  const path = toPath(error.instancePath);
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownKey([...path, String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty'])], {
        file,
        knownKeys,
      });
    case 'required':
      return missingKey([...path, String(error.params['missingProperty'])], error, file);
    case 'propertyNames':
      return unknownKey([...path, String(error.params['propertyName'])], { file, knownKeys });
    case 'type':
      return finding('WRONG_TYPE', file.placeOf(path), {
        key: formatPath(path),
        expected: expectedOf(error),
        found: kindOf(valueAt(file.value, path)),
      });
    case 'uniqueItems':
      return finding('DUPLICATE_ITEM', file.placeOf([...path, Number(error.params['i'])]), { key: formatPath(path) });
    case 'maxItems':
    case 'maxProperties':
      return finding('TOO_MANY', file.placeOf(path, 'key'), {
        key: formatPath(path),
        limit: Number(error.params['limit']),
      });
    default:
      return finding('INVALID_VALUE', file.placeOf(path), {
        key: formatPath(path),
        value: quote(valueAt(file.value, path)),
        expected: expectedOf(error),
      });
  }
}

function unknownKey(path: KeyPath, { file, knownKeys }: { file: YamlFile; knownKeys: KnownKeys }): Finding {
  const key = String(path.at(-1));
  const [suggestion] = nearest(key, knownKeys(path.slice(0, -1)));
  return finding('UNKNOWN_KEY', file.placeOf(path, 'key'), {
    key: toSingleLine(truncate(key, 80)),
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function missingKey(path: KeyPath, error: SchemaError, file: YamlFile): Finding {
  const key = formatPath(path);
  return finding('MISSING_KEY', { ...file.placeOf(path.slice(0, -1), 'key'), path: key }, {
    key,
    expected: expectedOf({ ...error, keyword: 'missing', instancePath: `/${path.join('/')}` }),
  });
}

/** A value as shown in a message: short, on one line, without control characters. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `“${truncate(toSingleLine(value), 60)}”`;
  if (value === null || typeof value !== 'object') return toSingleLine(String(value));
  return kindOf(value);
}

function toPath(pointer: string): KeyPath {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^(?:0|[1-9]\d*)$/.test(part) ? Number(part) : part));
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let current = value;
  for (const step of path) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}
