import { expect, it } from 'vitest';
import type { Row } from './benchmark.ts';
import { drawResults } from './draw.ts';

const CIRCUMSTANCES = { node: '24.0.0', platform: 'linux x64', cores: 2, rounds: 5 };
const row = (more: Partial<Row>): Row => ({ name: 'it', unit: 'x', value: 1, bound: 1, ...more });
const draw = (...rows: readonly Row[]): string =>
  drawResults([{ benchmark: 'start', summary: 'a start', rows }], CIRCUMSTANCES);
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
  expect(Math.max(...widths(svg))).toBeLessThan(920);
});

it('takes names as text', () => {
  const svg = draw(row({ name: '<script>a & b</script>' }));
  expect(svg).toContain('&lt;script&gt;a &amp; b&lt;/script&gt;');
  expect(svg).not.toContain('<script');
});
