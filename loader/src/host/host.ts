import type { Daemon } from '@ar-registry/sdk';
import type { PluginName, PluginType } from '@ar-registry/schemas';
import type { Places } from '../bindings/gate/places.ts';
import type { MemoryService } from '../bindings/memory/relay-memory.ts';
import type { StorageSlot } from '../bindings/storage/slot.ts';
import type { Traffic } from '../widget/traffic.ts';
import type { WidgetHost } from '../widget/widget-host.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { RelayClientClass } from '../relay/types.ts';
import type { LoaderTelemetry } from '../telemetry/telemetry.ts';
import type { AgentNames } from './agent-names.ts';
import type { Blame } from './blame.ts';
import type { EventBus } from './event-bus.ts';
import type { FreshImports } from '../instance/fresh-import.ts';
import type { LogLevel } from './logger.ts';
import type { MetricsRegistry } from './metrics.ts';
import type { OutputTap } from './output-tap.ts';
import type { RouterLayers } from './router-layers.ts';

export interface HostLimits {
  /** For one event, in one hook. */
  readonly eventTimeoutMs: number;
  /** For one decision about a message, of a policy or of a hook's `beforeMessage`. */
  readonly decisionTimeoutMs: number;
  /** For one call of a storage adapter. */
  readonly storageTimeoutMs: number;
  /** For one call of a memory adapter. */
  readonly memoryTimeoutMs: number;
  /** For the data of one display of a widget. */
  readonly displayTimeoutMs: number;
  readonly unloadTimeoutMs: number;
  readonly healthTimeoutMs: number;
  /** Of one hook plugin's queue, of a widget's (in number), of a storage plugin's, and of the messages of one connection that wait for a decision. */
  readonly maxQueuedEvents: number;
  readonly maxQueuedBytes: number;
  /** Of plugins in a process of their own: how often they are asked for a sign of life. */
  readonly heartbeatMs: number;
  /** Signs of life that may be missing in a row. */
  readonly maxMissed: number;
  /** Of JavaScript objects; V8 ends the process at about this size. */
  readonly maxHeapMb: number;
  /** Resident memory, of the plugin's process and what it started. */
  readonly maxRssMb: number;
  /** Time of the processor, of the plugin's process and what it started, as a share of one core's over `cpuWindowMs`. */
  readonly maxCpuShare: number;
  readonly cpuWindowMs: number;
  /** That a plugin in a process of its own makes. */
  readonly maxConnections: number;
  /** To such a plugin. */
  readonly maxAccepted: number;
  readonly maxLogLinesPerSecond: number;
  /** Crashes in a row after which a plugin is left alone. */
  readonly maxCrashes: number;
  /** Before the first restart; doubled for each that follows. */
  readonly restartDelayMs: number;
}

export const DEFAULT_LIMITS: HostLimits = {
  eventTimeoutMs: 5_000,
  decisionTimeoutMs: 2_000,
  storageTimeoutMs: 5_000,
  memoryTimeoutMs: 5_000,
  displayTimeoutMs: 5_000,
  unloadTimeoutMs: 5_000,
  healthTimeoutMs: 5_000,
  maxQueuedEvents: 10_000,
  maxQueuedBytes: 16 * 1024 * 1024,
  heartbeatMs: 1_000,
  maxMissed: 5,
  maxHeapMb: 128,
  maxRssMb: 384,
  maxCpuShare: 0.9,
  cpuWindowMs: 120_000,
  maxConnections: 64,
  maxAccepted: 128,
  maxLogLinesPerSecond: 500,
  maxCrashes: 5,
  restartDelayMs: 1_000,
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
  /** Absolute path of the folder that holds ar.config. */
  readonly projectDir: string;
  /** What agents print. */
  readonly outputs: OutputTap;
  /** Around the methods of the daemon's router. */
  readonly layers: RouterLayers;
  /** The daemon's storage. */
  readonly storage: StorageSlot;
  /** agent-relay's memory service, while a memory plugin is active. */
  readonly memory: { service: MemoryService | undefined };
  /** What becomes of messages. */
  readonly traffic: Traffic;
  /** The page of the widgets. */
  readonly widgets: WidgetHost;
  readonly imports: FreshImports;
  /** Absolute path of the agent-relay whose daemon runs. */
  readonly relayDir: string;
  /** Who has a say in what is delivered. */
  readonly places: Places;
  /** Names of the active plugins of types that have room for one. */
  readonly exclusive: Map<PluginType, PluginName>;
  /** For plugins in processes of their own. */
  readonly sandbox: Sandbox;
  /** For whom registries may be told which of their plugins are in use. */
  readonly telemetry?: LoaderTelemetry;
  readonly logLevel: LogLevel;
  readonly limits: HostLimits;
  /** Milliseconds since the epoch: when something happened. People and time servers set this clock, also back. */
  readonly now: () => number;
  /** Milliseconds, with fractions, of a clock that nobody sets: how long something took, and when something is due. */
  readonly elapsedMs: () => number;
}
