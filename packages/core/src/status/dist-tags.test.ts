import { describe, expect, it } from 'vitest';
import { codeOf, ownedPlugin, statusOf } from '../../test/owned-fixture.ts';
import { planTagAdd, planTagRemove } from './index.ts';

describe('planTagAdd', () => {
  it('adds a tag, and moves one, latest too', () => {
    const tags = { latest: '2.0.0', beta: '2.0.0-beta.1' };
    expect(statusOf(planTagAdd(ownedPlugin(), '1.1.0', 'old'))?.distTags).toEqual({ ...tags, old: '1.1.0' });
    expect(statusOf(planTagAdd(ownedPlugin(), '1.1.0', 'latest'))?.distTags).toEqual({ ...tags, latest: '1.1.0' });
  });

  it('changes nothing where it leads there already', () => {
    expect(planTagAdd(ownedPlugin(), '2.0.0', 'latest').state).toBe('unchanged');
  });

  it.each([
    ['1.0.0', '1.0.0', 'DIST_TAG_INVALID'],
    ['1.0.0', 'x', 'DIST_TAG_INVALID'],
    ['1.0.0', 'Beta', 'DIST_TAG_INVALID'],
    ['1.0.0', '', 'DIST_TAG_INVALID'],
    ['1.0.0', '__proto__', 'DIST_TAG_INVALID'],
    ['9.0.0', 'beta', 'VERSION_NOT_FOUND'],
    ['1.1.0', 'beta', 'VERSION_YANKED'],
  ])('of %s as %j is refused: %s', (version, tag, code) => {
    const before = ownedPlugin({ status: { yanked: { '1.1.0': 'x' } } });
    expect(codeOf(() => planTagAdd(before, version, tag))).toBe(code);
  });

  it('takes a tag that every object has a member of', () => {
    expect(statusOf(planTagAdd(ownedPlugin(), '1.0.0', 'constructor'))?.distTags).toHaveProperty(
      'constructor',
      '1.0.0',
    );
  });
});

describe('planTagRemove', () => {
  it('removes a tag', () => {
    expect(statusOf(planTagRemove(ownedPlugin(), 'beta'))?.distTags).toEqual({ latest: '2.0.0' });
  });

  it('changes nothing where there is none', () => {
    expect(planTagRemove(ownedPlugin(), 'next').state).toBe('unchanged');
    expect(planTagRemove(ownedPlugin(), 'constructor').state).toBe('unchanged');
  });

  it('never removes latest', () => {
    expect(codeOf(() => planTagRemove(ownedPlugin(), 'latest'))).toBe('DIST_TAG_REQUIRED');
    expect(codeOf(() => planTagRemove(ownedPlugin(), '..'))).toBe('DIST_TAG_INVALID');
  });
});
