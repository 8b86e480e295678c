import { ArError } from '@ar-registry/core/errors';
import { nameProblem } from '@ar-registry/core/name';
import { parseWanted, type Wanted } from '@ar-registry/core/resolve';
import type { PluginName } from '@ar-registry/schemas';

/** A plugin of a registry, and which of its versions. */
export interface RegistrySpec {
  readonly name: PluginName;
  readonly wanted: Wanted;
}

/**
 * Reads `@scope/name` or `@scope/name@<version, range or tag>`, where only a plugin of a registry makes sense.
 *
 * @throws SPEC_INVALID
 */
export function parseRegistrySpec(text: string): RegistrySpec {
  const at = text.indexOf('@', 1);
  const name = at === -1 ? text : text.slice(0, at);
  const problem = nameProblem(name);
  if (problem !== undefined) throw new ArError('SPEC_INVALID', { spec: text, problem });
  const asked = at === -1 ? '' : text.slice(at + 1);
  const wanted = parseWanted(asked);
  if (wanted) return { name, wanted };
  throw new ArError('SPEC_INVALID', { spec: text, problem: `${asked} is no version, range or tag` });
}
