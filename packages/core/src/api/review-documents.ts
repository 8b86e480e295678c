import type { PluginName, Rating, RatingsDocument, ReviewRecord, ReviewsDocument } from '@ar-registry/schemas';
import { ratingOf } from '../reviews/index.ts';
import type { Snapshot } from '../snapshot/index.ts';

export interface ReviewDocuments {
  readonly plugins: readonly ReviewsDocument[];
  readonly ratings: RatingsDocument;
}

const MOST_REVIEWS = 200;

/** Of the plugins that are there; one that nobody rated has no document, and what was removed counts for nothing. */
export function toReviewDocuments({
  plugins,
  reviews,
}: Pick<Snapshot, 'reviews'> & { readonly plugins: readonly { readonly name: PluginName }[] }): ReviewDocuments {
  const rated = plugins.flatMap(({ name }) => {
    const all = reviews.get(name) ?? [];
    const rating = ratingOf(all);
    return rating ? [{ name, rating, all }] : [];
  });
  return {
    plugins: rated.map(toReviews),
    ratings: { schemaVersion: 1, ratings: Object.fromEntries(rated.map(({ name, rating }) => [name, rating])) },
  };
}

interface Rated {
  readonly name: PluginName;
  readonly rating: Rating;
  readonly all: readonly ReviewRecord[];
}

function toReviews({ name, rating, all }: Rated): ReviewsDocument {
  const reviews = all.filter(({ removed }) => removed === undefined);
  const removed = all.length - reviews.length;
  const count = (stars: number): number => reviews.filter((review) => review.stars === stars).length;
  const newest = reviews.toSorted(
    (a, b) => Date.parse(b.writtenAt) - Date.parse(a.writtenAt) || a.author.id - b.author.id,
  );
  return {
    schemaVersion: 1,
    name,
    rating,
    stars: { 1: count(1), 2: count(2), 3: count(3), 4: count(4), 5: count(5) },
    ...(removed === 0 ? {} : { removed }),
    reviews: newest.slice(0, MOST_REVIEWS).map(({ author, stars, version, text, writtenAt }) => ({
      author: author.login,
      stars,
      version,
      ...(text === undefined ? {} : { text }),
      writtenAt,
    })),
  };
}
