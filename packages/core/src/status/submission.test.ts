import type { StatusRecord } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { ADA, EVE, hash, testIndex, type IndexBuilder } from '../../test/index-fixture.ts';
import {
  checkOwnerChange,
  planDeprecate,
  planEdit,
  planOwnerAdd,
  planYank,
  toSubmission,
  type OwnedPlugin,
  type OwnerSubmission,
  type PlannedChange,
} from './index.ts';

const NAME = '@acme/hello';

const index = (): IndexBuilder => testIndex().version(NAME, '1.0.0').version(NAME, '1.1.0');

function owned(files: IndexBuilder): OwnedPlugin {
  const found = files.snapshot().plugins.find(({ name }) => name === NAME);
  if (!found) throw new Error('no plugin');
  return { ...found, versions: found.versions.map(({ manifest }) => manifest.version) };
}

function submit(plan: (plugin: OwnedPlugin) => PlannedChange, from = index()): OwnerSubmission {
  const change = plan(owned(from));
  if (change.state !== 'changed') throw new Error(change.why);
  return toSubmission(NAME, { change, files: from.files() }, hash);
}

const deprecate = (message: string) => (plugin: OwnedPlugin) => planDeprecate(plugin, { kind: 'all' }, message);

describe('toSubmission', () => {
  it('is on the same branch for the same change, and on another for any other', () => {
    const { branch } = submit(deprecate('Old'));
    expect(branch).toMatch(/^status\/acme\/hello\/deprecate-[0-9a-f]{12}$/);
    expect(submit(deprecate('Old')).branch).toBe(branch);
    expect(submit(deprecate('New')).branch).not.toBe(branch);
    expect(submit((plugin) => planYank(plugin, '1.0.0', 'Old')).branch).not.toBe(branch);
  });

  it('is on a new branch once other records are there: the old one conflicts with them', () => {
    const moved = index().status(NAME, { distTags: { latest: '1.0.0' } });
    expect(submit(deprecate('Old'), moved).branch).not.toBe(submit(deprecate('Old')).branch);
  });

  it('changes the records that the change is about', () => {
    expect([...submit(deprecate('Old')).records.keys()]).toEqual([`plugins/${NAME}/status.yaml`]);
    expect([...submit((plugin) => planOwnerAdd(plugin, EVE)).records.keys()]).toEqual([`plugins/${NAME}/plugin.yaml`]);
  });

  it('keeps what the owner writes on its line of the body, and out of the commit', () => {
    const { body, message, title } = submit(deprecate('Fixes #1\n```\n@everybody ![x](https://example.com/x)'));
    expect(body.split('\n').filter((line) => line.startsWith('```'))).toEqual(['```text', '```']);
    expect(message).toBe(`${title}\n`);
    expect(message).not.toContain('#1');
  });
});

function codes({ records }: OwnerSubmission, submitter = ADA, from = index()): readonly string[] {
  const { files } = { files: from.files() };
  const known = { files, plugins: [NAME, '@acme/other'] };
  const nowMs = Date.parse('2026-06-01T12:00:00Z');
  return checkOwnerChange(known, records, { submitter, nowMs }).map(({ code }) => code);
}

describe('checkOwnerChange', () => {
  it('has nothing against what an owner may do alone', () => {
    expect(codes(submit(deprecate('Old')))).toEqual([]);
    expect(codes(submit((plugin) => planYank(plugin, '1.1.0', 'x')))).toEqual([]);
  });

  it('announces that a person will look at who owns it', () => {
    expect(codes(submit((plugin) => planOwnerAdd(plugin, EVE)))).toEqual(['REVIEW_REQUIRED']);
  });

  it('refuses a stranger', () => {
    expect(codes(submit(deprecate('Mine')), EVE)).toContain('NOT_OWNER');
    expect(
      codes(
        submit((plugin) => planOwnerAdd(plugin, EVE)),
        EVE,
      ),
    ).toContain('NOT_OWNER');
  });

  it('refuses records that would not be valid', () => {
    expect(codes(submit((plugin) => planEdit(plugin, { repository: 'nowhere' })))).toContain('INVALID_VALUE');
    const tags = Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`t${at}`, '1.0.0']));
    const status: StatusRecord = { schemaVersion: 1, distTags: tags };
    const many = submit(() => ({ state: 'changed', kind: 'dist-tag', title: 'x', effects: [], status }));
    expect(codes(many).length).toBeGreaterThan(0);
  });

  it('knows the names of other plugins, but not what is in them', () => {
    expect(codes(submit((plugin) => planEdit(plugin, { renamedTo: '@acme/other' })))).toEqual(['REVIEW_REQUIRED']);
    expect(codes(submit((plugin) => planEdit(plugin, { renamedTo: '@acme/nobody' })))).toContain(
      'RENAME_TARGET_INVALID',
    );
    expect(codes(submit((plugin) => planEdit(plugin, { renamedTo: NAME })))).toContain('RENAME_TARGET_INVALID');
    expect(codes(submit((plugin) => planEdit(plugin, { addAliases: [NAME] })))).toContain('ALIAS_TAKEN');
  });

  it('does not blame a change for what was wrong before', () => {
    const broken = index().status(NAME, { distTags: { latest: '1.1.0', old: '0.1.0' } });
    expect(codes(submit(deprecate('Old'), broken), ADA, broken)).toEqual([]);
  });
});
