/** The compiler holds here that the SDK's adapters are agent-relay's. At run time these tests only import the modules. */
import type {
  DeadLetter as SdkDeadLetter,
  DeadLetterAdapter,
  MemoryAdapter as SdkMemoryAdapter,
  PolicyEngine,
  StorageAdapter as SdkStorageAdapter,
} from '@ar-registry/sdk';
import { expect, expectTypeOf, test } from 'vitest';
import type * as memoryModule from '../../tools/agent-relay/node_modules/agent-relay/dist/memory/index.js';
import type { AgentPolicyService } from '../../tools/agent-relay/node_modules/agent-relay/dist/policy/agent-policy.js';
import type {
  MemoryStorageAdapter,
  StorageAdapter,
} from '../../tools/agent-relay/node_modules/agent-relay/dist/storage/adapter.js';
import type {
  DeadLetter,
  InMemoryDLQAdapter,
} from '../../tools/agent-relay/node_modules/agent-relay/dist/storage/dlq-adapter.js';
import { importMemory, type MemoryModule } from '../src/bindings/memory/relay-memory.ts';
import { RELAY_DIR } from './support/relay-dir.ts';

test('a storage that fits the SDK fits the daemon, and the daemon’s own fit the SDK', () => {
  expectTypeOf<Required<SdkStorageAdapter>>().toExtend<Required<StorageAdapter>>();
  expectTypeOf<StorageAdapter>().toExtend<SdkStorageAdapter>();
  expectTypeOf<MemoryStorageAdapter>().toExtend<SdkStorageAdapter>();
});

test('a dead letter queue of agent-relay keeps a plugin’s dead letters', () => {
  expectTypeOf<InMemoryDLQAdapter>().toExtend<DeadLetterAdapter>();
  expectTypeOf<SdkDeadLetter>().toEqualTypeOf<DeadLetter>();
});

test('a memory that fits the SDK fits agent-relay, and its own fit the SDK', () => {
  expectTypeOf<SdkMemoryAdapter>().toExtend<memoryModule.MemoryAdapter>();
  expectTypeOf<memoryModule.MemoryAdapter>().toExtend<SdkMemoryAdapter>();
});

test('agent-relay’s policy service is a policy engine', () => {
  expectTypeOf<AgentPolicyService>().toExtend<PolicyEngine>();
});

test('the memory’s parts are there, without native code', async () => {
  const memory = await importMemory(RELAY_DIR);
  expectTypeOf<typeof memoryModule.createMemoryService>().toExtend<MemoryModule['createMemoryService']>();
  expect([typeof memory.createMemoryService, typeof memory.createMemoryHooks]).toEqual(['function', 'function']);
});
