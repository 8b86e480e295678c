/** What an author of an agent-relay plugin imports. Types cost nothing at run time: prefer `import type`. */
export { defineConfig, type ArConfig, type PluginEntry, type PluginEntryOptions } from './config.ts';
export {
  definePlugin,
  type BridgePlugin,
  type ConnectionEvent,
  type HealthStatus,
  type HookPlugin,
  type Logger,
  type MessageEvent,
  type MetricLabels,
  type MetricsCollector,
  type Plugin,
  type PluginContext,
  type PluginOf,
  type PluginsByType,
} from './plugin.ts';
export type {
  ChannelMessageEnvelope,
  ClientState,
  Daemon,
  PayloadKind,
  RelayClient,
  SendMeta,
  SendPayload,
} from './relay.ts';
export type { NormalizedManifest as PluginManifest, PluginType } from '@ar-registry/schemas';
