import type { MessageObservation } from '@ar-registry/sdk';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseWindow, serialiseWindow } from './state.ts';
import { countLost, createWindow, observe, prune, totalsOf, type TrafficWindow } from './traffic-window.ts';

const NOW = Date.UTC(2026, 0, 2, 12);

function filled(): TrafficWindow {
  const window = createWindow(60);
  const at = NOW - 30_000;
  const seen: readonly MessageObservation[] = [
    { kind: 'sent', at, from: 'Alice', to: 'Bob', bodyBytes: 5 },
    { kind: 'delivered', at, from: 'Alice', to: 'Bob', latencyMs: 3 },
    { kind: 'failed', at, from: 'Alice', to: 'Bob', reason: 'denied' },
    { kind: 'sent', at: NOW - 50 * 60_000, from: 'Bob', channel: '#x', bodyBytes: 1 },
  ];
  for (const observation of seen) observe(window, observation, NOW);
  countLost(window, 2, NOW);
  return window;
}

test('what was saved is what is read', () => {
  expect(parseWindow(serialiseWindow(filled()), 60)).toEqual(filled());
});

test('a window of another length keeps its buckets, and counts senders anew', () => {
  const read = parseWindow(serialiseWindow(filled()), 30);
  if (!read) throw new Error('It should have been read.');
  prune(read, NOW);
  expect(totalsOf(read).sent).toBe(1);
  expect(read.senders.size).toBe(0);
});

describe('a state that is not whole', () => {
  test('is not used, wherever it was cut off', () => {
    const text = serialiseWindow(filled());
    for (let end = 0; end < text.length; end += 1) expect(parseWindow(text.slice(0, end), 60)).toBeUndefined();
  });

  test.each([
    '[]',
    'null',
    '{}',
    '{"version":3,"minutes":60,"buckets":[],"senders":[]}',
    '{"version":2,"minutes":60,"buckets":[],"senders":[],"receivers":[{"slice":1,"names":[["a",1,"b",[]]]}]}',
    '{"version":1,"minutes":60,"buckets":[null],"senders":[]}',
    '{"version":1,"minutes":60,"buckets":[{"minute":1,"sent":-1,"bytes":0,"delivered":0,"lost":0,"failed":{},"latency":[]}],"senders":[]}',
    '{"version":1,"minutes":60,"buckets":[{"minute":1,"sent":1,"bytes":0,"delivered":0,"lost":0,"failed":{},"latency":[[1000000,1]]}],"senders":[]}',
    '{"version":1,"minutes":60,"buckets":[],"senders":[{"slice":1,"names":[["a","b",1]]}]}',
  ])('is not used: %s', (text) => {
    expect(parseWindow(text, 60)).toBeUndefined();
  });

  test('never throws, whatever it holds', () => {
    expect(checkProperty).not.toThrow();
  });
});

function checkProperty(): void {
  fc.assert(fc.property(fc.json(), (text) => parseWindow(text, 60) === undefined));
}
