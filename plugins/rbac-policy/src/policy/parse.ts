/** From the text of a policy file to a policy. Everything that is wrong with it is told at once. */
import { Validator, type Schema } from '@cfworker/json-schema';
import { LineCounter, parseDocument } from 'yaml';
import { compile } from './compile.ts';
import { PolicyError } from './policy-error.ts';
import type { Policy, PolicyDocument } from './policy.ts';

/** More than 1,000 entries of agents and 200 roles take. */
export const POLICY_LIMIT_BYTES = 1024 * 1024;
const MAX_ALIASES = 100;
const MAX_PROBLEMS = 20;

/**
 * @param text YAML 1.2, of which JSON is a part
 * @param schema what policy-schema.json holds
 * @throws {PolicyError} with a line for each problem
 */
export function parsePolicy(text: string, schema: Schema): Policy {
  if (Buffer.byteLength(text) > POLICY_LIMIT_BYTES)
    throw new PolicyError([`It is larger than ${POLICY_LIMIT_BYTES} bytes.`]);
  const value = readYaml(text);
  const problems = problemsOf(value, schema);
  if (problems.length > 0) throw new PolicyError(problems);
  return compile(value as PolicyDocument);
}

function readYaml(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true, lineCounter: lines });
  if (document.errors.length > 0)
    throw new PolicyError(document.errors.map(({ message, code }) => `${message.split('\n')[0] ?? ''} (${code})`));
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (error) {
    // Aliases that multiply.
    throw new PolicyError([error instanceof Error ? error.message : 'It cannot be read.'], { cause: error });
  }
}

/** The innermost of each chain of errors: the outer ones say only that something inside is wrong. */
function problemsOf(value: unknown, schema: Schema): readonly string[] {
  const { valid, errors } = new Validator(schema, '2020-12', false).validate(value);
  if (valid) return [];
  const inner = errors.filter(
    ({ instanceLocation, keyword }) =>
      keyword !== '$ref' &&
      keyword !== 'false' &&
      !errors.some((other) => other.instanceLocation.startsWith(`${instanceLocation}/`) && other.keyword !== 'false'),
  );
  const told = inner.map(({ instanceLocation, error }) => `${placeOf(instanceLocation)}: ${error}`);
  return [...new Set(told)].slice(0, MAX_PROBLEMS);
}

/** `#/roles/worker/rules/0` as `roles.worker.rules[0]`. */
function placeOf(pointer: string): string {
  const names = pointer
    .split('/')
    .slice(1)
    .map((name) => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'));
  const place = names.map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`)).join('');
  return place.replace(/^\./, '') || 'the policy';
}
