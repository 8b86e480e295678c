import { pathToFileURL } from 'node:url';
import { ArError } from '@ar-registry/core/errors';
import type { Plugin } from '@ar-registry/sdk';
import { describeThrown } from '../contain.ts';
import type { PreparedPlugin } from '../prepare.ts';
import { freshUrl } from './fresh-import.ts';

const METHODS = ['onLoad', 'onUnload', 'health', 'onMessage', 'onConnect', 'onDisconnect'] as const;

/**
 * Imports a plugin into this process. This is where its code first runs.
 *
 * @param generation makes the import a new one; the same generation gives the same module
 * @throws PLUGIN_IMPORT_FAILED, PLUGIN_EXPORT_INVALID
 */
export async function importPlugin({ name, mainPath, dir }: PreparedPlugin, generation: string): Promise<Plugin> {
  const url = freshUrl(pathToFileURL(mainPath), { dir, generation });
  const namespace = await importModule(name, url);
  return checkPlugin(name, defaultExport(namespace));
}

async function importModule(plugin: string, url: string): Promise<object> {
  try {
    return (await import(/* @vite-ignore */ url)) as object;
  } catch (error) {
    throw new ArError('PLUGIN_IMPORT_FAILED', { plugin, reason: describeThrown(error) }, { cause: error });
  }
}

/** Compilers that emit CommonJS put the default export one level down. */
function defaultExport(namespace: object): unknown {
  const exported = (namespace as { readonly default?: unknown }).default;
  const isTranspiled = typeof exported === 'object' && exported !== null && '__esModule' in exported;
  return isTranspiled ? (exported as { readonly default?: unknown }).default : exported;
}

function checkPlugin(plugin: string, exported: unknown): Plugin {
  const problem = problemOf(exported);
  if (problem !== undefined) throw new ArError('PLUGIN_EXPORT_INVALID', { plugin, problem });
  return exported as Plugin;
}

function problemOf(exported: unknown): string | undefined {
  if (exported === undefined) return 'it has no default export';
  if (typeof exported !== 'object' || exported === null)
    return `its default export is a ${typeof exported}, not an object`;
  const methods = exported as Readonly<Record<string, unknown>>;
  const wrong = METHODS.find((method) => methods[method] !== undefined && typeof methods[method] !== 'function');
  return wrong === undefined ? undefined : `\`${wrong}\` is not a function`;
}
