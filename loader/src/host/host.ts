import type { Daemon } from '@ar-registry/sdk';
import type { RelayClientClass } from '../relay/types.ts';
import type { AgentNames } from './agent-names.ts';
import type { Blame } from './blame.ts';
import type { EventBus } from './event-bus.ts';
import type { LogLevel } from './logger.ts';
import type { MetricsRegistry } from './metrics.ts';

export interface HostLimits {
  /** For one event, in one hook. */
  readonly eventTimeoutMs: number;
  readonly unloadTimeoutMs: number;
  readonly healthTimeoutMs: number;
  /** Of one hook plugin's queue. */
  readonly maxQueuedEvents: number;
  readonly maxQueuedBytes: number;
}

export const DEFAULT_LIMITS: HostLimits = {
  eventTimeoutMs: 5_000,
  unloadTimeoutMs: 5_000,
  healthTimeoutMs: 5_000,
  maxQueuedEvents: 10_000,
  maxQueuedBytes: 16 * 1024 * 1024,
};

/** What all plugins of one daemon share. */
export interface Host {
  readonly daemon: Daemon;
  readonly RelayClient: RelayClientClass;
  readonly socketPath: string;
  /** agent-relay's data folder of the project. */
  readonly dataDir: string;
  readonly events: EventBus;
  readonly metrics: MetricsRegistry;
  readonly blame: Blame;
  readonly agentNames: AgentNames;
  readonly logLevel: LogLevel;
  readonly limits: HostLimits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
