/** `WHERE` from the fields of a query that are there; every value is a parameter. */
export interface Conditions {
  /** `condition` holds `?` for the value; without a value it does not restrict. */
  add(condition: string, value: unknown): void;
  /** The place of a further parameter: `$3`. */
  parameter(value: unknown): string;
  /** ` WHERE …`, or nothing. */
  where(): string;
  readonly values: readonly unknown[];
}

export function createConditions(): Conditions {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  return {
    values,
    parameter,
    add(condition, value) {
      if (value === undefined || value === null) return;
      conditions.push(condition.includes('?') ? condition.replaceAll('?', () => parameter(value)) : condition);
    },
    where: () => (conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''),
  };
}

/**
 * A condition that an index over any text serves: an entry of an index has room for some 2,700 bytes, so its start is
 * indexed alone.
 *
 * @param value an expression: `?`, `$1`
 */
export function equals(column: string, value: string): string {
  return `left(${column}, 200) = left(${value}, 200) AND ${column} = ${value}`;
}

/** How many rows are asked for. What is no number counts as not given. */
export function bounded(limit: number | undefined, otherwise: number): number {
  const count = Math.trunc(limit ?? otherwise);
  return Number.isNaN(count) ? otherwise : Math.min(Math.max(count, 0), MAX_LIMIT);
}

const MAX_LIMIT = 10_000;

/** The first whole number that is not less; undefined for what is no number. */
export function notBefore(ts: number | undefined): number | undefined {
  return whole(Math.ceil(ts ?? Number.NaN));
}

/** The last whole number that is not more; undefined for what is no number. */
export function notAfter(ts: number | undefined): number | undefined {
  return whole(Math.floor(ts ?? Number.NaN));
}

function whole(number: number): number | undefined {
  if (Number.isNaN(number)) return undefined;
  return Math.min(Math.max(number, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
