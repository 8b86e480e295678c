import { basename } from 'node:path';
import type { MemoryPlugin, Plugin } from '@ar-registry/sdk';
import { createDelivery } from '../../host/delivery.ts';
import type { Guest } from '../../host/guest.ts';
import type { Host } from '../../host/host.ts';
import { routerOf } from '../../relay/types.ts';
import type { Binding } from '../binding.ts';
import { createCaller } from '../caller.ts';
import { initialise } from '../initialise.ts';
import { createSafeMemory } from './adapter.ts';
import { followAgents } from './agents.ts';
import { importMemory } from './relay-memory.ts';

/** Gives the agents a plugin's memory, and the host agent-relay's memory service over it. */
export const memoryBinding: Binding = { connectsClient: false, exclusive: true, attach };

async function attach(loaded: Plugin, guest: Guest, host: Host): Promise<() => Promise<void>> {
  // Required methods were checked when the plugin was imported.
  const plugin = loaded as MemoryPlugin;
  const router = routerOf(host.daemon);
  if (!router) throw new Error('A daemon without a router does not get as far as this.');
  const memory = await importMemory(host.relayDir);
  await initialise(guest, [() => plugin.init()]);
  const { limits, now, elapsedMs, outputs } = host;
  const caller = createCaller({ guest, timeoutMs: limits.memoryTimeoutMs, now: elapsedMs });
  const adapter = createSafeMemory(plugin, caller);
  const projectId = basename(host.dataDir);
  const queue = createQueue(guest, host);
  const unfollow = followAgents({
    router,
    layers: host.layers,
    outputs,
    hooksFor: (agentId) => memory.createMemoryHooks({ adapter, agentId, projectId, autoSaveOnEnd: false }),
    workingDir: host.projectDir,
    now,
    enqueue: (sizeBytes, task) => queue.push({ sizeBytes, task }),
  });
  host.memory.service = memory.createMemoryService({ adapter, projectId });
  return async () => {
    host.memory.service = undefined;
    unfollow();
    await queue.close(limits.unloadTimeoutMs);
    await caller.ask('close', () => plugin.close?.());
    await caller.close();
  };
}

function createQueue({ metrics, logger }: Guest, { limits, elapsedMs }: Host) {
  return createDelivery<{ readonly sizeBytes: number; readonly task: () => Promise<void> }>({
    maxEvents: limits.maxQueuedEvents,
    maxBytes: limits.maxQueuedBytes,
    now: elapsedMs,
    deliver: ({ task }) =>
      task().catch((error: unknown) => logger.error('a memory hook failed', { error: String(error) })),
    onDropped(_, inARow) {
      metrics.counter('ar_plugin_events_dropped_total', 1, { hook: 'memory' });
      if (inARow === 1) logger.warn('what agents print is dropped: the plugin is too slow');
    },
  });
}
