import { describe, expect, it } from 'vitest';
import { fits, parseFilter } from './filter.ts';
import type { RelayMessage } from './relay-side.ts';

const message: RelayMessage = {
  id: 'm1',
  from: 'CI-1',
  channel: '#builds',
  kind: 'message',
  body: 'build 7 failed',
  data: { build: { number: 7, ok: false }, list: [1] },
};

describe('a filter', () => {
  it.each<[unknown, boolean]>([
    [{}, true],
    [{ from: 'CI-*' }, true],
    [{ from: 'ci-*' }, false],
    [{ from: ['Alice', 'CI-1'] }, true],
    [{ from: 'CI-*', body: '*passed*' }, false],
    [{ body: '*failed*' }, true],
    [{ to: '*' }, false],
    [{ channel: '#builds', kind: ['message', 'action'] }, true],
    [{ data: { 'build.number': 7 } }, true],
    [{ data: { 'build.ok': false, 'build.number': '*' } }, true],
    [{ data: { build: '*' } }, false],
    [{ data: { list: '*' } }, false],
    [{ data: { 'build.constructor.name': '*' } }, false],
    [{ data: { __proto__x: '*' } }, false],
    [{ not: { from: 'CI-*' } }, false],
    [{ not: { from: 'Alice', body: '*' } }, true],
  ])('%j fits: %s', (filter, expected) => {
    expect(fits(parseFilter(filter), message)).toBe(expected);
  });
});
