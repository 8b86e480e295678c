import { expect, it } from 'vitest';
import type { Row } from './benchmark.ts';
import { drawResults } from './draw.ts';

const CIRCUMSTANCES = { schemaVersion: 1, node: '24.0.0', platform: 'linux x64', cores: 2, rounds: 5 } as const;
let count = 0;
const row = (more: Partial<Row>): Row => ({ name: `it ${(count += 1)}`, unit: 'x', value: 1, bound: 1, ...more });
const built = (plugins: number, value: number): Row => row({ name: 'build', plugins, value, bound: 20 });
const draw = (...rows: readonly Row[]): string =>
  drawResults({ ...CIRCUMSTANCES, benchmarks: [{ benchmark: 'start', summary: 'a start', rows }] });
const widths = (svg: string): readonly number[] =>
  [...svg.matchAll(/<rect class="(?:met|missed)"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));

it('has a bar for each ratio with a bound, longer for more', () => {
  const drawn = widths(draw(row({ value: 0.2 }), row({ value: 2 }), row({ value: 20 })));
  expect(drawn).toHaveLength(3);
  expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
  expect(widths(draw(row({ unit: 'ms' })))).toEqual([]);
  const { bound: _, ...unbounded } = row({});
  expect(widths(draw(unbounded))).toEqual([]);
});

it('shows what does not meet its bound in another colour, and ends at the scale', () => {
  const svg = draw(row({ value: 1e6 }), row({ value: 0.5 }));
  expect([...svg.matchAll(/<rect class="(\w+)"/g)].map(([, name]) => name)).toEqual(['missed', 'met']);
  expect(Math.max(...widths(svg))).toBeLessThan(980);
});

it('draws what was measured at several sizes on one line, a dot for each, larger for more plugins', () => {
  const svg = draw(built(100_000, 30), built(1000, 5), built(10_000, 12));
  expect(widths(svg)).toEqual([]);
  const dots = [...svg.matchAll(/<circle class="(\w+)" cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"/g)];
  expect(dots.map(([, word]) => word)).toEqual(['met', 'met', 'missed']);
  for (const column of [2, 4]) {
    const values = dots.map((dot) => Number(dot[column]));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  }
  expect(new Set(dots.map((dot) => dot[3])).size).toBe(1);
  expect(svg).toContain('start: 1,000, 10,000, 100,000 plugins');
  expect(svg).toContain('5.00 → 12.0 → 30.0; bound 20');
});

it('shows others beside ours, where nothing is bounded', () => {
  const { bound: _, ...unbounded } = row({ value: 3 });
  const benchmarks = [{ benchmark: 'peers', summary: 'others', rows: [unbounded] }];
  expect(drawResults({ ...CIRCUMSTANCES, benchmarks })).toMatch(/<rect class="free"/);
});

it('takes names as text', () => {
  const svg = draw(row({ name: '<script>a & b</script>' }));
  expect(svg).toContain('&lt;script&gt;a &amp; b&lt;/script&gt;');
  expect(svg).not.toContain('<script');
});
