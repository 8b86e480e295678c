import type { Plugin, PluginContext } from '@ar-registry/sdk';
import type { PluginType } from '@ar-registry/schemas';
import type { Peer } from '../bridge/peer.ts';
import type { ExportDescription } from '../bridge/protocol.ts';
import { PLUGIN_SURFACES } from '../instance/plugin-surface.ts';
import type { Denials } from './denials.ts';
import type { Services } from './services.ts';

export interface RemotePorts {
  readonly type: PluginType;
  readonly peer: Peer;
  readonly services: Services;
  readonly denials: Denials;
}

/**
 * The plugin as the daemon's process sees it: every method of its type that it has, each an asynchronous call. What a
 * guest says that it has beyond that is not there.
 */
export function createRemotePlugin(
  { members }: ExportDescription,
  { type, peer, services, denials }: RemotePorts,
): Plugin {
  const surface = PLUGIN_SURFACES[type];
  const plugin: Record<string, unknown> = {};
  const call = async (method: string, args: readonly unknown[]): Promise<unknown> => {
    try {
      return await peer.call(method, args);
    } catch (error) {
      denials.tellOf(error);
      throw error;
    }
  };
  for (const { path } of surface.methods)
    if (Object.hasOwn(members, path)) define(plugin, path, (...args) => call('method', [path, ...args]));
  // The context itself stays here: the guest makes its own.
  plugin['onLoad'] = async (_context: PluginContext): Promise<void> => {
    services.start();
    if (!Object.hasOwn(members, 'onLoad') && surface.values.length === 0) return;
    const values = await call('load', surface.values);
    for (const name of surface.values) plugin[name] = ownValue(values, name);
  };
  return plugin;
}

type Method = (...args: readonly unknown[]) => Promise<unknown>;

function define(plugin: Record<string, unknown>, path: string, method: Method): void {
  const [first = '', second] = path.split('.');
  if (second === undefined) plugin[first] = method;
  else plugin[first] = { ...(plugin[first] as object | undefined), [second]: method };
}

function ownValue(values: unknown, name: string): unknown {
  if (typeof values !== 'object' || values === null || !Object.hasOwn(values, name)) return undefined;
  return (values as Readonly<Record<string, unknown>>)[name];
}
