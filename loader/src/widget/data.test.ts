import type { WidgetData } from '@ar-registry/sdk';
import { expect, test } from 'vitest';
import { toWidgetData } from './data.ts';

const GOOD: readonly WidgetData[] = [
  { type: 'metric', value: 1.5, unit: 'ms' },
  { type: 'metric', value: null },
  { type: 'table', columns: ['agent', 'sent'], rows: [['Alice', 3]] },
  { type: 'text', text: 'two\nlines' },
  { type: 'chart', x: [1, 2, 2], series: [{ label: 'sent', values: [1, null, 3] }] },
  { type: 'chart', x: [], xUnit: 'ms', series: [{ label: 'sent', values: [] }] },
];

test.each(GOOD)('data of the declared type is shown as it is: $type', (data) => {
  expect(toWidgetData(data.type, structuredClone(data))).toEqual(data);
});

test.each<readonly [WidgetData['type'], unknown]>([
  ['metric', undefined],
  ['metric', null],
  ['metric', 'text'],
  ['metric', { type: 'text', text: 'of another type' }],
  ['metric', { type: 'metric', value: Number.NaN }],
  ['metric', { type: 'metric', value: '1' }],
  ['table', { type: 'table', columns: ['a'], rows: [['a', 'b']] }],
  ['table', { type: 'table', columns: ['a'], rows: [[{ html: '<b>' }]] }],
  ['table', { type: 'table', columns: 'a', rows: [] }],
  ['text', { type: 'text', text: 7 }],
  ['chart', { type: 'chart', x: [2, 1], series: [{ label: 'a', values: [1, 2] }] }],
  ['chart', { type: 'chart', x: [1], series: [] }],
  ['chart', { type: 'chart', x: [1], series: [{ label: 'a', values: [1, 2] }] }],
  ['chart', { type: 'chart', x: [1], series: [{ label: 'a', values: ['1'] }] }],
  // oxlint-disable-next-line no-sparse-arrays -- what it is about
  ['chart', { type: 'chart', x: [1, 2], series: [{ label: 'a', values: [1, ,] }] }],
  ['chart', { type: 'chart', x: Array.from({ length: 10_000 }, (_, n) => n), series: [{ label: 'a', values: [] }] }],
])('what is no %s is not shown: %j', (type, answer) => {
  expect(toWidgetData(type, answer)).toBeUndefined();
});

test('a chart that is shown stays as it was, whatever the plugin does with its lists', () => {
  const [x, values] = [
    [1, 2],
    [3, 4],
  ];
  const shown = toWidgetData('chart', { type: 'chart', x, series: [{ label: 'a', values }] });
  for (const list of [x, values]) list.push(5);
  expect(shown).toEqual({ type: 'chart', x: [1, 2], series: [{ label: 'a', values: [3, 4] }] });
});

test('too much is cut, and control characters do not get through', () => {
  const rows = Array.from({ length: 1_000 }, () => Array.from({ length: 30 }, () => '\u001b[31mred\u202e'));
  const table = toWidgetData('table', { type: 'table', columns: rows[0], rows });
  expect(table).toMatchObject({ rows: { length: 500 }, columns: { length: 20 } });
  expect(JSON.stringify(table)).not.toMatch(/\\u001b|\u202e/);
  const text = toWidgetData('text', { type: 'text', text: 'x'.repeat(100_000) });
  expect(JSON.stringify(text).length).toBeLessThan(20_100);
});
