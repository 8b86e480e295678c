/** Turns the errors of a schema validator into findings with places and words a person can act on. */
import type { SchemaError } from '@ar-registry/schemas';
import { finding, type Finding } from '../findings/index.ts';
import { nearest, toSingleLine, truncate } from '../text/index.ts';
import { formatPath, kindOf, type KeyPath } from './describe.ts';
import { MAX_FINDINGS, type YamlFile } from './document.ts';
import { expectedOf } from './expected.ts';

/** The keys known at a path, for "did you mean"; empty where that is not known. */
export type KnownKeys = (path: KeyPath) => readonly string[];

/** A validator reports every error; each is compared with others before the best are chosen. */
const MAX_ERRORS = 10 * MAX_FINDINGS;

/** At most `MAX_FINDINGS`, one for each key and code. */
export function fromSchemaErrors(
  errors: readonly SchemaError[],
  file: YamlFile,
  knownKeys: KnownKeys = () => [],
): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const error of relevant(errors.slice(0, MAX_ERRORS), file.value)) {
    if (findings.size === MAX_FINDINGS) break;
    const found = toFinding(error, file, knownKeys);
    const key = [found.code, found.at.path, found.at.line, found.at.column].join('\n');
    if (!findings.has(key)) findings.set(key, found);
  }
  return [...findings.values()];
}

/** A failed `oneOf` reports every branch: only the one that the value's own shape chose says something useful. */
function relevant(errors: readonly SchemaError[], value: unknown): readonly SchemaError[] {
  const choices = errors.filter(({ keyword }) => keyword === 'oneOf');
  return errors.filter((error) => {
    // Which `if` chose the branch is of no interest, and of a key that is refused its own error says enough.
    if (error.keyword === 'if' || 'propertyName' in error) return false;
    const choice = choices.find(
      (outer) => outer !== error && error.schemaPath.startsWith(`${outer.schemaPath}/`) && within(error, outer),
    );
    if (error.keyword === 'oneOf') return !errors.some((inner) => inner !== error && chosen(inner, error, value));
    return !choice || chosen(error, choice, value);
  });
}

function within(inner: SchemaError, outer: SchemaError): boolean {
  return inner.instancePath === outer.instancePath || inner.instancePath.startsWith(`${outer.instancePath}/`);
}

function chosen(inner: SchemaError, outer: SchemaError, value: unknown): boolean {
  if (!within(inner, outer) || !inner.schemaPath.startsWith(`${outer.schemaPath}/`)) return false;
  if (inner.instancePath === outer.instancePath && inner.keyword === 'type') return false;
  const branch = Array.isArray(valueAt(value, toPath(outer.instancePath, value))) ? '1' : '0';
  return inner.schemaPath.slice(outer.schemaPath.length + 1).split('/')[0] === branch;
}

function toFinding(error: SchemaError, file: YamlFile, knownKeys: KnownKeys): Finding {
  const path = toPath(error.instancePath, file.value);
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
    key: toSingleLine(truncate(key, 80)) || '“”',
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function missingKey(path: KeyPath, error: SchemaError, file: YamlFile): Finding {
  const key = formatPath(path);
  return finding(
    'MISSING_KEY',
    { ...file.placeOf(path.slice(0, -1), 'key'), path: key },
    {
      key,
      expected: expectedOf({ ...error, keyword: 'missing', instancePath: `/${path.join('/')}` }),
    },
  );
}

/** A value as shown in a message: short, on one line, without control characters. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `“${truncate(toSingleLine(value), 60)}”`;
  if (value === null || typeof value !== 'object') return toSingleLine(String(value));
  return kindOf(value);
}

/** The steps of a JSON Pointer into `value`: numbers in lists, text in maps, also where that text is digits. */
function toPath(pointer: string, value: unknown): KeyPath {
  const path: (string | number)[] = [];
  let current = value;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(current) ? Number(key) : key;
    path.push(step);
    current = valueAt(current, [step]);
  }
  return path;
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let current = value;
  for (const step of path) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}
