/** What each display of the manifest shows. */
import type { WidgetData } from '@ar-registry/sdk';
import { quantile } from './sketch.ts';
import { mergeTops } from './top.ts';
import {
  FAILURE_REASONS,
  failuresOf,
  minutesOf,
  OTHERS,
  receiversOf,
  totalsOf,
  type TrafficWindow,
} from './traffic-window.ts';

export interface Facts {
  readonly window: TrafficWindow;
  readonly nowMs: number;
  /** Rows of the tables of names. */
  readonly topSenders: number;
}

type Show = (facts: Facts) => WidgetData;

/** By the names that the manifest declares. */
const DISPLAYS: ReadonlyMap<string, Show> = new Map<string, Show>([
  ['messages', showMessages],
  ['latency_p50', (facts) => showLatency(facts, 0.5)],
  ['latency_p99', (facts) => showLatency(facts, 0.99)],
  ['error_rate', showErrorRate],
  ['volume', showVolume],
  ['latency', showLatencies],
  ['top_senders', showTopSenders],
  ['slow_receivers', showSlowReceivers],
  ['failures', showFailures],
  ['notes', showNotes],
]);

/** @throws {RangeError} for a name that is not declared */
export function showDisplay(name: string, facts: Facts): WidgetData {
  const show = DISPLAYS.get(name);
  if (show) return show(facts);
  throw new RangeError(`There is no display called ${name}.`);
}

function showMessages({ window }: Facts): WidgetData {
  return { type: 'metric', value: totalsOf(window).sent, unit: `in ${window.minutes} min` };
}

function showLatency({ window }: Facts, q: number): WidgetData {
  return { type: 'metric', value: round(quantile(totalsOf(window).latency, q)), unit: 'ms' };
}

function showErrorRate({ window }: Facts): WidgetData {
  const totals = totalsOf(window);
  const failures = failuresOf(totals);
  const ended = failures + totals.delivered;
  return { type: 'metric', value: ended === 0 ? null : round((100 * failures) / ended), unit: '%' };
}

/** The minute that has just begun is shown as far as it has come. */
function showVolume({ window, nowMs }: Facts): WidgetData {
  const minutes = minutesOf(window, nowMs);
  return {
    type: 'chart',
    x: minutes.map(({ startSeconds }) => startSeconds),
    series: [
      { label: 'messages', values: minutes.map(({ bucket }) => bucket?.sent ?? 0) },
      { label: 'failed deliveries', values: minutes.map(({ bucket }) => (bucket ? failuresOf(bucket) : 0)) },
    ],
  };
}

function showLatencies({ window, nowMs }: Facts): WidgetData {
  const minutes = minutesOf(window, nowMs);
  const values = (q: number): readonly (number | null)[] =>
    minutes.map(({ bucket }) => (bucket ? round(quantile(bucket.latency, q)) : null));
  return {
    type: 'chart',
    x: minutes.map(({ startSeconds }) => startSeconds),
    series: [
      { label: 'p50 (ms)', values: values(0.5) },
      { label: 'p99 (ms)', values: values(0.99) },
    ],
  };
}

function showTopSenders({ window, topSenders }: Facts): WidgetData {
  const all = mergeTops([...window.senders.values()]);
  const total = totalsOf(window).sent;
  const rows = all
    .slice(0, topSenders)
    .map(({ name, count, error }) => [
      name,
      error === 0 ? count : `${count - error} to ${count}`,
      `${total === 0 ? 0 : Math.min(100, (100 * count) / total).toFixed(1)} %`,
    ]);
  return { type: 'table', columns: ['sender', 'messages', 'share'], rows };
}

/** Whoever is slowest first; of few deliveries the slowest one decides, so they are told too. */
function showSlowReceivers({ window, topSenders }: Facts): WidgetData {
  const rows = [...receiversOf(window)]
    .map(([name, { delivered, failed, latency }]) => ({
      name,
      delivered,
      failed,
      p99: quantile(latency, 0.99) ?? -1,
      latency,
    }))
    .toSorted((a, b) => b.p99 - a.p99 || b.failed - a.failed)
    .slice(0, topSenders)
    .map(({ name, delivered, failed, p99, latency }) => [
      name === OTHERS ? '(others)' : name,
      round(quantile(latency, 0.5)) ?? '–',
      p99 < 0 ? '–' : (round(p99) ?? '–'),
      delivered,
      failed,
    ]);
  return { type: 'table', columns: ['receiver', 'median (ms)', '99 of 100 (ms)', 'delivered', 'failed'], rows };
}

const REASONS: Readonly<Record<(typeof FAILURE_REASONS)[number], string>> = {
  denied: 'denied by a policy or a hook',
  unreachable: 'no such agent, or it takes no more',
  unacknowledged: 'not acknowledged, tried again in vain',
  disconnected: 'the receiver left meanwhile',
  'rate-limited': 'too many of one sender',
};

function showFailures({ window }: Facts): WidgetData {
  const { failed } = totalsOf(window);
  const rows = FAILURE_REASONS.map((reason) => [REASONS[reason], failed.get(reason) ?? 0] as const);
  return { type: 'table', columns: ['why', 'deliveries'], rows: rows.toSorted(([, a], [, b]) => b - a) };
}

function showNotes({ window }: Facts): WidgetData {
  const { lost, bytes, delivered } = totalsOf(window);
  const lines = [
    `${bytes.toLocaleString('en')} bytes of text, ${delivered.toLocaleString('en')} deliveries acknowledged.`,
    'Latency: until a receiver acknowledges; exact to 2 %. Messages of channels are not acknowledged, and have none.',
    lost === 0
      ? 'Everything was observed.'
      : `${lost.toLocaleString('en')} observations were lost, since they came too fast.`,
  ];
  return { type: 'text', text: lines.join('\n') };
}

/** Two digits behind the point, and where that is nothing, two that mean something. */
function round(value: number | null): number | null {
  if (value === null) return null;
  return value >= 1 ? Math.round(value * 100) / 100 : Number(value.toPrecision(2));
}
