import type { Advisory } from '@ar-registry/core/advisory';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { validator as isAdvisories } from '@ar-registry/schemas/validators/api/advisories';
import { parseJson } from './parse-json.ts';

/** What the registry knows against its versions; nothing where it has no such list. @throws REGISTRY_RESPONSE_INVALID */
export function parseAdvisories(bytes: Uint8Array | undefined, origin: string): readonly Advisory[] {
  if (!bytes) return [];
  const list = isAdvisories(parseJson(bytes));
  if (list.ok) return list.value.advisories;
  const url = `${origin}/${routes.advisories}`;
  // Without it a mirror could hand on what was taken down.
  throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem: 'it is no list of advisories' });
}
