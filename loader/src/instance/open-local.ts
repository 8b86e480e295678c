import type { Guest } from '../host/guest.ts';
import type { Host } from '../host/host.ts';
import { importPlugin } from './import-plugin.ts';
import type { Instance } from './instance.ts';

/** Brings a plugin into this process. @throws PLUGIN_IMPORT_FAILED, PLUGIN_EXPORT_INVALID */
export async function openLocal({ prepared }: Guest, { imports }: Pick<Host, 'imports'>): Promise<Instance> {
  const plugin = await importPlugin(prepared, imports);
  return { plugin, onCrash: () => undefined, close: () => Promise.resolve() };
}
