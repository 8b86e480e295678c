/** Results as a table for people and as a document for programs. */
import { type Row, type Verdict, verdictOf } from './benchmark.ts';

export interface Result {
  readonly benchmark: string;
  readonly summary: string;
  readonly rows: readonly Row[];
}

export interface Circumstances {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly rounds: number;
}

/** What `bench/results.json` has. */
export interface ResultsDocument extends Circumstances {
  readonly schemaVersion: 1;
  readonly benchmarks: readonly (Omit<Result, 'rows'> & {
    readonly rows: readonly (Row & { readonly verdict?: Verdict })[];
  })[];
}

/** Ends with a line feed. */
export function presentTable(results: readonly Result[], { node, platform, cores, rounds }: Circumstances): string {
  const parts = results.map(({ benchmark, summary, rows }) =>
    [`${benchmark}: ${summary}`, ...columns(rows)].join('\n'),
  );
  const head = `Node.js ${node}, ${platform}, ${cores} cores; median of ${rounds} rounds or fewer, with the middle half.`;
  return `${[head, ...parts, verdictLine(results)].join('\n\n')}\n`;
}

export function toDocument(results: readonly Result[], circumstances: Circumstances): ResultsDocument {
  return {
    schemaVersion: 1,
    ...circumstances,
    benchmarks: results.map(({ rows, ...about }) => ({
      ...about,
      rows: rows.map((row) => ({ ...row, verdict: verdictOf(row) })),
    })),
  };
}

/** How many bounds are not met. */
export function countUnmet(results: readonly Result[]): number {
  return results.flatMap(({ rows }) => rows).filter((row) => verdictOf(row) === 'not met').length;
}

function verdictLine(results: readonly Result[]): string {
  const bounded = results.flatMap(({ rows }) => rows).filter(({ bound }) => bound !== undefined).length;
  return `${bounded - countUnmet(results)} of ${bounded} bounds met.`;
}

function columns(rows: readonly Row[]): readonly string[] {
  const cells = rows.map((row) => [
    `  ${row.name}${row.plugins === undefined ? '' : `, ${row.plugins.toLocaleString('en')} plugins`}`,
    valueText(row),
    row.spread ? `(${row.spread.map((value) => numberText(value)).join(' to ')})` : '',
    row.medianMs === undefined ? '' : `${numberText(row.medianMs)} ms`,
    row.bound === undefined ? '' : `at most ${numberText(row.bound)}: ${verdictOf(row) ?? ''}`,
    row.note ?? '',
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((cell) => (cell[column] ?? '').length)));
  return cells.map((cell) =>
    cell
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function valueText({ value, unit }: Row): string {
  return unit === 'x' ? `${numberText(value)}x` : `${numberText(value)} ${unit}`;
}

/** With as many digits as mean something. */
export function numberText(value: number): string {
  if (Math.abs(value) >= 1000) return String(Math.round(value));
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}
