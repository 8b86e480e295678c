import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { splitName } from '@ar-registry/core/name';
import { makeFolder, translateFileError } from '@ar-registry/io/files';
import type { PluginName } from '@ar-registry/schemas';

/** The log of one plugin. @param projectDataDir agent-relay's data folder of the project */
export function logPath(projectDataDir: string, plugin: PluginName): string {
  return join(projectDataDir, 'plugins', 'logs', `${folderName(plugin)}.log`);
}

/** Makes the folder that belongs to one plugin alone, readable by the user alone. @throws DISK_FULL, FILE_ACCESS */
export async function makeDataDir(projectDataDir: string, plugin: PluginName): Promise<string> {
  const dir = join(projectDataDir, 'plugins', 'data', folderName(plugin));
  try {
    await makeFolder(dir, 0o700);
    await chmod(dir, 0o700);
  } catch (error) {
    throw translateFileError(error, dir);
  }
  return dir;
}

/** `@ar/audit-logger` → `ar__audit-logger`. No two names share a result: names hold no underscore. */
function folderName(plugin: PluginName): string {
  const { scope, base } = splitName(plugin);
  return `${scope}__${base}`;
}
