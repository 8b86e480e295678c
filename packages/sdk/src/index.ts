/** What an author of an agent-relay plugin imports. Types cost nothing at run time: prefer `import type`. */
export {
  defineConfig,
  type ArConfig,
  type PluginEntry,
  type PluginEntryOptions,
  type SandboxOptions,
} from './config.ts';
export {
  definePlugin,
  type BridgePlugin,
  type ConnectionEvent,
  type DenialEvent,
  type HealthStatus,
  type HookPlugin,
  type Logger,
  type MessageChange,
  type MessageEvent,
  type MessageVerdict,
  type MetricLabels,
  type MetricsCollector,
  type Plugin,
  type PluginContext,
  type PluginOf,
  type PluginsByType,
} from './plugin.ts';
export type {
  AddMemoryOptions,
  MemoryAdapter,
  MemoryEntry,
  MemoryPlugin,
  MemoryResult,
  MemorySearchQuery,
} from './adapters/memory.ts';
export type { AgentLimits, PolicyDecision, PolicyEngine, PolicyPlugin } from './adapters/policy.ts';
export type {
  AgentSummary,
  DeadLetter,
  DeadLetterAdapter,
  DeadLetterEnvelope,
  DeadLetterQuery,
  DeadLetterReason,
  MessageQuery,
  MessageStatus,
  SessionEnd,
  SessionQuery,
  StorageAdapter,
  StoragePlugin,
  StoredMessage,
  StoredSession,
} from './adapters/storage.ts';
export type {
  ChartData,
  ChartSeries,
  DeliveredMessageFacts,
  FailedMessageFacts,
  MessageObservation,
  MetricData,
  ObservedMessages,
  SentMessageFacts,
  TableData,
  TextData,
  Widget,
  WidgetData,
  WidgetPlugin,
} from './adapters/widget.ts';
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
