import { expect, it } from 'vitest';
import type { Row } from './benchmark.ts';
import type { ResultsDocument } from './present.ts';
import { fillTables } from './tables.ts';

const results = (...rows: readonly Row[]): ResultsDocument => ({
  schemaVersion: 1,
  node: '24.0.0',
  platform: 'linux x64',
  cores: 2,
  rounds: 5,
  benchmarks: [{ benchmark: 'build', summary: 'a build', rows }],
});
const MARKED = 'Before.\n\n<!-- results: build -->\nold\n<!-- end of results -->\n\nAfter.\n';
const row = (value: number, plugins?: number): Row => ({
  name: 'all | of it',
  unit: 'x',
  value,
  spread: [value - 1, value + 1],
  bound: 20,
  ...(plugins !== undefined && { plugins }),
});

it('puts sizes beside each other, and what is not met in bold', () => {
  const text = fillTables(MARKED, results(row(33.25, 100_000), row(5.5, 1000)));
  expect(text).toMatchInlineSnapshot(`
    "Before.

    <!-- results: build -->

    |              |       1,000 plugins |         100,000 plugins | at most |
    | ------------ | ------------------: | ----------------------: | ------: |
    | all \\| of it | 5.50 (4.50 to 6.50) | **33.3** (32.3 to 34.3) |      20 |

    <!-- end of results -->

    After.
    "
  `);
});

it('is the same the next time, and another one for other results', () => {
  const once = fillTables(MARKED, results(row(1)));
  expect(fillTables(once, results(row(1)))).toBe(once);
  expect(fillTables(once, results(row(2)))).not.toBe(once);
});

it('says of what was not measured that it was not', () => {
  expect(fillTables(MARKED, results())).toContain('Not in the last whole run.');
});

it('leaves out the start that all is held against', () => {
  expect(fillTables(MARKED, results({ name: 'node -e 0', unit: 'x', value: 1 }))).not.toContain('node -e 0');
});

it('lists what is not met, beside what the binary takes for the same', () => {
  const binary = { ...row(5, 1000), name: 'all | of it, binary' };
  const found = results(row(33.25, 1000), binary, row(1, 10_000));
  const text = fillTables('<!-- results: not met -->\n<!-- end of results -->', found);
  expect(text).toMatch(/^\| build: all .* \| +1,000 \| +\*\*33\.3\*\* \| +20 \| +5 \|$/m);
  expect(text).not.toContain('10,000');
  const none = fillTables('<!-- results: not met -->\n<!-- end of results -->', results(row(1)));
  expect(none).toContain('Nothing.');
});

it('says on what it was measured, and how many bounds are met', () => {
  const text = fillTables('<!-- results: circumstances -->\n<!-- end of results -->', results(row(1), row(21)));
  expect(text).toContain('Node.js 24.0.0, linux x64, 2 cores, 5 rounds or fewer: 1 of 2 bounds met.');
});
