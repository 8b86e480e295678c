import type { Plugin, PolicyPlugin } from '@ar-registry/sdk';
import type { Guest } from '../../host/guest.ts';
import type { Host } from '../../host/host.ts';
import type { Binding } from '../binding.ts';
import { createCaller } from '../caller.ts';
import { createPolicyGuard } from './guard.ts';

/** Gives an engine its say at the gate, and in questions about spawning and tools. */
export const policyBinding: Binding = { connectsClient: false, attach };

async function attach(plugin: Plugin, guest: Guest, host: Host): Promise<() => Promise<void>> {
  const { places, limits, elapsedMs } = host;
  const caller = createCaller({ guest, timeoutMs: limits.decisionTimeoutMs, now: elapsedMs });
  // Required methods were checked when the plugin was imported.
  const leave = places.activate(guest.prepared.name, createPolicyGuard(plugin as PolicyPlugin, caller, elapsedMs));
  return async () => {
    leave();
    await caller.close();
  };
}
