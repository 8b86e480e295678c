import type { PluginDocument } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { parseAge, settled } from './index.ts';

const plugin = {
  versions: [
    { version: '1.2.0', publishedAt: '2026-01-03T00:00:00Z' },
    { version: '1.1.0', publishedAt: '2026-01-02T00:00:00Z' },
    { version: '1.0.0', publishedAt: '2026-01-01T00:00:00Z' },
  ],
} as unknown as PluginDocument;
const left = (...[before, keep]: readonly [string | undefined, string?]): readonly string[] =>
  settled(plugin, before, (version) => version === keep).versions.map(({ version }) => version);

describe('settled', () => {
  it('leaves out what was published after the moment', () => {
    expect(left('2026-01-02T00:00:00Z')).toEqual(['1.1.0', '1.0.0']);
    expect(left('2025-01-01T00:00:00Z')).toEqual([]);
  });

  it('keeps the version that is installed, and everything where nothing was set', () => {
    expect(left('2025-01-01T00:00:00Z', '1.2.0')).toEqual(['1.2.0']);
    expect(left(undefined)).toHaveLength(3);
  });
});

it.each([
  ['90m', 5_400_000],
  ['12h', 43_200_000],
  ['3d', 259_200_000],
])('%s is %d milliseconds', (text, ms) => {
  expect(parseAge(text)).toBe(ms);
});
