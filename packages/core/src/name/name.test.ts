import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPluginName, nameProblem, splitName } from './index.ts';

const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d|constructor|prototype|node-modules|favicon|page)$/;
const part = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/).filter((text) => !reserved.test(text));

describe('nameProblem', () => {
  it('finds nothing in names of the two parts', () => {
    fc.assert(
      fc.property(part, part, (scope, base) => {
        expect(isPluginName(`@${scope}/${base}`)).toBe(true);
      }),
    );
  });

  it.each([
    '@a/b',
    '@0/0',
    `@${'a'.repeat(63)}/${'b'.repeat(63)}`,
    '@acme/con-troller',
    '@acme/com10',
    '@acme/constructors',
  ])('finds nothing in %s', (name) => {
    expect(nameProblem(name)).toBeUndefined();
    expect(isPluginName(name)).toBe(true);
  });

  it.each([
    '',
    'hello',
    '@acme',
    'acme/hello',
    '@/hello',
    '@acme/',
    '@acme/hello/world',
    '@acme/../etc',
    '@../acme',
    '@acme/.',
    '@acme/..',
    '@acme/Hello',
    '@Acme/hello',
    '@acme/-hello',
    '@acme/he_llo',
    '@acme/he.llo',
    '@acme/hello ',
    '@acme/hello\n',
    '@acme/hello\u0000',
    '@acme/hеllo', // Cyrillic е
    '@acme/%2e%2e',
    '@acme/a\\b',
    `@acme/${'a'.repeat(64)}`,
    `@${'a'.repeat(64)}/hello`,
    '@acme/con',
    '@nul/hello',
    '@acme/com1',
    '@acme/constructor',
    '@prototype/hello',
    '@acme/__proto__',
    '@acme/node-modules',
  ])('finds something in %j', (name) => {
    expect(nameProblem(name)).toBeTypeOf('string');
    expect(isPluginName(name)).toBe(false);
  });

  it('never throws, and lets no name through that could leave its folder', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }).map((text) => `@acme/${text}`),
        ),
        (text) => {
          expect(!isPluginName(text) || /^@[a-z0-9-]+\/[a-z0-9-]+$/.test(text)).toBe(true);
        },
      ),
    );
  });
});

describe('splitName', () => {
  it('gives the two parts', () => {
    expect(splitName('@acme/hello-world')).toEqual({ scope: 'acme', base: 'hello-world' });
  });
});
