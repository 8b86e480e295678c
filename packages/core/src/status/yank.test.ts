import { describe, expect, it } from 'vitest';
import { changeOf, codeOf, ownedPlugin, statusOf } from '../../test/owned-fixture.ts';
import { planUnyank, planYank } from './index.ts';

describe('planYank', () => {
  it('moves latest to the highest release that is left, and says so', () => {
    const planned = planYank(ownedPlugin(), '2.0.0', 'Loses messages');
    expect(statusOf(planned)).toEqual({
      schemaVersion: 1,
      distTags: { latest: '1.1.0', beta: '2.0.0-beta.1' },
      yanked: { '2.0.0': 'Loses messages' },
    });
    expect(changeOf(planned).effects).toHaveLength(2);
  });

  it('leaves tags alone that lead elsewhere, and removes another that leads there', () => {
    expect(statusOf(planYank(ownedPlugin(), '1.0.0', 'x'))?.distTags).toEqual(ownedPlugin().status.distTags);
    expect(statusOf(planYank(ownedPlugin(), '2.0.0-beta.1', 'x'))?.distTags).toEqual({ latest: '2.0.0' });
  });

  it('moves latest to a prerelease where no release is left', () => {
    const before = ownedPlugin({ versions: ['1.0.0', '1.1.0-rc.1'], status: { distTags: { latest: '1.0.0' } } });
    expect(statusOf(planYank(before, '1.0.0', 'x'))?.distTags).toEqual({ latest: '1.1.0-rc.1' });
  });

  it('passes over what is yanked already', () => {
    const before = ownedPlugin({ status: { yanked: { '1.1.0': 'x' } } });
    expect(statusOf(planYank(before, '2.0.0', 'x'))?.distTags['latest']).toBe('1.0.0');
  });

  it('keeps the tags with the last version, and warns', () => {
    const before = ownedPlugin({ versions: ['1.0.0'], status: { distTags: { latest: '1.0.0' } } });
    const planned = changeOf(planYank(before, '1.0.0', 'x'));
    expect(planned.status?.distTags).toEqual({ latest: '1.0.0' });
    expect(planned.hints).toHaveLength(1);
  });

  it('changes nothing but the reason the second time', () => {
    const before = ownedPlugin({ status: { yanked: { '1.0.0': 'x' } } });
    expect(planYank(before, '1.0.0', 'x').state).toBe('unchanged');
    expect(statusOf(planYank(before, '1.0.0', 'y'))?.yanked).toEqual({ '1.0.0': 'y' });
  });

  it.each([
    ['9.0.0', 'x', 'VERSION_NOT_FOUND'],
    ['1.0.0', '', 'REASON_INVALID'],
  ])('of %s for %j is refused: %s', (version, reason, code) => {
    expect(codeOf(() => planYank(ownedPlugin(), version, reason))).toBe(code);
  });
});

describe('planUnyank', () => {
  it('undoes a yank, and leaves latest where it is', () => {
    const yanked = statusOf(planYank(ownedPlugin(), '2.0.0', 'x'));
    const planned = changeOf(planUnyank(ownedPlugin(yanked ? { status: yanked } : {}), '2.0.0'));
    // What `withReasons` takes away must be gone, not undefined.
    expect(planned.status).toMatchObject({ distTags: { latest: '1.1.0' } });
    expect(planned.hints?.join()).toContain('dist-tag add @acme/hello@2.0.0 latest');
  });

  it('gives latest to what can be installed again', () => {
    const versions = ['1.0.0', '1.1.0'];
    const yanked = { '1.0.0': 'x', '1.1.0': 'x' };
    const before = ownedPlugin({ versions, status: { distTags: { latest: '1.1.0' }, yanked } });
    expect(statusOf(planUnyank(before, '1.0.0'))).toEqual({
      schemaVersion: 1,
      distTags: { latest: '1.0.0' },
      yanked: { '1.1.0': 'x' },
    });
    const without = ownedPlugin({ versions, status: { distTags: {}, yanked } });
    expect(statusOf(planUnyank(without, '1.0.0'))?.distTags).toEqual({ latest: '1.0.0' });
  });

  it('changes nothing where it is not yanked, and is refused for what is not published', () => {
    expect(planUnyank(ownedPlugin(), '1.0.0').state).toBe('unchanged');
    expect(codeOf(() => planUnyank(ownedPlugin(), '9.0.0'))).toBe('VERSION_NOT_FOUND');
  });
});
