import { ArError, isArError } from '@ar-registry/core/errors';
import type { NormalizedManifest, PluginType } from '@ar-registry/schemas';
import { describeThrown } from './contain.ts';
import type { PreparedPlugin } from './prepare.ts';

/** A plugin that runs: the shape every loaded plugin has in the design. */
export interface ActivePlugin {
  readonly name: string;
  readonly version: string;
  readonly type: PluginType;
  /** What the plugin exports. */
  readonly instance: unknown;
  readonly manifest: NormalizedManifest;
  readonly status: 'active';
  readonly error?: never;
}

/** A plugin that does not run. What could not be found out about it is undefined. */
interface IdlePlugin {
  /** The entry's own text as long as the plugin's name is not known. */
  readonly name: string;
  readonly version: string | undefined;
  readonly type: PluginType | undefined;
  readonly instance: undefined;
  readonly manifest: NormalizedManifest | undefined;
}

export interface FailedPlugin extends IdlePlugin {
  readonly status: 'error';
  /** Code, message and remedy. */
  readonly error: ArError;
}

export interface DisabledPlugin extends IdlePlugin {
  readonly status: 'disabled';
  readonly error?: never;
}

/** What became of one entry of the configuration. */
export type LoadedPlugin = ActivePlugin | FailedPlugin | DisabledPlugin;

/** The facts of a plugin of which nothing is known. */
export const UNKNOWN = { version: undefined, type: undefined, instance: undefined, manifest: undefined } as const;

/** An entry that could not even be read. */
export function unreadable(label: string, error: ArError): FailedPlugin {
  return { ...UNKNOWN, name: label, status: 'error', error };
}

/** A plugin that was prepared and then failed. */
export function failedPrepared({ name, version, type, manifest }: PreparedPlugin, error: unknown): FailedPlugin {
  return { name, version, type, manifest, instance: undefined, status: 'error', error: toArError(name, error) };
}

/** An error that is none of ours is a bug of the loader; still it must not stop the other plugins. */
export function toArError(plugin: string, error: unknown): ArError {
  if (isArError(error)) return error;
  return new ArError('PLUGIN_LOAD_FAILED', { plugin, reason: describeThrown(error) }, { cause: error });
}
