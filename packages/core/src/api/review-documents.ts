import type { PluginName, RatingsDocument, ReviewRecord, ReviewsDocument } from '@ar-registry/schemas';
import { ratingOf } from '../reviews/index.ts';
import type { Snapshot } from '../snapshot/index.ts';

export interface ReviewDocuments {
  readonly plugins: readonly ReviewsDocument[];
  readonly ratings: RatingsDocument;
}

const MOST_REVIEWS = 200;

/** Of the plugins that are there; one that nobody rated has no document. */
export function toReviewDocuments({ plugins, reviews }: Snapshot): ReviewDocuments {
  const rated = plugins.flatMap(({ name }) => {
    const own = reviews.get(name) ?? [];
    return own.length === 0 ? [] : [{ name, own }];
  });
  return {
    plugins: rated.map(({ name, own }) => toReviews(name, own)),
    ratings: { schemaVersion: 1, ratings: Object.fromEntries(rated.map(({ name, own }) => [name, ratingOf(own)])) },
  };
}

function toReviews(name: PluginName, reviews: readonly ReviewRecord[]): ReviewsDocument {
  const count = (stars: number): number => reviews.filter((review) => review.stars === stars).length;
  const newest = reviews.toSorted(
    (a, b) => Date.parse(b.writtenAt) - Date.parse(a.writtenAt) || a.author.id - b.author.id,
  );
  return {
    schemaVersion: 1,
    name,
    rating: ratingOf(reviews),
    stars: { 1: count(1), 2: count(2), 3: count(3), 4: count(4), 5: count(5) },
    reviews: newest.slice(0, MOST_REVIEWS).map(({ author, stars, version, text, writtenAt }) => ({
      author: author.login,
      stars,
      version,
      ...(text === undefined ? {} : { text }),
      writtenAt,
    })),
  };
}
