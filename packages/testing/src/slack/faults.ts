/** What goes wrong with the next calls of a method. */
export type Fault =
  /** Slack's own answer. */
  | { readonly error: string }
  /** Too many calls: status 429. */
  | { readonly retryAfterSeconds: number }
  | { readonly status: number }
  /** The connection ends before the call is carried out, or after it and before the answer. */
  | { readonly cut: 'before' | 'after' };

export interface Faults {
  /** The next `times` calls of the method fail so. */
  plan(method: string, fault: Fault, times?: number): void;
  next(method: string): Fault | undefined;
}

export function createFaults(): Faults {
  const planned = new Map<string, Fault[]>();
  return {
    plan(method, fault, times = 1) {
      const faults = planned.get(method) ?? [];
      planned.set(method, [...faults, ...Array.from({ length: times }, () => fault)]);
    },
    next: (method) => planned.get(method)?.shift(),
  };
}
