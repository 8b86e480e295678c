import { ERRORS, type ErrorCode, type ErrorFacts } from './catalogue.ts';
import type { ExitCode } from './entry.ts';

/** Known to every copy of this module in a process, so that two installed copies recognise each other's errors. */
const BRAND = Symbol.for('agent-relay.plugins.error');

/**
 * An operation cannot go on. Carries a public code, the facts, a remedy, and a `cause` if there was one.
 *
 * Facts may hold text from plugins or servers: clean it (`@ar-registry/core/text`) before it is printed.
 */
export class ArError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly facts: ErrorFacts[Code];
  readonly remedy: string;
  readonly exit: ExitCode;

  constructor(code: Code, facts: ErrorFacts[Code], options: ErrorOptions = {}) {
    const entry = ERRORS[code];
    super(entry.message(facts), options);
    this.name = 'ArError';
    this.code = code;
    this.facts = facts;
    this.remedy = entry.remedy(facts);
    this.exit = entry.exit;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** True for errors of any copy of this package. Tests a symbol, not `instanceof`. */
export function isArError(value: unknown): value is ArError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** True for an error with exactly this code, and narrows its facts. */
export function hasCode<Code extends ErrorCode>(value: unknown, code: Code): value is ArError<Code> {
  return isArError(value) && value.code === code;
}

/** Thrown where the types say that a value is impossible: a bug of ours. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
