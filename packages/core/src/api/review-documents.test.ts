import { validator as isReviews } from '@ar-registry/schemas/validators/api/reviews';
import { describe, expect, it } from 'vitest';
import { testIndex } from '../../test/index-fixture.ts';
import { stringifyRecord } from '../yaml/index.ts';
import { toReviewDocuments } from './review-documents.ts';

const NAME = '@acme/audit';
const REMOVED = { reason: 'It sells another product.', at: '2026-06-02T12:00:00Z' };

/** By login: stars, and what else the record has. */
function documentsOf(reviews: Readonly<Record<string, readonly [number, object]>>) {
  const index = testIndex().version(NAME, '1.0.0');
  for (const [id, [login, [stars, rest]]] of Object.entries(reviews).entries()) {
    const author = { login, id: id + 100 };
    const record = { schemaVersion: 1, stars, version: '1.0.0', author, writtenAt: '2026-06-01T12:00:00Z', ...rest };
    index.file(`reviews/${NAME}/${login}.yaml`, stringifyRecord(record));
  }
  return toReviewDocuments(index.snapshot());
}

describe('what people say of a plugin', () => {
  it('is published without what was removed, which counts for nothing', () => {
    const { plugins, ratings } = documentsOf({ bob: [5, { text: 'Good.' }], eve: [1, { removed: REMOVED }] });
    expect(plugins.map((document) => isReviews(document).ok)).toEqual([true]);
    expect(plugins).toMatchObject([{ rating: { count: 1, mean: 5 }, stars: { 1: 0, 5: 1 }, removed: 1 }]);
    expect(plugins[0]?.reviews.map(({ author }) => author)).toEqual(['bob']);
    expect(ratings.ratings[NAME]).toMatchObject({ count: 1, mean: 5 });
  });

  it('says nothing of removals where there are none, and is not there where all were removed', () => {
    expect(documentsOf({ bob: [4, {}] }).plugins[0]).not.toHaveProperty('removed');
    expect(documentsOf({ eve: [1, { removed: REMOVED }] })).toMatchObject({ plugins: [], ratings: { ratings: {} } });
  });

  it('shows no text that a removal left behind', () => {
    const { plugins } = documentsOf({ bob: [5, {}], eve: [1, { text: 'Buy mine.', removed: REMOVED }] });
    expect(JSON.stringify(plugins)).not.toContain('Buy mine.');
  });
});
