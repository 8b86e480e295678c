import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ArError } from '@ar-registry/core/errors';
import type { RelayPackage } from './locate.ts';
import type { DaemonClass, RelayClientClass, RelayModules } from './types.ts';

/**
 * Imports agent-relay's parts one by one: its main entry needs native code that these do not.
 *
 * agent-relay reads `AGENT_RELAY_DATA_DIR` and its log settings from the environment at this moment, once.
 *
 * @throws AGENT_RELAY_UNSUPPORTED if this 1.x is laid out in another way
 */
export async function importRelay({ dir, version }: RelayPackage): Promise<RelayModules> {
  try {
    const [server, client, namespace] = await Promise.all([
      importFrom<{ Daemon: DaemonClass }>(dir, 'dist/daemon/server.js'),
      importFrom<{ RelayClient: RelayClientClass }>(dir, 'dist/wrapper/client.js'),
      importFrom<Pick<RelayModules, 'ensureProjectDir' | 'findProjectRoot'>>(dir, 'dist/utils/project-namespace.js'),
    ]);
    const { ensureProjectDir, findProjectRoot } = namespace;
    return { Daemon: server.Daemon, RelayClient: client.RelayClient, ensureProjectDir, findProjectRoot };
  } catch (error) {
    throw new ArError('AGENT_RELAY_UNSUPPORTED', { found: version }, { cause: error });
  }
}

async function importFrom<Module>(dir: string, path: string): Promise<Module> {
  return (await import(/* @vite-ignore */ pathToFileURL(join(dir, path)).href)) as Module;
}
