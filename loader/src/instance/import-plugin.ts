import { pathToFileURL } from 'node:url';
import { ArError } from '@ar-registry/core/errors';
import type { Plugin } from '@ar-registry/sdk';
import { defaultExport, describeExport } from '../bridge/describe-export.ts';
import { describeThrown } from '../contain.ts';
import type { PreparedPlugin } from '../prepare.ts';
import { checkDescription } from './check-export.ts';
import type { FreshImports } from './fresh-import.ts';
import { PLUGIN_SURFACES } from './plugin-surface.ts';

/**
 * Imports a plugin into this process. This is where its code first runs.
 *
 * @throws PLUGIN_IMPORT_FAILED, PLUGIN_EXPORT_INVALID
 */
export async function importPlugin(
  { name, mainPath, dir, type }: PreparedPlugin,
  imports: Pick<FreshImports, 'urlOf'>,
): Promise<Plugin> {
  const url = imports.urlOf(pathToFileURL(mainPath), dir);
  const exported = defaultExport(await importModule(name, url));
  const surface = PLUGIN_SURFACES[type];
  const paths = surface.methods.map(({ path }) => path);
  checkDescription(name, describeExport(exported, paths), surface);
  return exported as Plugin;
}

async function importModule(plugin: string, url: string): Promise<object> {
  try {
    return (await import(/* @vite-ignore */ url)) as object;
  } catch (error) {
    throw new ArError('PLUGIN_IMPORT_FAILED', { plugin, reason: describeThrown(error) }, { cause: error });
  }
}
