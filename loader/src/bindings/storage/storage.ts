import { basename } from 'node:path';
import type { Plugin, StoragePlugin } from '@ar-registry/sdk';
import type { Guest } from '../../host/guest.ts';
import type { Host } from '../../host/host.ts';
import { routerOf } from '../../relay/types.ts';
import type { Binding } from '../binding.ts';
import { createCaller, type Caller } from '../caller.ts';
import { initialise } from '../initialise.ts';
import { pluginBackend } from './backend.ts';
import { createDeadLetterSink, followUndeliverable } from './dead-letters.ts';
import type { StoragePort } from './port.ts';
import { followSessions } from './sessions.ts';
import type { PortReports } from './slot.ts';

/** Puts a plugin behind the daemon's storage. */
export const storageBinding: Binding = { connectsClient: false, exclusive: true, attach };

async function attach(loaded: Plugin, guest: Guest, host: Host): Promise<() => Promise<void>> {
  // Required methods were checked when the plugin was imported.
  const plugin = loaded as StoragePlugin;
  const router = routerOf(host.daemon);
  if (!router) throw new Error('A daemon without a router does not get as far as this.');
  await initialise(guest, [() => plugin.init(), () => plugin.deadLetters?.init?.()]);
  const caller = createCaller({ guest, timeoutMs: host.limits.storageTimeoutMs, now: host.elapsedMs });
  let port: StoragePort | undefined;
  const letters = createDeadLetterSink(plugin, caller, () => port);
  const reports = reportsOf(guest, (id) => letters?.giveUp(id));
  const bound = host.storage.bind(guest.prepared.name, pluginBackend(plugin, caller), reports);
  ({ port } = bound);
  const { layers, events, outputs, now } = host;
  const project = { projectId: basename(host.dataDir), projectRoot: host.projectDir };
  const unfollow = [
    followSessions({ router, layers, events, outputs, port, project, now }),
    followUndeliverable(plugin, caller, { router, layers }),
  ];
  return async () => {
    for (const stop of unfollow) stop();
    await bound.release();
    await closePlugin(plugin, caller);
  };
}

async function closePlugin(plugin: StoragePlugin, caller: Caller): Promise<void> {
  await caller.ask('deadLetters.close', () => plugin.deadLetters?.close?.());
  await caller.ask('close', () => plugin.close?.());
  await caller.close();
}

function reportsOf({ logger, metrics }: Guest, onFailed: (id: string) => void): PortReports {
  let droppedInARow = 0;
  return {
    onFailed,
    onDropped(method, why) {
      metrics.counter('ar_plugin_writes_dropped_total', 1, { method, reason: why });
      if (droppedInARow % 100 === 0) logger.error('a write is lost', { method, reason: WHY[why] });
      droppedInARow += 1;
    },
    onUnusable(method, problem) {
      metrics.counter('ar_plugin_call_errors_total', 1, { method, reason: 'unusable' });
      logger.error(`an answer of ${method} cannot be used`, { error: problem });
    },
  };
}

const WHY = {
  full: 'too many writes wait: the plugin is too slow',
  failed: 'the plugin failed each time',
  closed: 'the plugin was unloaded before it was its turn',
} as const;
