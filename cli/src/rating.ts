import { ArError, hasCode } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import type { ApiClient } from '@ar-registry/io/api-client';
import type { PluginName, Rating } from '@ar-registry/schemas';

const LIMIT_BYTES = 4 * 1024 * 1024;

/** How people rate a plugin; undefined where nobody has. Nothing is decided by it, so it is not signed. */
export async function ratingOf(name: PluginName, client: ApiClient, signal: AbortSignal): Promise<Rating | undefined> {
  try {
    const text = (await client.file(routes.reviews(name), LIMIT_BYTES, signal)).toString('utf8');
    const { validator } = await import('@ar-registry/schemas/validators/api/reviews');
    const result = validator(JSON.parse(text));
    if (result.ok) return result.value.rating;
  } catch (error) {
    if (hasCode(error, 'REGISTRY_STATUS') && [404, 410].includes(error.facts.status)) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  const url = `${client.registryOf(name)}/${routes.reviews(name)}`;
  throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem: 'it holds no ratings' });
}
