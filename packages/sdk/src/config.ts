/** An entry of `plugins` in `ar.config`, in object form. */
export interface PluginEntryOptions {
  /** `@scope/name`, `@scope/name@<range>` or `./folder`. */
  name: string;
  /** Range that the installed version must fit. */
  version?: string;
  /** Values for the plugin; keys as its README names them. Secrets belong in the environment. */
  config?: Record<string, unknown>;
  enabled?: boolean;
  /** `none` runs a plugin in the daemon's process although its trust level asks for a sandbox. */
  isolation?: 'process' | 'none';
  /** Milliseconds `onLoad` may take. */
  loadTimeoutMs?: number;
}

/** `@scope/name`, `@scope/name@<range>`, `./folder`, or an object. */
export type PluginEntry = string | PluginEntryOptions;

/** What `ar.config.ts`, `.js`, `.mjs` or `.json` exports as default. */
export interface ArConfig {
  plugins: PluginEntry[];
}

/** Returns its argument, typed. */
export function defineConfig(config: ArConfig): ArConfig {
  return config;
}
