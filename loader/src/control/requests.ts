/** What each request of the control socket does. */
import { open } from 'node:fs/promises';
import { ArError, hasCode } from '@ar-registry/core/errors';
import type { ControlPlugin, ControlRequest, ControlResponse, PluginName } from '@ar-registry/schemas';
import { logPath } from '../host/places.ts';
import type { LoadedPlugin } from '../loaded-plugin.ts';
import type { LoaderControl } from '../loader.ts';

export interface ControlPorts {
  readonly loader: LoaderControl;
  /** agent-relay's data folder of the project. */
  readonly projectDataDir: string;
  readonly pid: number;
}

/** @throws PLUGIN_NOT_LOADED */
export async function answerRequest(request: ControlRequest, ports: ControlPorts): Promise<ControlResponse> {
  const { loader } = ports;
  const { id, method } = request;
  switch (method) {
    case 'health':
      return { id, method, result: await healthOf(ports) };
    case 'status':
      return { id, method, result: await statusOf(ports) };
    case 'logs':
      return { id, method, result: { lines: await readLog(request.params, ports) } };
    case 'reload':
      return { id, method, result: { plugin: describe(await reload(request.params.plugin, loader)) } };
    case 'metrics':
      return { id, method, result: { text: loader.metrics.toPrometheus() } };
    case 'decide':
      return { id, method, result: { decision: await loader.policy.decide(request.params.question) } };
  }
}

async function healthOf({ loader, pid }: ControlPorts) {
  const loaded = new Map(loader.getLoaded().map((plugin) => [plugin.name, plugin]));
  const plugins = (await loader.health()).map(({ name, status, health, sandbox, ...life }) => {
    const plugin = loaded.get(name);
    // `details` may be anything, of any size.
    const { status: own, message } = health ?? {};
    return {
      ...(plugin && describe(plugin)),
      ...(sandbox && { sandbox: { node: sandbox.node, missing: [...sandbox.missing] } }),
      ...life,
      name,
      status,
      ...(own && { health: { status: own, ...(message !== undefined && { message }) } }),
    };
  });
  return { pid, uptimeMs: Math.round(process.uptime() * 1000), memoryBytes: process.memoryUsage.rss(), plugins };
}

async function statusOf({ loader, pid }: ControlPorts) {
  const widgets = await loader.widgetsUrl;
  return { pid, plugins: loader.getLoaded().map(describe), ...(widgets !== undefined && { widgets }) };
}

/** One that was installed since the daemon started is loaded. @throws PLUGIN_NOT_LOADED */
async function reload(plugin: PluginName, loader: LoaderControl): Promise<LoadedPlugin> {
  try {
    return await loader.reload(plugin);
  } catch (error) {
    if (!hasCode(error, 'PLUGIN_NOT_LOADED')) throw error;
    const loaded = await loader.load(plugin);
    if (!hasCode(loaded.error, 'PLUGIN_NOT_INSTALLED')) return loaded;
    // Nobody has it: that is not to be told of as a plugin that failed from now on.
    await loader.unload(plugin);
    throw error;
  }
}

function describe({ name, status, version, type, error }: LoadedPlugin): ControlPlugin {
  return {
    name,
    status,
    ...(version !== undefined && { version }),
    ...(type && { type }),
    ...(error && { error: { code: error.code, message: error.message, remedy: error.remedy } }),
  };
}

const DEFAULT_LINES = 100;
/** Of the end of the file. */
const MAX_READ_BYTES = 1024 * 1024;

/** The last lines of a plugin's log, also of one that is not loaded; none if it has no log. */
async function readLog(
  { plugin, lines = DEFAULT_LINES }: { readonly plugin: PluginName; readonly lines?: number },
  { projectDataDir }: ControlPorts,
): Promise<string[]> {
  const path = logPath(projectDataDir, plugin);
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    const start = Math.max(0, size - MAX_READ_BYTES);
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(Math.min(size, MAX_READ_BYTES)),
      position: start,
    });
    const whole = buffer
      .subarray(0, bytesRead)
      .toString()
      .split('\n')
      .slice(start > 0 ? 1 : 0);
    return whole.filter((line) => line !== '').slice(-lines);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === 'ENOENT') return [];
    throw new ArError('FILE_ACCESS', { path, reason: String(code) }, { cause: error });
  }
}
