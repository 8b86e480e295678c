import { isPluginName } from '@ar-registry/core/name';
import type { FailedPlugin } from '../loaded-plugin.ts';
import type { Host } from './host.ts';
import { createLogFile } from './log-file.ts';
import { createLogger } from './logger.ts';
import { logPath } from './places.ts';

/** Writes to a plugin's log why it did not start, where `ar plugin logs` finds it. Nothing if its name is not known. */
export async function logFailure({ name, error }: FailedPlugin, { dataDir, logLevel, now }: Host): Promise<void> {
  if (!isPluginName(name)) return;
  const file = createLogFile({ path: logPath(dataDir, name) });
  const { code, message, remedy } = error;
  createLogger({ file, level: logLevel, now }).error('could not be loaded', { code, error: message, remedy });
  await file.close();
}
