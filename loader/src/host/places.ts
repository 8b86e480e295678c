import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { pluginFolderName, pluginLogFile, pluginLogsPath } from '@ar-registry/core/layout';
import { makeFolder, translateFileError } from '@ar-registry/io/files';
import type { PluginName } from '@ar-registry/schemas';

/** The log of one plugin. @param projectDataDir agent-relay's data folder of the project */
export function logPath(projectDataDir: string, plugin: PluginName): string {
  return join(pluginLogsPath(projectDataDir), pluginLogFile(plugin));
}

/** Makes the folder that belongs to one plugin alone, readable by the user alone. @throws DISK_FULL, FILE_ACCESS */
export async function makeDataDir(projectDataDir: string, plugin: PluginName): Promise<string> {
  const dir = join(projectDataDir, 'plugins', 'data', pluginFolderName(plugin));
  try {
    await makeFolder(dir, 0o700);
    chmodSync(dir, 0o700);
  } catch (error) {
    throw translateFileError(error, dir);
  }
  return dir;
}
