import { expect, test } from 'vitest';
import { createMetricsRegistry, type MetricsRegistry } from './metrics.ts';

test('counters, gauges and histograms as Prometheus text', () => {
  const registry = createMetricsRegistry();
  const metrics = registry.forPlugin('@ar/audit-logger');
  metrics.counter('lines_total');
  metrics.counter('lines_total', 2);
  metrics.gauge('queue', 5, { kind: 'b' });
  metrics.gauge('queue', 4, { kind: 'b' });
  metrics.histogram('write_seconds', 0.02);
  metrics.histogram('write_seconds', 20);
  expect(registry.toPrometheus()).toMatchInlineSnapshot(`
    "# HELP ar_plugin_ar__audit_logger__lines_total Recorded by @ar/audit-logger.
    # TYPE ar_plugin_ar__audit_logger__lines_total counter
    ar_plugin_ar__audit_logger__lines_total{plugin="@ar/audit-logger"} 3
    # HELP ar_plugin_ar__audit_logger__queue Recorded by @ar/audit-logger.
    # TYPE ar_plugin_ar__audit_logger__queue gauge
    ar_plugin_ar__audit_logger__queue{kind="b",plugin="@ar/audit-logger"} 4
    # HELP ar_plugin_ar__audit_logger__write_seconds Recorded by @ar/audit-logger.
    # TYPE ar_plugin_ar__audit_logger__write_seconds histogram
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="0.0001"} 0
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="0.0005"} 0
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="0.001"} 0
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="0.0025"} 0
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="0.005"} 0
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="0.01"} 0
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="0.025"} 1
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="0.05"} 1
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="0.1"} 1
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="0.25"} 1
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="0.5"} 1
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="1"} 1
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="2.5"} 1
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="5"} 1
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="10"} 1
    ar_plugin_ar__audit_logger__write_seconds_bucket{plugin="@ar/audit-logger",le="+Inf"} 2
    ar_plugin_ar__audit_logger__write_seconds_sum{plugin="@ar/audit-logger"} 20.02
    ar_plugin_ar__audit_logger__write_seconds_count{plugin="@ar/audit-logger"} 2
    "
  `);
});

const REJECTED = 'ar_plugin_metrics_rejected_total{plugin="@a/b"}';

test.each([
  ['a counter that goes down', -1],
  ['no number', Number.NaN],
  ['an infinite number', Number.POSITIVE_INFINITY],
  ['text', 'x' as unknown as number],
])('%s is not recorded, and counted as such', (_, value) => {
  const registry = createMetricsRegistry();
  registry.forPlugin('@a/b').counter('c', value);
  expect(registry.toPrometheus()).toContain(`${REJECTED} 1`);
  expect(registry.toPrometheus()).not.toContain('ar_plugin_a__b__c');
});

test('one name cannot be of two kinds', () => {
  const registry = createMetricsRegistry();
  const metrics = registry.forPlugin('@a/b');
  metrics.counter('x');
  metrics.gauge('x_total', 5);
  expect(registry.toPrometheus()).toContain('ar_plugin_a__b__x_total{plugin="@a/b"} 1');
  expect(registry.toPrometheus()).toContain(`${REJECTED} 1`);
});

test('one name cannot be of a histogram’s samples and of something else', () => {
  const registry = createMetricsRegistry();
  const metrics = registry.forPlugin('@test/a');
  metrics.histogram('seconds', 1);
  metrics.gauge('seconds_count', 7);
  metrics.gauge('seconds_sum', 7);
  metrics.gauge('size_bucket', 7);
  metrics.histogram('size', 1);
  const names = registry
    .toPrometheus()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' ')[0]);
  expect(new Set(names).size).toBe(names.length);
  expect(registry.toPrometheus()).toContain('ar_plugin_metrics_rejected_total{plugin="@test/a"} 3');
  expect(registry.toPrometheus()).not.toContain('# TYPE ar_plugin_test__a__size histogram');
});

test('a plugin cannot fill the memory with series, and keeps the loader’s own', () => {
  const registry = createMetricsRegistry();
  const metrics = registry.forPlugin('@a/b');
  for (let count = 0; count < 1_500; count += 1) metrics.counter('c', 1, { message: `m${count}` });
  registry.forLoader('@a/b').counter('ar_plugin_events_total');
  registry.forPlugin('@c/d').counter('c');
  const text = registry.toPrometheus();
  expect(text.match(/^ar_plugin_a__b__c_total\{/gm)).toHaveLength(1_000);
  expect(text).toContain(`${REJECTED} 500`);
  expect(text).toContain('ar_plugin_events_total{plugin="@a/b"} 1');
  expect(text).toContain('ar_plugin_c__d__c_total{plugin="@c/d"} 1');
});

/** Fills a plugin's room and records as much again. @returns how long that took, in milliseconds */
function refuse(registry: MetricsRegistry): number {
  const metrics = registry.forPlugin('@full/up');
  for (let count = 0; count < 1_000; count += 1) metrics.counter('c', 1, { message: `m${count}` });
  const startedMs = performance.now();
  for (let count = 0; count < 1_000; count += 1) metrics.counter('c', 1, { message: `n${count}` });
  return performance.now() - startedMs;
}

test('what is refused costs the same however many series there are', () => {
  const many = createMetricsRegistry();
  for (let plugin = 0; plugin < 50; plugin += 1)
    for (let count = 0; count < 1_000; count += 1)
      many.forPlugin(`@a/p${plugin}`).counter('c', 1, { message: `m${count}` });
  const alone = Math.max(...[1, 2, 3].map(() => refuse(createMetricsRegistry())));
  expect(refuse(many)).toBeLessThan(10 * alone);
});

test('a plugin that was dropped has room for all its series again', () => {
  const registry = createMetricsRegistry();
  for (let load = 0; load < 3; load += 1) {
    const metrics = registry.forPlugin('@a/b');
    for (let count = 0; count < 1_000; count += 1) metrics.counter('c', 1, { message: `m${load}-${count}` });
    expect(registry.toPrometheus().match(/^ar_plugin_a__b__c_total\{/gm)).toHaveLength(1_000);
    expect(registry.toPrometheus()).not.toContain(REJECTED);
    registry.drop('@a/b');
  }
  expect(registry.toPrometheus()).toBe('');
});

test('names and labels cannot break the format', () => {
  const registry = createMetricsRegistry();
  registry.forPlugin('@a/b').counter('x\n# TYPE y', 1, { 'l"\n': 'v"\\\n', le: '1', plugin: '@x/forged' });
  expect(registry.toPrometheus()).toBe(
    '# HELP ar_plugin_a__b__x___TYPE_y_total Recorded by @a/b.\n# TYPE ar_plugin_a__b__x___TYPE_y_total counter\nar_plugin_a__b__x___TYPE_y_total{l__="v\\"\\\\\\n",le_="1",plugin="@a/b"} 1\n',
  );
});

test('dropping a plugin forgets its series alone', () => {
  const registry = createMetricsRegistry();
  registry.forPlugin('@a/b').counter('c');
  registry.forLoader('@a/b').gauge('ar_plugin_load_seconds', 1);
  registry.forLoader('@c/d').gauge('ar_plugin_load_seconds', 2);
  registry.drop('@a/b');
  expect(registry.toPrometheus()).toBe(
    '# HELP ar_plugin_load_seconds From import to the end of onLoad.\n# TYPE ar_plugin_load_seconds gauge\nar_plugin_load_seconds{plugin="@c/d"} 2\n',
  );
});
