import { routes } from '@ar-registry/core/layout';
import type { ApiClient } from '@ar-registry/io/api-client';
import type { PluginName, Rating, ReviewsDocument } from '@ar-registry/schemas';
import { readCounted, type Counted } from './counted.ts';

/**
 * How people rate a plugin; undefined where nobody has.
 *
 * @param client of the registry of this plugin: no other may rate it, or learn that it is asked for
 */
export async function ratingOf(name: PluginName, client: ApiClient, signal: AbortSignal): Promise<Rating | undefined> {
  const asked: Counted<ReviewsDocument> = {
    route: routes.reviews(name),
    what: 'ratings',
    load: async () => (await import('@ar-registry/schemas/validators/api/reviews')).validator,
  };
  return (await readCounted(asked, client, signal))?.rating;
}
