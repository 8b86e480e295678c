import { validator } from '@ar-registry/schemas/validators/api/changes';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testIndex, type IndexBuilder } from '../../test/index-fixture.ts';
import { changesIn, toChangesDocument } from './index.ts';

const idsOf = (index: IndexBuilder): readonly string[] => changesIn(index.snapshot()).map(({ id }) => id);
const at = (publishedAt: string): { readonly publishedAt: string } => ({ publishedAt });

describe('what happened in a registry', () => {
  it('is the newest first, and the first version of a plugin publishes it', () => {
    const index = testIndex()
      .version('@acme/audit', '1.0.0', at('2026-01-02T00:00:00Z'))
      .version('@acme/audit', '1.1.0', at('2026-03-01T00:00:00.500Z'))
      .version('@acme/chat', '0.1.0', at('2026-02-01T00:00:00Z'));
    expect(idsOf(index)).toEqual([
      'plugin.updated:@acme/audit@1.1.0',
      'plugin.published:@acme/chat',
      'plugin.published:@acme/audit',
    ]);
  });

  it('takes the version that came first for the first, whatever its number', () => {
    const index = testIndex()
      .version('@acme/audit', '2.0.0', at('2026-01-01T00:00:00Z'))
      .version('@acme/audit', '1.9.9', at('2026-02-01T00:00:00Z'));
    expect(idsOf(index)).toEqual(['plugin.updated:@acme/audit@1.9.9', 'plugin.published:@acme/audit']);
  });

  it('has advisories, and revocations by those that forbid something', () => {
    const index = testIndex()
      .version('@acme/audit', '1.0.0', at('2026-01-01T00:00:00Z'))
      .advisory({ published: '2026-04-01T00:00:00Z' })
      .advisory({ id: 'AR-2026-0002', action: 'warn' });
    expect(idsOf(index)).toEqual([
      'advisory.published:AR-2026-0002',
      'plugin.revoked:AR-2026-0001',
      'advisory.published:AR-2026-0001',
      'plugin.published:@acme/audit',
    ]);
  });

  it('says of an advisory that was withdrawn that it was, and revokes nothing by it', () => {
    const index = testIndex().advisory({ published: '2026-04-01T00:00:00Z', withdrawn: '2026-06-01T00:00:00Z' });
    expect(idsOf(index)).toEqual(['advisory.withdrawn:AR-2026-0001', 'advisory.published:AR-2026-0001']);
  });

  it('lists how things stand where no record has a time', () => {
    const index = testIndex()
      .version('@acme/audit', '1.0.0')
      .version('@acme/audit', '1.1.0')
      .version('@acme/old', '1.0.0')
      .plugin('@acme/old', { renamedTo: '@acme/audit' })
      .status('@acme/audit', { deprecated: { '1.0.0': 'Old.' }, yanked: { '1.1.0': 'Broken.' } });
    expect(toChangesDocument(index.snapshot()).standing).toEqual([
      {
        id: 'plugin.yanked:@acme/audit@1.1.0',
        type: 'plugin.yanked',
        plugin: '@acme/audit',
        version: '1.1.0',
        reason: 'Broken.',
      },
      {
        id: 'plugin.deprecated:@acme/audit@1.0.0',
        type: 'plugin.deprecated',
        plugin: '@acme/audit',
        version: '1.0.0',
        reason: 'Old.',
      },
      { id: 'plugin.renamed:@acme/old', type: 'plugin.renamed', plugin: '@acme/old', renamedTo: '@acme/audit' },
    ]);
  });

  it('is a document of its schema, has each id once, and is the same for records in any order', () => {
    const number = fc.nat({ max: 3 });
    const version = fc.tuple(number, number, number).map((parts) => parts.join('.'));
    const publication = fc.record({ plugin: fc.constantFrom('@acme/a', '@acme/b'), version, day: fc.nat({ max: 5 }) });
    fc.assert(
      fc.property(
        fc.uniqueArray(publication, { selector: (one) => one.plugin + one.version, maxLength: 12 }),
        (all) => {
          const build = (of: typeof all): ReturnType<typeof toChangesDocument> => {
            const index = testIndex();
            for (const one of of) index.version(one.plugin, one.version, at(`2026-01-0${one.day + 1}T00:00:00Z`));
            return toChangesDocument(index.snapshot());
          };
          const document = build(all);
          expect(validator(document).ok).toBe(true);
          expect(new Set(document.changes.map(({ id }) => id)).size).toBe(all.length);
          expect(build(all.toReversed())).toEqual(document);
        },
      ),
      { numRuns: 30 },
    );
  });
});
