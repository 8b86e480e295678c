import { expect, test } from 'vitest';
import { countedTrust, decidePlacement } from './placement.ts';

test.each([
  ['official', undefined],
  ['local', undefined],
  ['community', 'none'],
  ['verified', 'none'],
] as const)('%s with isolation %s runs in the process', (trust, isolation) => {
  expect(decidePlacement({ trust, isolation })).toBe('in-process');
});

test.each([
  ['community', undefined],
  ['verified', undefined],
  ['official', 'process'],
  ['local', 'process'],
] as const)('%s with isolation %s runs in a process of its own', (trust, isolation) => {
  expect(decidePlacement({ trust, isolation })).toBe('process');
});

test.each(['@ar/b', '@agent-relay/b', '@agentrelay/b'] as const)('%s may be official', (plugin) => {
  expect(countedTrust(plugin, 'official')).toBe('official');
});

test.each(['@a/b', '@ar-plugins/b', '@a-r/ar'] as const)(
  '%s counts as community if it is called official',
  (plugin) => {
    expect(countedTrust(plugin, 'official')).toBe('community');
    expect(countedTrust(plugin, 'verified')).toBe('verified');
  },
);
