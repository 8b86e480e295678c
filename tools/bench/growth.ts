/** Rows of one name are one thing, at registries of several sizes. */
import type { Row } from './benchmark.ts';

/** Of one thing that was measured, its row at each size; the first alone where it has no size. */
export interface Growth<One extends Row = Row> {
  readonly name: string;
  readonly rows: readonly One[];
}

/** In the order of their first rows, the sizes ascending. */
export function growthsOf<One extends Row>(rows: readonly One[]): readonly Growth<One>[] {
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, all]) => ({
    name,
    rows: all.toSorted((a, b) => (a.plugins ?? 0) - (b.plugins ?? 0)),
  }));
}
