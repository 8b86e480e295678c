/** How plugins are at the moment somebody asks, as metrics: also of those that failed, whose own series are gone. */
import { METRIC_HELP } from './host/metric-help.ts';
import { formatFamily, formatLabel, type MetricKind } from './host/prometheus-text.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';
import type { Slots } from './slots.ts';
import type { Supervisor } from './supervise.ts';

const UP = 'ar_plugin_up';
const RESTARTS = 'ar_plugin_restarts_total';

/** Prometheus text. Those that the user turned off are left out: nobody need be told that they do not run. */
export function stateMetrics(slots: Slots, supervisor: Pick<Supervisor, 'restartsOf'>): string {
  const wanted = [...slots.values()].map(({ loaded }) => loaded).filter(({ status }) => status !== 'disabled');
  if (wanted.length === 0) return '';
  const family = (name: string, kind: MetricKind, valueOf: (plugin: LoadedPlugin) => number): string =>
    formatFamily({
      name,
      kind,
      help: METRIC_HELP.get(name) ?? '',
      series: wanted.map((plugin) => ({ labels: formatLabel('plugin', plugin.name), value: valueOf(plugin) })),
    });
  const up = family(UP, 'gauge', ({ status }) => (status === 'active' ? 1 : 0));
  return up + family(RESTARTS, 'counter', ({ name }) => supervisor.restartsOf(name));
}
