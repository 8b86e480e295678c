import type { MetricLabels, MetricsCollector } from '../plugin.ts';

/** One call: what was added to a counter, set on a gauge, observed by a histogram. */
export interface MetricSample {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly value: number;
  readonly labels: MetricLabels;
}

/** Metrics that keep every sample. */
export interface RecordingMetrics extends MetricsCollector {
  readonly samples: readonly MetricSample[];
  /** Sum over all samples of `name` whose labels include `labels`: the value of a counter. */
  total(name: string, labels?: MetricLabels): number;
}

/** Metrics without samples. Adding less than zero to a counter throws a `RangeError`: the real one never goes down. */
export function createRecordingMetrics(): RecordingMetrics {
  const samples: MetricSample[] = [];
  return {
    samples,
    counter(name, by = 1, labels = {}) {
      if (by < 0) throw new RangeError(`The counter ${name} cannot go down by ${by}.`);
      samples.push({ kind: 'counter', name, value: by, labels });
    },
    gauge(name, value, labels = {}) {
      samples.push({ kind: 'gauge', name, value, labels });
    },
    histogram(name, value, labels = {}) {
      samples.push({ kind: 'histogram', name, value, labels });
    },
    total: (name, labels = {}) =>
      samples
        .filter((sample) => sample.name === name && includes(sample.labels, labels))
        .reduce((sum, sample) => sum + sample.value, 0),
  };
}

function includes(labels: MetricLabels, wanted: MetricLabels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
