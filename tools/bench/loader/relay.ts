/** A daemon with plugins in this process, and clients of it. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Published from '../../../loader/src/start-relay.ts';
import { createProject, removeWorkDir, type PluginSource } from '../../../loader/test/support/project.ts';
import { RELAY_DIR } from '../../../loader/test/support/relay-dir.ts';

/** Of agent-relay's client, what is used here. */
export interface Client {
  onMessage?: (from: string, message: { readonly body: string }) => void;
  connect(): Promise<void>;
  sendMessage(to: string, body: string): boolean;
  destroy(): void;
}

type ClientClass = new (options: object) => Client;

export type Where = 'in-process' | 'isolated';

export interface BenchRelay extends Published.RunningRelay, AsyncDisposable {
  /** Absolute paths of the plugins' folders, in their order. */
  readonly folders: readonly string[];
  /** The daemon drops what one agent sends beyond 500 messages a second, which a fast machine reaches. */
  allowMoreFrom(agentName: string): void;
}

/** Of the daemon, what its types keep to themselves. */
interface Routing {
  readonly router: { resetRateLimit(agentName: string): void };
}

/** Starts the daemon with plugins that are in its process, as those are that are official, or each in one of its own. */
export async function startBenchRelay(plugins: readonly PluginSource[], where: Where): Promise<BenchRelay> {
  silence();
  const project = createProject();
  const folders: string[] = [];
  for (const plugin of plugins) {
    folders.push(
      (await project.install(plugin, { trust: where === 'isolated' ? 'community' : 'official' })).packageDir,
    );
  }
  const entries = plugins.map(({ name }) => ({ name, loadTimeoutMs: 60_000 }));
  project.write('ar.config.json', JSON.stringify({ plugins: entries }));
  const { startRelay } = await importBuilt();
  const relay = await startRelay({ project: project.dir, env: { ...process.env, ...project.env } });
  const failed = relay.loader.getLoaded().find(({ status }) => status !== 'active');
  if (failed || relay.configError) throw new Error(String(failed?.error?.message ?? relay.configError?.message));
  return {
    ...relay,
    folders,
    allowMoreFrom: (agentName) => (relay.daemon as unknown as Routing).router.resetRateLimit(agentName),
    [Symbol.asyncDispose]: async () => {
      await relay.stop();
      removeWorkDir();
    },
  };
}

/** What is published, and not the sources, which Node.js would have to strip of their types in each plugin's process. */
export async function importBuilt(): Promise<typeof Published> {
  const file = path.resolve(import.meta.dirname, '../../../loader/dist/start-relay.js');
  return (await import(pathToFileURL(file).href)) as typeof Published;
}

/** agent-relay prints every message. */
export function silence(): void {
  process.env['AGENT_RELAY_LOG_LEVEL'] = 'NONE';
  console.log = () => undefined;
}

export async function connectClient(socketPath: string, agentName: string): Promise<Client> {
  const url = pathToFileURL(path.join(RELAY_DIR, 'dist/wrapper/client.js')).href;
  const { RelayClient } = (await import(url)) as { RelayClient: ClientClass };
  const client = new RelayClient({ socketPath, agentName, quiet: true, reconnect: false });
  await client.connect();
  return client;
}
