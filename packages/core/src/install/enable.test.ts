import { describe, expect, it } from 'vitest';
import { EMPTY_LOCK, parseProjectFile, planEnable, type ProjectState } from './index.ts';

const TEXT = `schemaVersion: 1
plugins:
  "@acme/a": { range: ^1 } # no word about it
  "@acme/b":
    range: ^1
    enabled: false # for now
`;
const state: ProjectState = { wanted: parseProjectFile(TEXT, 'x'), lock: EMPTY_LOCK, text: TEXT };

describe('planEnable', () => {
  it('takes a plugin of which nothing is said for enabled', () => {
    expect(planEnable(state, ['@acme/a'], true)).toEqual({ changed: [], unchanged: ['@acme/a'], change: undefined });
  });

  it('changes one word and leaves the comment beside it', () => {
    const { changed, change } = planEnable(state, ['@acme/b', '@acme/b'], true);
    expect([changed, change?.projectText]).toEqual([['@acme/b'], TEXT.replace('false # for', 'true # for')]);
  });

  it('refuses all where one is not installed', () => {
    expect(() => planEnable(state, ['@acme/a', '@acme/x'], false)).toThrow(
      expect.objectContaining({ code: 'NOT_INSTALLED' }),
    );
    expect(() => planEnable(state, ['__proto__'], false)).toThrow(expect.objectContaining({ code: 'NOT_INSTALLED' }));
  });
});
