import { describe, expect, it } from 'vitest';
import { changeOf, codeOf, ownedPlugin, recordOf } from '../../test/owned-fixture.ts';
import { planEdit } from './index.ts';

describe('planEdit', () => {
  it('changes the repository, whose id is then another, and publishes no credentials', () => {
    const planned = planEdit(ownedPlugin(), { repository: 'https://ada:secret@example.com/acme/new' });
    expect(recordOf(planned)?.repository).toEqual({ url: 'https://example.com/acme/new' });
    expect(JSON.stringify(planned)).not.toContain('secret');
  });

  it('adds and removes aliases, and the key with the last one', () => {
    const before = ownedPlugin({ record: { aliases: ['@acme/hi'] } });
    const added = planEdit(before, { addAliases: ['@acme/hey', '@acme/hi'], removeAliases: ['@acme/ho'] });
    expect(recordOf(added)?.aliases).toEqual(['@acme/hi', '@acme/hey']);
    expect(changeOf(added).effects).toHaveLength(1);
    expect(recordOf(planEdit(before, { removeAliases: ['@acme/hi'] }))).not.toHaveProperty('aliases');
  });

  it('sets and takes back a new name', () => {
    const renamed = recordOf(planEdit(ownedPlugin(), { renamedTo: '@acme/new' }));
    expect(renamed?.renamedTo).toBe('@acme/new');
    expect(recordOf(planEdit(ownedPlugin(renamed ? { record: renamed } : {}), { renamedTo: null }))).not.toHaveProperty(
      'renamedTo',
    );
  });

  it('changes nothing where all is so already', () => {
    const { url } = ownedPlugin().record.repository;
    const edit = { repository: url, addAliases: [], removeAliases: ['@acme/ho'], renamedTo: null };
    expect(planEdit(ownedPlugin(), edit).state).toBe('unchanged');
  });

  it.each([{ addAliases: ['hi'] }, { renamedTo: '../x' }])('is refused for what is no name: %j', (edit) => {
    expect(codeOf(() => planEdit(ownedPlugin(), edit))).toBe('NAME_INVALID');
  });
});
