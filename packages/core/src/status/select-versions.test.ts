import { describe, expect, it } from 'vitest';
import { NAME, VERSIONS, codeOf, ownedPlugin, thrownBy } from '../../test/owned-fixture.ts';
import { hasCode } from '../errors/index.ts';
import { parseExact, parsePlugin, parseSelection, planUnyank } from './index.ts';

describe('a spec', () => {
  it.each([
    ['', { kind: 'all' }],
    ['@1.0.0', { kind: 'exact', version: '1.0.0' }],
    ['@<2', { kind: 'range', range: '<2' }],
    ['@beta', { kind: 'tag', tag: 'beta' }],
    ['@latest', { kind: 'latest' }],
  ])('%j selects %j', (asked, selection) => {
    expect(parseSelection(`${NAME}${asked}`)).toEqual({ name: NAME, selection });
  });

  it.each(['hello', '@acme', `${NAME}@`, `${NAME}@a b`, `${NAME}@v1.0.0+x y`, '@Acme/x', '@acme/../x'])(
    '%j is refused',
    (text) => expect(codeOf(() => parseSelection(text))).toBe('SPEC_INVALID'),
  );

  it('is of a plugin as a whole, or of one version, where that is asked for', () => {
    expect(parsePlugin(NAME)).toBe(NAME);
    expect(codeOf(() => parsePlugin(`${NAME}@1.0.0`))).toBe('SPEC_INVALID');
    expect(parseExact(`${NAME}@1.0.0`)).toEqual({ name: NAME, version: '1.0.0' });
    for (const asked of ['', '@^1', '@beta', '@latest'])
      expect(codeOf(() => parseExact(`${NAME}${asked}`))).toBe('SPEC_INVALID');
  });
});

it('tells which versions there are where none is meant', () => {
  const error = thrownBy(() => planUnyank(ownedPlugin(), '9.0.0'));
  expect(hasCode(error, 'VERSION_NOT_FOUND') && error.facts.available).toEqual(VERSIONS.toReversed());
});
