/** What a registry has counted. Nothing is decided by it, so it is not signed. */
import { ArError, hasCode } from '@ar-registry/core/errors';
import type { ApiClient } from '@ar-registry/io/api-client';
import type { Validator } from '@ar-registry/schemas';

export interface Counted<T> {
  readonly route: string;
  /** What the file holds: `ratings`. */
  readonly what: string;
  readonly load: () => Promise<Validator<T>>;
  /** Whether it is about what was asked for. */
  readonly isRight?: (document: T) => boolean;
}

const LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * A document; undefined where the registry has none.
 *
 * @throws REGISTRY_RESPONSE_INVALID, and what `ApiClient.file` throws
 */
export async function readCounted<T>(
  { route, what, load, isRight }: Counted<T>,
  client: ApiClient,
  signal: AbortSignal,
): Promise<T | undefined> {
  const text = await readCountedText(route, client, signal);
  if (text === undefined) return undefined;
  const result = (await load())(parseJson(text));
  if (result.ok && (isRight?.(result.value) ?? true)) return result.value;
  throw new ArError('REGISTRY_RESPONSE_INVALID', {
    url: `${client.registryUrl}/${route}`,
    problem: `it holds no ${what}`,
  });
}

/** The text of a file; undefined where the registry has none. @throws what `ApiClient.file` throws */
export async function readCountedText(
  route: string,
  client: ApiClient,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await client.file(route, LIMIT_BYTES, signal)).toString('utf8');
  } catch (error) {
    if (hasCode(error, 'REGISTRY_STATUS') && [404, 410].includes(error.facts.status)) return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the validator
  }
}
