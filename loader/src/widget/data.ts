/** What a widget answered, checked against the type that its manifest declares. A browser shows it: bounded, and clean. */
import { stripControl, toSingleLine, truncate } from '@ar-registry/core/text';
import type { ChartData, MetricData, TableData, TextData, WidgetData } from '@ar-registry/sdk';

const MAX_COLUMNS = 20;
const MAX_ROWS = 500;
const MAX_CELL_CHARS = 500;
const MAX_TEXT_CHARS = 20_000;
const MAX_POINTS = 5_000;
const MAX_SERIES = 12;
const MAX_LABEL_CHARS = 100;

/** Undefined if it cannot be shown; too much of the right kind is cut. */
export function toWidgetData(type: WidgetData['type'], answer: unknown): WidgetData | undefined {
  if (!isRecord(answer) || answer['type'] !== type) return undefined;
  switch (type) {
    case 'metric':
      return toMetric(answer);
    case 'table':
      return toTable(answer);
    case 'text':
      return toText(answer);
    case 'chart':
      return toChart(answer);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function toMetric({ value, unit }: Fields): MetricData | undefined {
  if (value !== null && !isNumber(value)) return undefined;
  return { type: 'metric', value, ...(typeof unit === 'string' && { unit: label(unit) }) };
}

function toTable({ columns, rows }: Fields): TableData | undefined {
  if (!Array.isArray(columns) || !columns.every((column) => typeof column === 'string')) return undefined;
  if (!Array.isArray(rows)) return undefined;
  const width = Math.min(columns.length, MAX_COLUMNS);
  const cells = rows.slice(0, MAX_ROWS).map((row: unknown) => toRow(row, columns.length)?.slice(0, width));
  if (cells.includes(undefined)) return undefined;
  return { type: 'table', columns: columns.slice(0, width).map(label), rows: cells.filter((row) => row !== undefined) };
}

function toRow(row: unknown, width: number): readonly (string | number)[] | undefined {
  if (!Array.isArray(row) || row.length !== width) return undefined;
  if (!row.every((cell: unknown) => typeof cell === 'string' || isNumber(cell))) return undefined;
  return row.map((cell: string | number) => (isNumber(cell) ? cell : toSingleLine(truncate(cell, MAX_CELL_CHARS))));
}

function toText({ text }: Fields): TextData | undefined {
  return typeof text === 'string' ? { type: 'text', text: stripControl(truncate(text, MAX_TEXT_CHARS)) } : undefined;
}

function toChart({ x: given, xUnit, series }: Fields): ChartData | undefined {
  if (!Array.isArray(given) || given.length > MAX_POINTS) return undefined;
  // A copy, here and below: a plugin may go on with its own, and what was shown would change with it.
  const x: readonly unknown[] = [...given];
  if (!isAscending(x)) return undefined;
  if (!Array.isArray(series) || series.length === 0) return undefined;
  const lines = series.slice(0, MAX_SERIES).map((one: unknown) => toSeries(one, x.length));
  if (lines.includes(undefined)) return undefined;
  const unit = typeof xUnit === 'string' ? { xUnit: label(xUnit) } : {};
  return { type: 'chart', x, ...unit, series: lines.filter((line) => line !== undefined) };
}

function toSeries(one: unknown, points: number): ChartData['series'][number] | undefined {
  if (!isRecord(one)) return undefined;
  const { label: name, values: given } = one;
  if (typeof name !== 'string' || !Array.isArray(given) || given.length !== points) return undefined;
  const values: readonly unknown[] = [...given];
  if (!values.every((value: unknown) => value === null || isNumber(value))) return undefined;
  return { label: label(name), values };
}

function isAscending(x: readonly unknown[]): x is readonly number[] {
  return x.every((value, index) => isNumber(value) && (index === 0 || value >= Number(x[index - 1])));
}

function label(text: string): string {
  return toSingleLine(truncate(text, MAX_LABEL_CHARS));
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
