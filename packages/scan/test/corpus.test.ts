import { describe, expect, it } from 'vitest';
import { ATTACKS } from './attacks.ts';
import { BENIGN } from './benign.ts';
import { errorsOf, scanCode } from './scan-code.ts';

describe('what a plugin must not do undeclared', () => {
  it.each(ATTACKS)('is refused as $category: $code', async ({ category, code, files = {} }) => {
    const report = await scanCode(code, { files });
    expect(report.result).toBe('fail');
    const categories = report.findings.filter(({ severity }) => severity === 'error').map((found) => found.category);
    expect(categories).toContain(category);
  });
});

describe('what only looks like it', () => {
  it.each(BENIGN.map(([code, around]) => ({ code, around })))('is let pass: $code', async ({ code, around }) => {
    expect(errorsOf(await scanCode(code, around))).toEqual([]);
  });
});

it('holds enough of both', () => {
  expect([ATTACKS.length >= 120, BENIGN.length >= 60]).toEqual([true, true]);
});
