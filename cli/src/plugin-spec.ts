import { ArError } from '@ar-registry/core/errors';
import { parseSpec, type InstallSpec } from '@ar-registry/core/install';

export type RegistrySpec = Extract<InstallSpec, { kind: 'registry' }>;

/**
 * Reads `@scope/name` or `@scope/name@<version, range or tag>`, where only a plugin of a registry makes sense.
 *
 * @throws SPEC_INVALID
 */
export function parseRegistrySpec(text: string): RegistrySpec {
  const spec = parseSpec(text);
  if (spec.kind === 'registry') return spec;
  throw new ArError('SPEC_INVALID', { spec: text, problem: 'it is a path, and a plugin of the registry is asked for' });
}
