/** Socket Mode: the WebSocket on which Slack sends events, each in an envelope that has to be acknowledged. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { BOT } from './workspace.ts';

export interface Envelope {
  readonly id: string;
  readonly event: Readonly<Record<string, unknown>>;
}

export interface Sockets {
  /** An address that can be connected to once. */
  issue(origin: string): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends an event; again to every connection that comes until it is acknowledged. */
  send(envelope: Envelope): void;
  isAcknowledged(id: string): boolean;
  readonly count: number;
  /** Asks all to connect again, as Slack does every few hours. */
  refresh(): void;
  /** Ends all without a word. */
  terminate(): void;
  /** Whether the greeting is held back. */
  silent: boolean;
}

export interface SocketPorts {
  readonly blame: (problem: string) => void;
  readonly onChange: () => void;
}

export function createSockets(ports: SocketPorts): Sockets {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const open = new Set<WebSocket>();
  const mail = createMail(ports);
  let issued = 0;
  const welcome = (webSocket: WebSocket): void => {
    webSocket.on('message', (data: Buffer) => mail.acknowledge(data.toString()));
    webSocket.on('close', () => {
      open.delete(webSocket);
      ports.onChange();
    });
    if (sockets.silent) return;
    open.add(webSocket);
    webSocket.send(helloOf(open.size));
    for (const envelope of mail.pending()) webSocket.send(frameOf(envelope, 1));
    ports.onChange();
  };
  const sockets: Sockets = {
    silent: false,
    issue(origin) {
      const ticket = `t${(issued += 1)}`;
      tickets.add(ticket);
      return `${origin.replace('http', 'ws')}/link/?ticket=${ticket}&app_id=${BOT.appId}`;
    },
    upgrade(request, socket, head) {
      const ticket = URL.parse(request.url ?? '', 'http://localhost')?.searchParams.get('ticket') ?? '';
      if (tickets.delete(ticket)) return server.handleUpgrade(request, socket, head, welcome);
      ports.blame('a connection is opened with a ticket that was not issued or was used');
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    },
    send(envelope) {
      mail.add(envelope);
      const [first] = open;
      first?.send(frameOf(envelope, 0));
    },
    isAcknowledged: mail.isAcknowledged,
    get count() {
      return open.size;
    },
    refresh() {
      for (const socket of open) socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
    },
    terminate() {
      for (const socket of server.clients) socket.terminate();
    },
  };
  return sockets;
}

function helloOf(connections: number): string {
  return JSON.stringify({ type: 'hello', num_connections: connections, connection_info: { app_id: BOT.appId } });
}

interface Mail {
  readonly add: (envelope: Envelope) => void;
  readonly pending: () => Iterable<Envelope>;
  readonly acknowledge: (text: string) => void;
  readonly isAcknowledged: (id: string) => boolean;
}

function createMail({ blame, onChange }: SocketPorts): Mail {
  const pending = new Map<string, Envelope>();
  const acknowledged = new Set<string>();
  return {
    add: (envelope) => void pending.set(envelope.id, envelope),
    pending: () => pending.values(),
    acknowledge(text) {
      const { envelope_id: id } = JSON.parse(text) as { readonly envelope_id?: string };
      if (id !== undefined && pending.delete(id)) acknowledged.add(id);
      else if (id === undefined || !acknowledged.has(id)) blame(`no envelope is acknowledged by ${text}`);
      onChange();
    },
    isAcknowledged: (id) => acknowledged.has(id),
  };
}

function frameOf({ id, event }: Envelope, attempt: number): string {
  return JSON.stringify({
    envelope_id: id,
    type: 'events_api',
    accepts_response_payload: false,
    retry_attempt: attempt,
    retry_reason: attempt === 0 ? '' : 'timeout',
    payload: payloadOf(id, event),
  });
}

/** The body of an event, the same on a socket and in a post. */
export function payloadOf(id: string, event: Envelope['event']): Readonly<Record<string, unknown>> {
  return {
    type: 'event_callback',
    token: 'unused',
    team_id: BOT.teamId,
    api_app_id: BOT.appId,
    event,
    event_id: `Ev${id}`,
    event_time: 1_700_000_000,
    authorizations: [{ enterprise_id: null, team_id: BOT.teamId, user_id: BOT.userId, is_bot: true }],
  };
}
