/** For the tests of a plugin: everything `onLoad` gets, without a daemon and without a network, or with the real daemon. */
export { createTestContext, type ClockedTestContext, type TestContext, type TestContextOptions } from './context.ts';
export { type TestClock } from './clock.ts';
export { type RelayClasses, type RelayContextOptions, type RelayTestContext } from './relay-context.ts';
export {
  type ChannelDeliveryOptions,
  type DeliveryOptions,
  type SentMessage,
  type TestRelayClient,
} from './relay-client.ts';
export { type TestDaemon } from './daemon.ts';
export { type LogEntry, type RecordingLogger } from './logger.ts';
export { type MetricSample, type RecordingMetrics } from './metrics.ts';
export { bridgeContract, type BridgeContractOptions } from './contracts/bridge.ts';
export { type ContractCase, type CreateAdapter } from './contracts/contract.ts';
export { hookContract, type HookContractOptions } from './contracts/hook.ts';
export { memoryContract, type MemoryContractOptions } from './contracts/memory.ts';
export { policyContract } from './contracts/policy.ts';
export { storageContract } from './contracts/storage.ts';
export { widgetContract, type WidgetContractOptions } from './contracts/widget.ts';
