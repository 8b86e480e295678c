import type { PluginType } from '@ar-registry/schemas';
import type { MemoryPlugin } from './adapters/memory.ts';
import type { PolicyPlugin } from './adapters/policy.ts';
import type { StoragePlugin } from './adapters/storage.ts';
import type { WidgetPlugin } from './adapters/widget.ts';
import type { Daemon, PayloadKind, RelayClient } from './relay.ts';

/** What `health()` reports. `degraded` still works, in part. */
export interface HealthStatus {
  status: 'healthy' | 'degraded' | 'unhealthy';
  message?: string;
  details?: Record<string, unknown>;
}

/** Writes to the plugin's own log. Text is cleaned of control characters; `extra` is written as JSON. */
export interface Logger {
  debug(message: string, extra?: Record<string, unknown>): void;
  info(message: string, extra?: Record<string, unknown>): void;
  warn(message: string, extra?: Record<string, unknown>): void;
  error(message: string, extra?: Record<string, unknown>): void;
}

export type MetricLabels = Readonly<Record<string, string>>;

/** Prometheus-style instruments. `messages` of `@me/watch` is shown as `ar_plugin_me__watch__messages_total`. */
export interface MetricsCollector {
  /** Adds to a counter; `by` is 1 unless given, and never negative. Its name is shown with `_total` at its end. */
  counter(name: string, by?: number, labels?: MetricLabels): void;
  /** Sets a gauge. */
  gauge(name: string, value: number, labels?: MetricLabels): void;
  /** Observes one value of a histogram; durations in seconds, sizes in bytes. */
  histogram(name: string, value: number, labels?: MetricLabels): void;
}

/** What the loader hands to `onLoad`. */
export interface PluginContext {
  /** The running daemon. */
  daemon: Daemon;
  /**
   * A relay client under the plugin's own agent name (`slack-bridge` for `@ar/slack-bridge`). Connected before
   * `onLoad` for bridges; other types connect it themselves if they need it.
   */
  client: RelayClient;
  /**
   * Configuration, checked and with defaults; keys in camelCase (`SLACK_BOT_TOKEN` is `slackBotToken`). A path that the
   * user gave and a permission names (`${POLICY_FILE}`) is absolute: a relative one started at the project.
   */
  config: Record<string, unknown>;
  logger: Logger;
  metrics: MetricsCollector;
  /** Absolute path of a folder that belongs to this plugin alone. It exists, and survives updates. */
  dataDir: string;
  /** Aborted when the plugin is unloaded or the daemon stops. Pass it to whatever waits. */
  signal: AbortSignal;
}

/** The life of every plugin. A method that throws or hangs is contained by the loader. */
export interface Plugin {
  /** Called when the plugin is loaded. Rejecting puts the plugin into status `error`. */
  onLoad?(context: PluginContext): Promise<void>;
  /** Called when the plugin is unloaded: give back timers, sockets and files. */
  onUnload?(): Promise<void>;
  health?(): Promise<HealthStatus>;
}

/** A message on its way through the daemon. */
export interface MessageEvent {
  readonly id: string;
  /** Milliseconds since the epoch, of the sender's envelope. */
  readonly ts: number;
  readonly from: string;
  /** An agent's name or `*`; absent for a channel or topic message without one. */
  readonly to?: string;
  readonly channel?: string;
  readonly topic?: string;
  readonly thread?: string;
  readonly kind: PayloadKind;
  readonly body: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A connection that was made or has ended. */
export interface ConnectionEvent {
  readonly connectionId: string;
  readonly agent: string;
  readonly sessionId: string;
  /** Milliseconds since the epoch. */
  readonly ts: number;
  readonly entityType?: 'agent' | 'user';
  readonly cli?: string;
  readonly program?: string;
  readonly model?: string;
}

/** A message that was kept from some or all of its receivers. */
export interface DenialEvent {
  readonly message: MessageEvent;
  /** Who did not get it: names, or whom it was sent to. */
  readonly receivers: readonly string[];
  /** A sentence; the sender was told it. */
  readonly reason: string;
  /** The plugin that decided so; absent where the loader did. */
  readonly plugin?: string;
  /** Milliseconds since the epoch. */
  readonly ts: number;
}

/** What becomes of a message: nothing said, it goes on as it is. */
export type MessageVerdict =
  | { readonly drop: true; /** A sentence; the sender is told it. */ readonly reason?: string }
  | { readonly change: MessageChange };

/** Fields that are absent stay as they are. Who gets a message cannot be changed. */
export interface MessageChange {
  readonly body?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Watches what passes through the daemon. Each method needs its line under `hooks` in ar-plugin.yaml. */
export interface HookPlugin extends Plugin {
  /**
   * Called before a message is delivered, to change or drop it; the message waits for the answer. Where several plugins
   * do so, they are called in the order of ar.config, each with what the one before made of the message. One that fails
   * lets the message pass, unless the user set `onFailure: 'deny'` on its entry.
   */
  beforeMessage?(event: MessageEvent): Promise<MessageVerdict | void> | MessageVerdict | void;
  /** Called after a message was delivered; called in the order of events, one at a time for each plugin. */
  onMessage?(event: MessageEvent): Promise<void> | void;
  onConnect?(event: ConnectionEvent): Promise<void> | void;
  onDisconnect?(event: ConnectionEvent): Promise<void> | void;
  /** Called after a policy or a hook kept a message from some or all; the sender has been told. */
  onDenied?(event: DenialEvent): Promise<void> | void;
}

/** Connects the relay to something outside, through `context.client`. */
export interface BridgePlugin extends Plugin {
  onLoad(context: PluginContext): Promise<void>;
}

/** The plugin interface of each type. */
export interface PluginsByType {
  bridge: BridgePlugin;
  storage: StoragePlugin;
  memory: MemoryPlugin;
  policy: PolicyPlugin;
  hook: HookPlugin;
  widget: WidgetPlugin;
}

export type PluginOf<Type extends PluginType> = PluginsByType[Type];

/**
 * Returns the plugin, checked by the compiler against its type: a storage plugin without `saveMessage` does not compile.
 *
 * For plugins that bundle the SDK. Plugins that import it only for types write `const plugin: StoragePlugin = {…}`.
 */
export function definePlugin<Type extends PluginType, P extends PluginOf<Type>>(
  _type: Type,
  plugin: P & Unheard<Exclude<keyof P, keyof PluginOf<Type>>>,
): P {
  return plugin;
}

/** Without this a misspelt `onMesage` would compile, as a member of the plugin's own, and never be called. */
type Unheard<Key> = { readonly [Name in Key & `on${string}`]?: 'the loader calls no method of this name' };
