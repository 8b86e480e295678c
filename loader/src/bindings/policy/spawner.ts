/**
 * agent-relay starts agents in the process of its stock command, by a class of its own. Where that class can be imported,
 * the project's policy is asked before an agent starts another one.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Decider } from './decider.ts';

interface SpawnRequest {
  readonly name: string;
  readonly cli: string;
  /** The agent that asks; absent when the user does, whom no policy binds. */
  readonly spawnerName?: string;
}

interface Spawner {
  spawn(request: SpawnRequest): Promise<object>;
}

/** @returns takes the policy out again */
export async function guardSpawner(relayDir: string, policy: Decider): Promise<() => void> {
  const prototype = await importSpawner(relayDir);
  if (!prototype) return () => undefined;
  // It is called with the spawner as `this`, as it was before.
  // oxlint-disable-next-line typescript/unbound-method
  const { spawn } = prototype;
  const guarded: Spawner['spawn'] = async function spawnIfAllowed(this: Spawner, request) {
    const { name, cli, spawnerName } = request;
    if (spawnerName === undefined) return spawn.call(this, request);
    const decision = await policy.decide({ action: 'spawn', agent: spawnerName, target: name, cli });
    if (decision.allowed) return spawn.call(this, request);
    return { success: false, name, error: `Policy denied: ${decision.reason}`, policyDecision: decision };
  };
  prototype.spawn = guarded;
  return () => {
    if (prototype.spawn === guarded) prototype.spawn = spawn;
  };
}

async function importSpawner(relayDir: string): Promise<Spawner | undefined> {
  try {
    const url = pathToFileURL(join(relayDir, 'dist/bridge/spawner.js'));
    const module = (await import(/* @vite-ignore */ url.href)) as {
      readonly AgentSpawner?: { readonly prototype: Spawner };
    };
    return module.AgentSpawner?.prototype;
  } catch {
    // Without its native parts agent-relay cannot spawn either: there is nothing to guard.
    return undefined;
  }
}
