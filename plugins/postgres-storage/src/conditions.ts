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
      conditions.push(condition.includes('?') ? condition.replace('?', parameter(value)) : condition);
    },
    where: () => (conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''),
  };
}
