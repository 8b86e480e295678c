import type { ArError } from '@ar-registry/core/errors';
import type { ControlHealthResponse, PluginType } from '@ar-registry/schemas';

/** How one plugin is: as the daemon says, or, without one, as far as can be known. */
export interface PluginState {
  readonly name: string;
  readonly version?: string;
  readonly type?: PluginType;
  /**
   * Of the daemon: `healthy`, `degraded`, `unhealthy` (as the plugin says), `failed`, `disabled`, `not-loaded` (installed
   * after the daemon was started). Without one: `ready`, `broken`, `disabled`.
   */
  readonly state: 'healthy' | 'degraded' | 'unhealthy' | 'failed' | 'disabled' | 'not-loaded' | 'ready' | 'broken';
  /** What the plugin says of itself; attacker-controlled. */
  readonly message?: string;
  readonly problems: readonly Problem[];
  /** As the daemon counts them. */
  readonly restarts?: number;
  readonly loadMs?: number;
  readonly uptimeMs?: number;
  readonly memoryBytes?: number;
}

export type Problem = Pick<ArError, 'message' | 'remedy'> & { readonly code: string };

/** What a daemon says of one plugin. */
export function reportedState(reported: ControlHealthResponse['result']['plugins'][number]): PluginState {
  const { status, health, error, sandbox: _sandbox, ...facts } = reported;
  const state = { active: health?.status ?? 'healthy', error: 'failed', disabled: 'disabled' } as const;
  const message = health?.message;
  return { ...facts, state: state[status], ...(message !== undefined && { message }), problems: error ? [error] : [] };
}

/** Whether somebody has to do something. */
export function isIll({ state }: PluginState): boolean {
  return ['unhealthy', 'failed', 'not-loaded', 'broken'].includes(state);
}
