/** What goes wrong with the next calls of a route. */
export type Fault =
  /** Discord's own answer. */
  | { readonly status: number; readonly code: number }
  /** Too many calls: status 429. */
  | { readonly retryAfterSeconds: number }
  /** The connection ends before the call is carried out, or after it and before the answer. */
  | { readonly cut: 'before' | 'after' };

export interface Faults {
  /** The next `times` calls of the route fail so. @param route such as `POST /channels/:id/messages` */
  plan(route: string, fault: Fault, times?: number): void;
  next(route: string): Fault | undefined;
}

export function createFaults(): Faults {
  const planned = new Map<string, Fault[]>();
  return {
    plan(route, fault, times = 1) {
      planned.set(route, [...(planned.get(route) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    next: (route) => planned.get(route)?.shift(),
  };
}
