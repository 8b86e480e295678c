import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readDescription } from './description.ts';
import { DEVIATIONS } from './deviations.ts';

describe('readDescription', () => {
  it('says how to install the description when it is not there', () => {
    expect(() => readDescription(tmpdir())).toThrow('node tools/bootstrap.mjs install');
  });

  it('finds in the description each place that it mends', () => {
    const { paths } = readDescription();
    expect(Object.keys(paths).length).toBeGreaterThan(500);
    expect(DEVIATIONS.map(({ why }) => why.length > 0)).not.toContain(false);
  });
});
