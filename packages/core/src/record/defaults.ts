import type { RegistryRecord } from '@ar-registry/schemas';

/** Scopes that only the Agent Relay team publishes in, in every registry. */
export const RESERVED_SCOPES: readonly string[] = ['ar', 'agent-relay', 'agentrelay'];

export type RegistryLimits = Required<NonNullable<RegistryRecord['limits']>>;

const DEFAULTS: RegistryLimits = {
  archiveBytes: 10 * 1024 * 1024,
  unpackedBytes: 50 * 1024 * 1024,
  fileBytes: 20 * 1024 * 1024,
  fileCount: 5000,
};

/** The limits of a registry, with the defaults where it names none. */
export function limitsOf(registry: RegistryRecord): RegistryLimits {
  return { ...DEFAULTS, ...registry.limits };
}
