import type { PluginType } from '@ar-registry/schemas';

/** The values of `--type`. */
export const PLUGIN_TYPES = [
  'bridge',
  'storage',
  'memory',
  'policy',
  'hook',
  'widget',
] as const satisfies readonly PluginType[];
