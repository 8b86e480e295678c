import assert from 'node:assert/strict';
import type { ChartData, MessageObservation, TableData, WidgetData, WidgetPlugin } from '../../adapters/widget.ts';
import type { ContractCase, ContractOptions } from './contract.ts';
import { pluginCases, watched } from './plugin-cases.ts';

export interface WidgetContractOptions extends ContractOptions {
  /** Makes a widget that is not loaded yet. */
  readonly create: () => WidgetPlugin | Promise<WidgetPlugin>;
  /** Names under `displays` in ar-plugin.yaml, with their types. */
  readonly displays: Readonly<Record<string, WidgetData['type']>>;
  /** As the loader hands it over, with defaults. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What the loader relies on in a widget: every display answers in its type, whatever was observed. */
export function widgetContract({
  create,
  displays,
  config = {},
  ...options
}: WidgetContractOptions): readonly ContractCase[] {
  const names = Object.keys(displays);
  const cases: Readonly<Record<string, (plugin: WidgetPlugin) => Promise<void>>> = {
    'shows every display in its type before anything happened': async (plugin) => {
      for (const name of names) checkData(await plugin.getData(name), name, displays);
    },
    'rejects a display that it does not have': async (plugin) => {
      for (const name of ['no-such-display', '__proto__', 'constructor', '']) await checkRefused(plugin, name);
    },
    'answers when it is asked for all displays at once': async (plugin) => {
      const all = await Promise.all(names.map((name) => plugin.getData(name)));
      for (const [at, data] of all.entries()) checkData(data, names[at] ?? '', displays);
    },
    'takes whatever is observed, and goes on to answer': async (plugin) => {
      await plugin.onMessages?.({ observations: [], dropped: 1 });
      await plugin.onMessages?.({ observations: ODD_OBSERVATIONS, dropped: 0 });
      for (const name of names) checkData(await plugin.getData(name), name, displays);
    },
  };
  return pluginCases({ create: watched(create, DISPLAY_TIMEOUT_MS, options), context: { config }, cases });
}

const DISPLAY_TIMEOUT_MS = 5_000;

/** By a rejection of its own: to hang is none. */
async function checkRefused(plugin: WidgetPlugin, name: string): Promise<void> {
  const answer = await plugin.getData(name).catch((error: unknown) => {
    if (error instanceof assert.AssertionError && error.cause === undefined) throw error;
    return undefined;
  });
  assert.equal(answer, undefined, `getData('${name}') answers for a display that there is not: it should reject`);
}

/** Names come from whoever connects, and clocks jump. */
const ODD_OBSERVATIONS: readonly MessageObservation[] = [
  'Alice',
  '',
  '__proto__',
  'x'.repeat(200),
  '\u0000\u202e',
].flatMap((from): readonly MessageObservation[] => [
  { kind: 'sent', at: 0, from, to: '*', bodyBytes: 0 },
  { kind: 'sent', at: 8.64e15, from, channel: '#general', bodyBytes: 1_000_000 },
  { kind: 'sent', at: Date.now(), from, to: from, bodyBytes: 3 },
  { kind: 'delivered', at: Date.now(), from, to: from },
  { kind: 'delivered', at: Date.now(), from, to: from, latencyMs: 0 },
  { kind: 'delivered', at: Date.now(), from, to: from, latencyMs: 1e9 },
  { kind: 'failed', at: Date.now(), from, reason: 'rate-limited' },
]);

function checkData(data: WidgetData, name: string, displays: WidgetContractOptions['displays']): void {
  assert.ok(typeof data === 'object' && data !== null, `getData('${name}') answers ${JSON.stringify(data)}`);
  assert.equal(data.type, displays[name], `the type of ${name}`);
  switch (data.type) {
    case 'metric':
      return checkValues([data.value], name);
    case 'text':
      return assert.equal(typeof data.text, 'string');
    case 'table':
      return checkTable(data, name);
    case 'chart':
      return checkChart(data, name);
  }
}

function checkTable({ columns, rows }: TableData, name: string): void {
  assert.ok(Array.isArray(columns) && Array.isArray(rows), `${name} has no lists of columns and rows`);
  for (const row of rows) {
    assert.equal(row.length, columns.length, `cells of a row of ${name}`);
    const odd = row.filter((cell: unknown) => typeof cell !== 'string' && !Number.isFinite(cell));
    assert.deepEqual(odd, [], `cells of ${name} that are neither text nor a finite number`);
  }
}

function checkChart({ x, series }: ChartData, name: string): void {
  assert.ok(Array.isArray(x), `${name} has no list x`);
  assert.ok(Array.isArray(series) && series.length > 0, `${name} has no series`);
  const sorted = x.toSorted((a, b) => a - b);
  assert.deepEqual(x, sorted, `x of ${name} is not ascending`);
  for (const { values } of series) {
    assert.equal(values.length, x.length, `values of ${name}`);
    checkValues(values, name);
  }
}

function checkValues(values: readonly (number | null)[], name: string): void {
  for (const value of values) assert.ok(value === null || Number.isFinite(value), `${name} shows ${String(value)}`);
}
