/**
 * The statement inside of a bundle: what it claims about the archive, and what must fit the claim of the record.
 *
 * @source in-toto Statement v1, SLSA Provenance v1.0
 */
import { isSameRepository } from '@ar-registry/core/git-name';
import type { ProvenanceClaim } from './verify-provenance.ts';

export const PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

export interface Statement {
  readonly builder?: string | undefined;
  readonly invocation?: string | undefined;
}

/** What is wrong with it, completing “it …”; or what it says. Signed, and still the words of whoever signed. */
export function readStatement(
  payload: { readonly type: string; readonly bytes: Uint8Array },
  claim: ProvenanceClaim,
): Statement | string {
  if (payload.type !== PAYLOAD_TYPE) return 'holds no in-toto statement';
  const statement = parse(payload.bytes);
  if (textAt(statement, '_type') !== STATEMENT_TYPE || textAt(statement, 'predicateType') !== PREDICATE_TYPE)
    return `is no ${PREDICATE_TYPE}`;
  if (!listAt(statement, 'subject').some((subject) => isOf(subject, claim))) return 'is about another archive';
  const workflow = at(statement, 'predicate', 'buildDefinition', 'externalParameters', 'workflow');
  const repository = textAt(workflow, 'repository');
  if (repository !== undefined && !isSameRepository(repository, claim.repository))
    return `says that it was built from ${repository}`;
  const commits = listAt(statement, 'predicate', 'buildDefinition', 'resolvedDependencies').flatMap(
    (dependency) => textAt(dependency, 'digest', 'gitCommit') ?? [],
  );
  if (commits.length > 0 && !commits.includes(claim.commit)) return `says that it was built from commit ${commits[0]}`;
  return {
    builder: textAt(statement, 'predicate', 'runDetails', 'builder', 'id'),
    invocation: textAt(statement, 'predicate', 'runDetails', 'metadata', 'invocationId'),
  };
}

/** npm’s provenance has the SHA-512 of an archive, GitHub’s the SHA-256. One that differs is another archive’s. */
function isOf(subject: unknown, { sha512, sha256 }: ProvenanceClaim): boolean {
  const [long, short] = [textAt(subject, 'digest', 'sha512'), textAt(subject, 'digest', 'sha256')];
  if (long === undefined && short === undefined) return false;
  return (long === undefined || long === sha512) && (short === undefined || short === sha256);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined; // is no statement, as its caller finds
  }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return at((value as Readonly<Record<string, unknown>>)[key], ...rest);
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found.slice(0, 2000) : undefined;
}

function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.slice(0, 1000) : [];
}
