import { describe, expect, it } from 'vitest';
import { NAME, VERSIONS, changeOf, codeOf, ownedPlugin, statusOf } from '../../test/owned-fixture.ts';
import { parseSelection, planDeprecate, planUndeprecate, type Selection } from './index.ts';

const select = (asked: string): Selection => parseSelection(`${NAME}${asked}`).selection;

describe('planDeprecate', () => {
  it.each<[string, readonly string[]]>([
    ['', VERSIONS],
    ['@1.0.0', ['1.0.0']],
    ['@^1', ['1.0.0', '1.1.0']],
    ['@<=2.0.0', VERSIONS],
    ['@<2', ['1.0.0', '1.1.0']],
    ['@beta', ['2.0.0-beta.1']],
    ['@latest', ['2.0.0']],
  ])('of %j deprecates %j', (asked, versions) => {
    expect(Object.keys(statusOf(planDeprecate(ownedPlugin(), select(asked), 'Old'))?.deprecated ?? {})).toEqual(
      versions,
    );
  });

  it('keeps what else is recorded, and replaces a message', () => {
    const before = ownedPlugin({
      status: { deprecated: { '1.0.0': 'Old', '1.1.0': 'Old' }, yanked: { '1.0.0': 'Broken' } },
    });
    const planned = planDeprecate(before, select('@1.0.0'), '  Use 2.0\n instead ');
    expect(statusOf(planned)).toEqual({
      ...before.status,
      deprecated: { '1.0.0': 'Use 2.0 instead', '1.1.0': 'Old' },
    });
    expect(changeOf(planned).title).toBe('Deprecate @acme/hello 1.0.0');
  });

  it('changes nothing where all are deprecated so', () => {
    const before = ownedPlugin({ status: { deprecated: { '1.0.0': 'Old' } } });
    expect(planDeprecate(before, select('@1.0.0'), 'Old').state).toBe('unchanged');
    expect(planDeprecate(before, select('@^1'), 'Old')).toMatchObject({ title: 'Deprecate @acme/hello 1.1.0' });
  });

  it.each([
    ['@3.0.0', 'Old', 'VERSION_NOT_FOUND'],
    ['@^3', 'Old', 'VERSION_NOT_FOUND'],
    ['@constructor', 'Old', 'VERSION_NOT_FOUND'],
    ['@1.0.0', ' \u200b ', 'REASON_INVALID'],
    ['@1.0.0', 'x'.repeat(501), 'REASON_INVALID'],
  ])('of %j with %j is refused: %s', (asked, message, code) => {
    expect(codeOf(() => planDeprecate(ownedPlugin(), select(asked), message))).toBe(code);
  });
});

describe('planUndeprecate', () => {
  const before = ownedPlugin({ status: { deprecated: { '1.0.0': 'Old', '1.1.0': 'Old' } } });

  it('takes messages away, and the key with the last one', () => {
    expect(statusOf(planUndeprecate(before, select('@1.0.0')))?.deprecated).toEqual({ '1.1.0': 'Old' });
    expect(statusOf(planUndeprecate(before, select('')))).toEqual(ownedPlugin().status);
  });

  it('changes nothing where none is deprecated', () => {
    expect(planUndeprecate(before, select('@2.0.0')).state).toBe('unchanged');
  });

  it('is refused for what is not published', () => {
    expect(codeOf(() => planUndeprecate(before, select('@9.0.0')))).toBe('VERSION_NOT_FOUND');
  });
});
