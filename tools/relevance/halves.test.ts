import { describe, expect, it } from 'vitest';
import { HALVES, halfOf } from './halves.ts';

describe('the halves', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `@acme/plugin-${index}`);

  it('have about as many plugins each', () => {
    for (const half of HALVES) expect(names.filter((name) => halfOf(name) === half).length).toBeGreaterThan(450);
  });

  it('are for good: a plugin that moved from one to the other would have been tuned on', () => {
    expect(['@ar/slack-bridge', '@ar/discord-bridge', '@acme/plugin-1'].map(halfOf)).toEqual([
      'held out',
      'tuning',
      'tuning',
    ]);
  });
});
