/**
 * Configured paths that a plugin is granted: a relative one starts at the project, wherever the plugin runs. In a process of
 * its own the current folder is another one, and a plugin does not know where the project is.
 */
import { resolve } from 'node:path';
import { toCamelCase } from '@ar-registry/core/text';
import type { NormalizedManifest } from '@ar-registry/schemas';
import type { Values } from './resolve.ts';

/** The values with those made absolute that a permission of the file system names as `${KEY}`. */
export function resolvePaths(
  { permissions: { filesystem } }: Pick<NormalizedManifest, 'permissions'>,
  values: Values,
  projectDir: string,
): Values {
  const keys = [...filesystem.read, ...filesystem.write].flatMap((grant) => /^\$\{(.+)\}$/.exec(grant)?.[1] ?? []);
  const paths = keys.flatMap((key) => {
    const name = toCamelCase(key);
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    // An empty one names nothing, and is refused where it is granted.
    return typeof value === 'string' && value.trim() !== '' ? [[name, resolve(projectDir, value)] as const] : [];
  });
  return { ...values, ...Object.fromEntries(paths) };
}
