import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOAD_BUCKETS, loadBucket } from './buckets.ts';
import { EVENT_NAMES, eventAddress, type TelemetryEvent } from './events.ts';
import { normalizeTerms } from './terms.ts';

const plugin = { name: '@ar/slack-bridge', version: '1.2.0-rc.1' } as const;

describe('eventAddress', () => {
  test.each<[TelemetryEvent, string]>([
    [{ kind: 'install', ...plugin }, 'install?p=@ar/slack-bridge&v=1.2.0-rc.1'],
    [{ kind: 'active', ...plugin }, 'active?p=@ar/slack-bridge&v=1.2.0-rc.1'],
    [{ kind: 'error', ...plugin }, 'error?p=@ar/slack-bridge&v=1.2.0-rc.1'],
    [{ kind: 'load', ...plugin, ms: 200 }, 'load?p=@ar/slack-bridge&v=1.2.0-rc.1&ms=200'],
    [{ kind: 'search', terms: 'slack bridge' }, 'search?q=slack%20bridge'],
    [{ kind: 'missed', terms: '@acme/fax' }, 'missed?q=%40acme%2Ffax'],
  ])('says all there is to say of %j', (event, address) => {
    expect(eventAddress(event)).toBe(address);
  });

  test('stands for its fields and nothing else, and stays below the folder of events', () => {
    const letter = fc.constantFrom('a', 'b', '1', '-', '@', '/', 'é', '日', '&', ' ', '?', '#', '%');
    const text = fc.string({ unit: letter, maxLength: 12 }).map((typed) => normalizeTerms(typed) ?? '@ar/memory');
    fc.assert(
      fc.property(text, fc.constantFrom('search', 'missed'), (terms, kind) => {
        const address = eventAddress({ kind, terms });
        const url = new URL(address, 'https://registry.example/base/t/v1/');
        expect(url.pathname).toBe(`/base/t/v1/${kind}`);
        expect(
          address
            .slice(address.indexOf('=') + 1)
            .split('%20')
            .map(decodeURIComponent)
            .join(' '),
        ).toBe(terms);
      }),
    );
  });

  test('has one file for each kind of event', () => {
    expect(EVENT_NAMES).toEqual(['install', 'active', 'load', 'error', 'search', 'missed']);
  });
});

describe('loadBucket', () => {
  test.each([
    [0, 10],
    [10, 10],
    [10.01, 20],
    [499, 500],
    [60_000, 60_000],
    [600_000, 60_000],
    [Number.NaN, 60_000],
    [-1, 10],
  ])('puts %d ms under %d', (duration, bucket) => {
    expect(loadBucket(duration)).toBe(bucket);
  });

  test('never tells less than a plugin took, up to the last bound', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 60_000, noNaN: true }), (duration) => {
        expect(loadBucket(duration)).toBeGreaterThanOrEqual(duration);
        expect(LOAD_BUCKETS).toContain(loadBucket(duration));
      }),
    );
  });
});
