import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLookalike, isReservedScope, skeleton } from './index.ts';
import { cpuMs } from '../../test/cpu-time.ts';

describe('skeleton', () => {
  it.each([
    ['slack', 's1ack'],
    ['slack', 'siack'],
    ['modern', 'rnodern'],
    ['cloud', 'c1oud'],
    ['cloud', 'ciou-d'],
    ['dream', 'clream'],
    ['dream', 'c1ream'],
    ['web', 'vveb'],
    ['zoo', '200'],
    ['boss', '8055'],
    ['agent-relay', 'agentrelay'],
    ['modern', 'r-nodern'],
  ])('is the same for %s and %s', (one, other) => {
    expect(skeleton(other)).toBe(skeleton(one));
  });

  it('is its own skeleton', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9-]{1,20}$/), (text) => {
        const once = skeleton(text);
        expect(skeleton(once).length).toBeLessThanOrEqual(once.length);
        expect(skeleton(skeleton(once))).toBe(skeleton(once));
      }),
    );
  });

  it('keeps names apart that look different', () => {
    expect(skeleton('redis')).not.toBe(skeleton('postgres'));
  });
});

describe('isReservedScope', () => {
  const reserved = ['ar', 'agent-relay', 'agentrelay'];

  it.each(['ar', 'a-r', 'agent-relay', 'agentrelay', 'agent-re1ay', 'agentrelai', 'agentrela', 'agentrealy'])(
    'is true for %s',
    (scope) => {
      expect(isReservedScope(scope, reserved)).toBe(true);
    },
  );

  it.each(['as', 'car', 'art', 'agency', 'relay'])('is false for %s', (scope) => {
    expect(isReservedScope(scope, reserved)).toBe(false);
  });
});

describe('findLookalike', () => {
  it.each([
    ['@acme/hello', '@acme/he11o'],
    ['@acme/hello', '@acme/hel-lo'],
    ['@acme-corp/hello', '@acmecorp/hello'],
    ['@acmecorp/hello', '@acmecrop/hellos'],
    ['@acmecorp/hello', '@acmecorp1/hello'],
    ['@acme/hello', '@acmee/hello'],
    ['@acme/slack-bridge', '@elsewhere/slack-brigde'],
    ['@acme/slack-bridge', '@elsewhere/s1ack-bridge'],
  ])('takes %s for %s', (existing, name) => {
    expect(findLookalike(name, [existing])).toBe(existing);
  });

  it.each([
    ['@acme/hello', '@acme/hello'],
    ['@acme/store-a', '@acme/store-b'],
    ['@acme/hello', '@other/hello'],
    ['@acme/slack-bridge', '@other/slack-bridge'],
    ['@acme/redis', '@other/regis'],
    ['@abc/hello', '@abd/hello'],
    ['@acmecorp/hello', '@acmecrop/goodbye'],
  ])('does not take %s for %s', (existing, name) => {
    expect(findLookalike(name, [existing])).toBeUndefined();
  });

  it('compares with 100,000 names in a moment', () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `@scope${index % 5000}/plugin-${index}`);
    const started = cpuMs();
    findLookalike('@zcope123/plugin-1', names);
    expect(cpuMs() - started).toBeLessThan(5000);
  });
});
