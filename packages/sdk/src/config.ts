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
  /**
   * What becomes of a message while the plugin that decides about it fails, hangs or could not be loaded. `deny` unless
   * given for a policy, `allow` for a hook with `beforeMessage`; other types ignore it.
   */
  onFailure?: 'allow' | 'deny';
}

/** `@scope/name`, `@scope/name@<range>`, `./folder`, or an object. */
export type PluginEntry = string | PluginEntryOptions;

/** How plugins that run in a process of their own are kept in; see docs/sandbox.md. */
export interface SandboxOptions {
  /** Refuses to load a plugin where any wall is missing; otherwise its log and status say which. */
  strict?: boolean;
  /** Path of the Node.js that runs plugins; the daemon's own unless given. Node.js 25 and later have more walls. */
  node?: string;
}

/** What `ar.config.ts`, `.js`, `.mjs` or `.json` exports as default. */
export interface ArConfig {
  plugins: PluginEntry[];
  /** `'strict'` is short for `{ strict: true }`. */
  sandbox?: 'strict' | SandboxOptions;
}

/** Returns its argument, typed. */
export function defineConfig(config: ArConfig): ArConfig {
  return config;
}
