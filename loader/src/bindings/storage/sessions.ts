/**
 * Sessions and summaries. agent-relay writes sessions only to its own SQLite storage, and summaries past the daemon: for a
 * plugin, the loader makes them of what it sees of connections, messages and output.
 */
import type { RelayConnection, RelayRouter } from '../../relay/types.ts';
import type { EventBus } from '../../host/event-bus.ts';
import type { OutputTap } from '../../host/output-tap.ts';
import type { RouterLayers } from '../../host/router-layers.ts';
import type { RouterParts } from '../gate/receivers.ts';
import { createBlockReader, type OutputBlock } from './output-blocks.ts';
import { sessionKey, type StoragePort } from './port.ts';
import { toSession } from './rows.ts';

export interface SessionPorts {
  readonly router: RelayRouter;
  readonly layers: RouterLayers;
  readonly events: EventBus;
  readonly outputs: OutputTap;
  readonly port: StoragePort;
  readonly project: { readonly projectId: string; readonly projectRoot: string };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What of a connection only sessions need. */
interface SessionConnection extends RelayConnection {
  readonly resumeToken?: string;
  readonly isResumed?: boolean;
  readonly state?: string;
}

/** Tells the port of sessions, those of agents that are connected already included. @returns ends the ones that are open */
export function followSessions(ports: SessionPorts): () => void {
  const { router, layers, events, outputs, port } = ports;
  const open = new Map<string, SessionConnection>();
  const reader = createBlockReader();

  const start = (connection: SessionConnection): void => {
    if (connection.agentName === undefined || open.has(connection.id)) return;
    open.set(connection.id, connection);
    void startSession(connection, ports);
  };
  const end = (connection: SessionConnection): void => {
    if (!open.delete(connection.id)) return;
    reader.forget(connection.agentName ?? '');
    endSession(connection, port, { closedBy: connection.state === 'ERROR' ? 'error' : 'disconnect' });
  };
  const sessionOf = (agent: string): SessionConnection | undefined =>
    [...open.values()].findLast(({ agentName }) => agentName === agent);

  const undo = [
    layers.wrap('register', (original) => (connection: SessionConnection) => {
      original.call(router, connection);
      start(connection);
    }),
    layers.wrap('unregister', (original) => (connection: SessionConnection) => {
      original.call(router, connection);
      end(connection);
    }),
    events.subscribe((event) => {
      if (event.hook !== 'onMessage') return;
      const session = sessionOf(event.event.from);
      if (session) port.write(sessionKey(session.sessionId), 'incrementSessionMessageCount', [session.sessionId]);
    }),
    outputs.subscribe((agent, data) => {
      for (const block of reader.read(agent, data)) tellBlock(block, agent, { ports, session: sessionOf(agent), open });
    }),
  ];
  const { agents, users } = router as RouterParts;
  for (const connection of [...(agents?.values() ?? []), ...(users?.values() ?? [])]) start(connection);
  return () => {
    for (const stop of undo) stop();
    for (const connection of open.values()) end(connection);
  };
}

async function startSession(connection: SessionConnection, { port, project, now }: SessionPorts): Promise<void> {
  const { sessionId, agentName, cli, resumeToken, isResumed } = connection;
  const known =
    isResumed && resumeToken !== undefined ? await port.read('getSessionByResumeToken', [resumeToken]) : undefined;
  const startedAt = toSession(known)?.startedAt ?? now();
  const session = { id: sessionId, agentName, ...(cli !== undefined && { cli }), ...project, startedAt, resumeToken };
  port.write(sessionKey(sessionId), 'startSession', [session]);
}

function endSession(
  { sessionId }: SessionConnection,
  port: StoragePort,
  end: { readonly closedBy: 'agent' | 'disconnect' | 'error'; readonly summary?: string },
): void {
  port.write(sessionKey(sessionId), 'endSession', [sessionId, end]);
}

function tellBlock(
  block: OutputBlock,
  agentName: string,
  {
    ports,
    session,
    open,
  }: { ports: SessionPorts; session: SessionConnection | undefined; open: Map<string, SessionConnection> },
): void {
  const { port, project } = ports;
  if (block.kind === 'summary') {
    const summary = { agentName, projectId: project.projectId, ...block.summary };
    port.write(`a:${agentName}`, 'saveAgentSummary', [summary]);
    return;
  }
  if (!session) return;
  open.delete(session.id);
  endSession(session, port, { closedBy: 'agent', ...(block.summary !== undefined && { summary: block.summary }) });
}
