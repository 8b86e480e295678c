import type { NormalizedManifest, PluginManifest } from '@ar-registry/schemas';
import { grantAll } from '../permission/index.ts';

type Flags = Readonly<Record<string, boolean>>;
type Authored = Readonly<Record<string, unknown>>;

/**
 * The manifest with one spelling for everything: lists of one-key maps become maps, `file | s3` becomes a list,
 * defaults are filled in, and keys stand in a fixed order. Normalising twice changes nothing.
 */
export function normalizeManifest(manifest: PluginManifest): NormalizedManifest {
  const authored = manifest as unknown as Authored;
  const normalized = {
    ...pick(authored, ['name', 'version', 'type', 'description', 'author', 'repository', 'license', 'main', 'types']),
    config: {
      ...pick((authored['config'] ?? {}) as Authored, ['schema']),
      required: manifest.config?.required ?? [],
      optional: manifest.config?.optional ?? [],
    },
    dependencies: sortKeys(manifest.dependencies ?? {}),
    peerDependencies: sortKeys(manifest.peerDependencies ?? {}),
    tags: manifest.tags ?? [],
    ...pick(authored, ['category', 'minVersion', 'homepage', 'bugs', 'changelog']),
    permissions: grantAll(manifest.permissions ?? {}),
    ...typeFields(manifest.type, authored),
  };
  // The schema has checked every field; the branch that `type` selects is what typeFields fills in.
  return normalized as unknown as NormalizedManifest;
}

function typeFields(type: PluginManifest['type'], authored: Authored): Authored {
  switch (type) {
    case 'bridge':
      return { provides: authored['provides'] ?? [] };
    case 'storage':
    case 'memory':
    case 'policy':
      return { implements: authored['implements'] ?? [], features: toFlags(authored['features']) };
    case 'hook':
      return { hooks: toFlags(authored['hooks']), outputs: toOutputs(authored['outputs']) };
    case 'widget':
      return { displays: authored['displays'] ?? [], ...pick(authored, ['observes']) };
  }
}

function toFlags(value: unknown): Flags {
  if (Array.isArray(value)) return Object.assign({}, ...(value as readonly Flags[])) as Flags;
  return (value ?? {}) as Flags;
}

function toOutputs(value: unknown): readonly object[] {
  return ((value ?? []) as readonly { format: string; destination: string | readonly string[] }[]).map(
    ({ format, destination }) => ({
      format,
      destination: typeof destination === 'string' ? destination.split('|').map((part) => part.trim()) : destination,
    }),
  );
}

function pick(source: Authored, keys: readonly string[]): Authored {
  return Object.fromEntries(keys.filter((key) => source[key] !== undefined).map((key) => [key, source[key]]));
}

function sortKeys<Value>(map: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
