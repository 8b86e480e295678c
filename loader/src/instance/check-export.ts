import { ArError } from '@ar-registry/core/errors';
import type { ExportDescription } from '../bridge/protocol.ts';
import type { PluginSurface } from './plugin-surface.ts';

/**
 * Checks what a plugin exports against its type. The description may come from a hostile process.
 *
 * @throws PLUGIN_EXPORT_INVALID
 */
export function checkDescription(plugin: string, description: ExportDescription, surface: PluginSurface): void {
  const problem = problemOf(description, surface);
  if (problem !== undefined) throw new ArError('PLUGIN_EXPORT_INVALID', { plugin, problem });
}

function problemOf({ exported, members }: ExportDescription, { methods }: PluginSurface): string | undefined {
  if (exported === 'undefined') return 'it has no default export';
  if (exported !== 'object' || typeof members !== 'object' || members === null)
    return `its default export is a ${kindOf(exported)}, not an object`;
  const typeOf = (path: string): string | undefined => (Object.hasOwn(members, path) ? members[path] : undefined);
  const wrong = methods.find(({ path }) => typeOf(path) !== undefined && typeOf(path) !== 'function');
  if (wrong) return `\`${wrong.path}\` is not a function`;
  const missing = methods.find(({ path, required }) => required && typeOf(path) === undefined);
  return missing && `it has no method \`${missing.path}\``;
}

const KINDS: readonly unknown[] = ['null', 'function', 'string', 'number', 'boolean', 'symbol', 'bigint'];

function kindOf(exported: unknown): string {
  return KINDS.includes(exported) ? String(exported) : 'value';
}
