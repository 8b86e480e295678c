/**
 * Metrics of the plugins and of the loader itself, readable as Prometheus text (version 0.0.4).
 *
 * agent-relay's own collector has no instruments that a plugin could use. Names and labels come from plugins: they are
 * cleaned, and the number of series of each plugin is bounded, for labels may be filled from messages.
 *
 * @source https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
import type { MetricLabels, MetricsCollector } from '@ar-registry/sdk';
import { METRIC_HELP } from './metric-help.ts';
import { formatFamily, formatLabel, type MetricKind } from './prometheus-text.ts';

export interface MetricsRegistry {
  /** Instruments under the plugin's own prefix: `@ar/audit-logger`, counter `events` → `ar_plugin_ar__audit_logger__events_total`. */
  forPlugin(plugin: string): MetricsCollector;
  /** The loader's instruments about one plugin, named as they are, with the label `plugin`. */
  forLoader(plugin: string): MetricsCollector;
  /** Forgets all series about a plugin. */
  drop(plugin: string): void;
  toPrometheus(): string;
}

const MAX_SERIES = 1_000;
const MAX_LABEL_CHARS = 200;
/** From what a call within the process takes to the longest time limit. */
const SECONDS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BYTES = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];
/** Values that were not recorded: of another kind, not a number, or one series too many. */
const REJECTED = 'ar_plugin_metrics_rejected_total';

interface Series {
  readonly plugin: string;
  /** `name="value",…`, sorted and escaped. */
  readonly labels: string;
  value: number;
  /** Of a histogram: count at or below each bound. */
  readonly buckets: number[];
  count: number;
}

interface Family {
  readonly kind: MetricKind;
  readonly bounds: readonly number[];
  readonly series: Map<string, Series>;
  readonly help: string;
}

export function createMetricsRegistry(): MetricsRegistry {
  const families = new Map<string, Family>();
  /** How many series there are about each plugin. */
  const counts = new Map<string, number>();

  const seriesOf = (sample: Sample): { family: Family; series: Series } | undefined => {
    const family = families.get(sample.name) ?? newFamily(sample);
    if (family.kind !== sample.kind || isSampleOfAnother(families, sample)) return undefined;
    const labels = formatLabels(sample.labels, sample.plugin);
    const known = family.series.get(labels);
    if (known) return { family, series: known };
    const count = counts.get(sample.plugin) ?? 0;
    if (sample.limited && count >= MAX_SERIES) return undefined;
    const series: Series = { plugin: sample.plugin, labels, value: 0, buckets: family.bounds.map(() => 0), count: 0 };
    family.series.set(labels, series);
    families.set(sample.name, family);
    counts.set(sample.plugin, count + 1);
    return { family, series };
  };

  const record = (sample: Sample): void => {
    const valid = Number.isFinite(sample.value) && !(sample.kind === 'counter' && sample.value < 0);
    const found = valid ? seriesOf(sample) : undefined;
    if (found) apply(found.family, found.series, sample.value);
    else record({ kind: 'counter', name: REJECTED, value: 1, labels: {}, plugin: sample.plugin, limited: false });
  };

  const collector = (prefix: string, owner: Pick<Sample, 'plugin' | 'limited'>): MetricsCollector => {
    const named = (name: unknown): string => prefix + clean(name);
    return {
      counter: (name, by = 1, labels = {}) =>
        record({ kind: 'counter', name: withTotal(named(name)), value: by, labels, ...owner }),
      gauge: (name, value, labels = {}) => record({ kind: 'gauge', name: named(name), value, labels, ...owner }),
      histogram: (name, value, labels = {}) =>
        record({ kind: 'histogram', name: named(name), value, labels, ...owner }),
    };
  };

  return {
    forPlugin: (plugin) =>
      collector(`ar_plugin_${clean(plugin.slice(1).replace('/', '__'))}__`, { plugin, limited: true }),
    forLoader: (plugin) => collector('', { plugin, limited: false }),
    drop(plugin) {
      counts.delete(plugin);
      dropSeries(families, plugin);
    },
    toPrometheus: () =>
      [...families]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, family]) => formatFamily({ name, ...family, series: family.series.values() }))
        .join(''),
  };
}

/** By convention, and in OpenMetrics by rule, the name of every counter ends like this. */
function withTotal(name: string): string {
  return name.endsWith('_total') ? name : `${name}_total`;
}

function dropSeries(families: Map<string, Family>, plugin: string): void {
  for (const [name, { series }] of families) {
    for (const [labels, one] of series) if (one.plugin === plugin) series.delete(labels);
    if (series.size === 0) families.delete(name);
  }
}

interface Sample {
  readonly kind: MetricKind;
  readonly name: string;
  readonly value: number;
  readonly labels: MetricLabels;
  readonly plugin: string;
  /** Whether this may be one series too many. */
  readonly limited: boolean;
}

/** A histogram `x` has samples of the names `x_count`, `x_sum`, `x_bucket`, which must stand for nothing else. */
function isSampleOfAnother(families: ReadonlyMap<string, Family>, { kind, name }: Sample): boolean {
  const end = PARTS.find((part) => name.endsWith(part));
  if (end !== undefined && families.get(name.slice(0, -end.length))?.kind === 'histogram') return true;
  return kind === 'histogram' && PARTS.some((part) => families.has(name + part));
}

const PARTS = ['_bucket', '_sum', '_count'] as const;

function newFamily({ kind, name, plugin }: Sample): Family {
  const bounds = name.endsWith('_bytes') ? BYTES : SECONDS;
  const help = METRIC_HELP.get(name) ?? `Recorded by ${plugin}.`;
  return { kind, bounds: kind === 'histogram' ? bounds : [], series: new Map(), help };
}

function apply(family: Family, series: Series, value: number): void {
  if (family.kind === 'gauge') {
    series.value = value;
    return;
  }
  series.value += value;
  series.count += 1;
  family.bounds.forEach((bound, index) => {
    if (value <= bound) series.buckets[index] = (series.buckets[index] ?? 0) + 1;
  });
}

function formatLabels(labels: MetricLabels, plugin: string): string {
  // `le` belongs to the buckets of histograms, `plugin` to us; two names may be cleaned into one.
  // Values are text by their type, and anything at run time.
  const cleaned = Object.entries<unknown>(labels).map(([name, value]) => [name === 'le' ? 'le_' : clean(name), value]);
  return Object.entries<unknown>({ ...Object.fromEntries(cleaned), plugin })
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => formatLabel(name, String(value).slice(0, MAX_LABEL_CHARS)))
    .join(',');
}

function clean(name: unknown): string {
  const cleaned = String(name)
    .slice(0, 100)
    .replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return /^[0-9]/.test(cleaned) ? `_${cleaned}` : cleaned;
}
