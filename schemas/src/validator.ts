/**
 * The common face of the generated validators.
 *
 * A validator never throws and never changes its argument. It reports all errors, not the first.
 */

/** One violation of a schema, as ajv states it. */
export interface SchemaError {
  /** JSON Pointer (RFC 6901) into the value; empty for the value itself. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly schemaPath: string;
  readonly message?: string;
}

export type Validation<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly SchemaError[] };

export type Validator<T> = (value: unknown) => Validation<T>;

interface Compiled {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/** Wraps a function compiled by ajv. Only generated modules call this. */
export function toValidator<T>(compiled: Compiled): Validator<T> {
  return (value) => (compiled(value) ? { ok: true, value: value as T } : { ok: false, errors: compiled.errors ?? [] });
}

/**
 * The default export of a CommonJS module, whether the loader hands over `module.exports` (Node) or has unwrapped it
 * already (bundlers and test runners). Only generated modules call this.
 */
export function fromCommonJs<T>(imported: T | { readonly default: T }): T {
  return typeof imported === 'object' && imported !== null && 'default' in imported ? imported.default : imported;
}
