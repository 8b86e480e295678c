import { describe, expect, it } from 'vitest';
import type { Row } from './benchmark.ts';
import { countUnmet, presentTable, toDocument } from './present.ts';

const CIRCUMSTANCES = { node: '24.0.0', platform: 'linux x64', cores: 2, rounds: 5 };
const result = (...rows: readonly Partial<Row>[]) => [
  {
    benchmark: 'start',
    summary: 'a start',
    rows: rows.map((row): Row => ({ name: 'it', unit: 'x', value: 1, ...row })),
  },
];

describe('bounds', () => {
  it('are met by what is as large, and not by what is larger', () => {
    expect([1.1, 1.15, 1.16].map((value) => countUnmet(result({ value, bound: 1.15 })))).toEqual([0, 0, 1]);
  });

  it('are counted only where there is one', () => {
    expect(presentTable(result({ value: 99 }, { bound: 2 }), CIRCUMSTANCES)).toContain('1 of 1 bounds met.');
  });
});

it('tells programs of each row whether its bound is met', () => {
  expect(toDocument(result({ value: 3, bound: 2 }, {}), CIRCUMSTANCES)).toMatchObject({
    schemaVersion: 1,
    node: '24.0.0',
    benchmarks: [{ benchmark: 'start', rows: [{ value: 3, verdict: 'not met' }, { value: 1 }] }],
  });
});

it('says of how many plugins a registry is, where that was measured', () => {
  const table = presentTable(result({ plugins: 10_000, value: 2.5 }, { name: 'else' }), CIRCUMSTANCES);
  expect(table).toContain('it, 10,000 plugins  2.50x');
  expect(table).toContain('else                1x');
});
