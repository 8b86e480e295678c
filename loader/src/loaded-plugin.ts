import type { ArError } from '@ar-registry/core/errors';
import type { NormalizedManifest, PluginType } from '@ar-registry/schemas';

/** A plugin that runs: the shape every loaded plugin has in the design. */
export interface ActivePlugin {
  readonly name: string;
  readonly version: string;
  readonly type: PluginType;
  /** What the plugin exports. */
  readonly instance: unknown;
  readonly manifest: NormalizedManifest;
  readonly status: 'active';
  readonly error?: undefined;
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
  readonly error?: undefined;
}

/** What became of one entry of the configuration. */
export type LoadedPlugin = ActivePlugin | FailedPlugin | DisabledPlugin;
