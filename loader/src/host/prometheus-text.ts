/**
 * Families of metrics as Prometheus text, version 0.0.4.
 *
 * @source https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */

export type MetricKind = 'counter' | 'gauge' | 'histogram';

export interface MetricSeries {
  /** `name="value",…`, of `formatLabel`. */
  readonly labels: string;
  /** Of a histogram: the sum. */
  readonly value: number;
  /** Of a histogram: count at or below each bound. */
  readonly buckets?: readonly number[];
  /** Of a histogram: of all that was observed. */
  readonly count?: number;
}

export interface MetricFamily {
  readonly name: string;
  readonly kind: MetricKind;
  readonly help: string;
  /** Of a histogram, ascending. */
  readonly bounds?: readonly number[];
  readonly series: Iterable<MetricSeries>;
}

/** All lines of a family, its series sorted by their labels. */
export function formatFamily({ name, kind, help, bounds = [], series }: MetricFamily): string {
  const head = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${kind}\n`;
  const sorted = [...series].toSorted((a, b) => (a.labels < b.labels ? -1 : 1));
  if (kind === 'histogram') return head + sorted.map((one) => formatHistogram(name, bounds, one)).join('');
  return head + sorted.map(({ labels, value }) => `${name}{${labels}} ${value}\n`).join('');
}

function formatHistogram(name: string, bounds: readonly number[], series: MetricSeries): string {
  const { labels, value, count = 0, buckets = [] } = series;
  const lines = bounds.map((bound, index) => `${name}_bucket{${labels},le="${bound}"} ${buckets[index] ?? 0}\n`);
  return `${lines.join('')}${name}_bucket{${labels},le="+Inf"} ${count}\n${name}_sum{${labels}} ${value}\n${name}_count{${labels}} ${count}\n`;
}

/** @param name of the letters that a name may have */
export function formatLabel(name: string, value: string): string {
  return `${name}="${escapeHelp(value).replaceAll('"', String.raw`\"`)}"`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
}
