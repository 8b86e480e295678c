import { randomUUID } from 'node:crypto';
import type { Guest } from '../host/guest.ts';
import { importPlugin } from './import-plugin.ts';
import type { Instance } from './instance.ts';

/** Brings a plugin into this process. @throws PLUGIN_IMPORT_FAILED, PLUGIN_EXPORT_INVALID */
export async function openLocal({ prepared }: Guest): Promise<Instance> {
  const plugin = await importPlugin(prepared, randomUUID());
  return { plugin, onCrash: () => undefined, close: () => Promise.resolve() };
}
