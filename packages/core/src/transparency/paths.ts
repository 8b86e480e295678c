/** Files of the log that are no tiles, relative to where it lies. */
import type { PluginName } from '@ar-registry/schemas';

/** What the log is at this moment; the signed index pins it. */
export const CHECKPOINT_PATH = 'checkpoint';

/** What the log says of one plugin, and where. */
export function pluginLogPath(name: PluginName): string {
  return `plugins/${name}.json`;
}
