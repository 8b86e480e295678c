/**
 * What connected agents have of a memory.
 *
 * agent-relay calls the hooks of a memory only in the process that runs an agent's terminal, and never with a memory of
 * one's own. The loader calls them for every agent that is connected: when it connects, for what it prints, and for what
 * it sends to `_memory`. What a hook wants an agent to read is sent to it from `_memory`.
 */
import { truncate } from '@ar-registry/core/text';
import type { RelayConnection, RelayEnvelope, RelayRouter } from '../../relay/types.ts';
import type { OutputTap } from '../../host/output-tap.ts';
import type { RouterLayers } from '../../host/router-layers.ts';
import { systemDelivery } from '../gate/notice.ts';
import type { RouterParts } from '../gate/receivers.ts';
import type { MemoryHooks } from './relay-memory.ts';

const MEMORY_NAME = '_memory';
const MAX_CONTENT_CHARS = 64 * 1024;
const MAX_INJECTED_CHARS = 32 * 1024;
/** Only these are answered: an agent that answers every message must not go round in circles. */
const COMMAND = /^\s*(?:@memory:)?((?:save|add|search|find|recall|forget|delete|list)\b[\s\S]*)$/i;

export interface MemoryAgentPorts {
  readonly router: RelayRouter;
  readonly layers: RouterLayers;
  readonly outputs: OutputTap;
  readonly hooksFor: (agent: string) => MemoryHooks;
  readonly workingDir: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Does one thing after the other; drops what is too much. */
  readonly enqueue: (sizeBytes: number, task: () => Promise<void>) => void;
}

/** What of a connection only this needs. */
interface AgentConnection extends RelayConnection {
  readonly workingDirectory?: string;
  send(envelope: unknown): boolean;
  getNextSeq(topic: string, peer: string): number;
}

/** @returns ends it */
export function followAgents({
  router,
  layers,
  outputs,
  hooksFor,
  workingDir,
  now,
  enqueue,
}: MemoryAgentPorts): () => void {
  const hooks = new Map<string, MemoryHooks>();
  const hooksOf = (agent: string): MemoryHooks => {
    const known = hooks.get(agent) ?? hooksFor(agent);
    hooks.set(agent, known);
    return known;
  };
  const connectionOf = (agent: string): AgentConnection | undefined =>
    (router as RouterParts).agents?.get(agent) as AgentConnection | undefined;

  const run = (agent: string, content: string, kind: 'onSessionStart' | 'onOutput'): void =>
    enqueue(500 + 2 * content.length, async () => {
      const connection = connectionOf(agent);
      if (!connection) return;
      const context = contextFor(connection, workingDir, content);
      const result = await hooksOf(agent)[kind](context);
      if (typeof result?.inject === 'string' && result.inject !== '')
        inject(connection, result.inject, { agent, ts: now() });
    });

  const undo = [
    layers.wrap('register', (original) => (connection: RelayConnection) => {
      original.call(router, connection);
      const { agentName, entityType, cli } = connection;
      // People and plugins have no context that could be filled.
      if (agentName !== undefined && entityType !== 'user' && cli !== 'ar-plugin') run(agentName, '', 'onSessionStart');
    }),
    layers.wrap('unregister', (original) => (connection: RelayConnection) => {
      original.call(router, connection);
      if (connection.agentName !== undefined && !connectionOf(connection.agentName)) hooks.delete(connection.agentName);
    }),
    // Below the gate, so that a policy decides who may use the memory.
    layers.wrap('sendDirect', (original) => (from: string, to: string, envelope: RelayEnvelope) => {
      if (to !== MEMORY_NAME || connectionOf(MEMORY_NAME)) return original.call(router, from, to, envelope);
      const { body } = (envelope.payload ?? {}) as { readonly body?: unknown };
      const command = COMMAND.exec(typeof body === 'string' ? body : '')?.[1];
      if (command !== undefined) run(from, truncate(withArgument(command), MAX_CONTENT_CHARS), 'onOutput');
      return true;
    }),
    outputs.subscribe((agent, data) => run(agent, truncate(data, MAX_CONTENT_CHARS), 'onOutput')),
  ];
  return () => {
    for (const stop of undo) stop();
  };
}

/** As the hooks want to find it in output: they overlook a command without an argument. */
function withArgument(command: string): string {
  return `@memory:${/^list\s*$/i.test(command) ? 'list 10' : command}`;
}

function contextFor(
  { sessionId, agentName = '', workingDirectory }: AgentConnection,
  dir: string,
  content: string,
): object {
  return {
    agentId: agentName,
    sessionId,
    workingDir: workingDirectory ?? dir,
    env: {},
    output: [],
    messages: [],
    content,
    rawContent: content,
    isComplete: true,
  };
}

function inject(connection: AgentConnection, text: string, { agent, ts }: { agent: string; ts: number }): void {
  const body = truncate(text.trim(), MAX_INJECTED_CHARS);
  connection.send(systemDelivery(connection, { to: agent, body, data: {}, ts }, MEMORY_NAME));
}
