/** The gateway: sessions, heartbeats, dispatches, and taking a lost session up again. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { botUser, guildFields, IDS, type Fields, type Guild } from './guild.ts';

const OP = { dispatch: 0, heartbeat: 1, identify: 2, resume: 6, reconnect: 7, invalid: 9, hello: 10, ack: 11 } as const;
const HEARTBEAT_MS = 40_000;

export interface GatewayPorts {
  readonly guild: Guild;
  readonly token: string;
  readonly blame: (problem: string) => void;
  readonly onChange: () => void;
  readonly origin: () => string;
}

export interface Gateway {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends an event to the first shard; kept for a session that is taken up again. */
  dispatch(type: string, data: Fields): void;
  /** Sessions that are open. */
  readonly count: number;
  readonly identified: number;
  readonly resumed: number;
  /** Intents of the last identification. */
  readonly intents: number;
  /** Asks all to connect again. */
  reconnect(): void;
  /** Says that the sessions are not valid any more. */
  invalidate(): void;
  /** Ends all with a code, or without a word. */
  end(code?: number): void;
  /** The code with which the next identification is refused. */
  refuseWith: number | undefined;
}

interface Session {
  readonly id: string;
  readonly shard: number;
  socket: WebSocket | undefined;
  readonly sent: Fields[];
}

interface Frame {
  readonly op: number;
  readonly d?: unknown;
}

interface State extends GatewayPorts {
  readonly sessions: Map<string, Session>;
  readonly counts: { identified: number; resumed: number; intents: number };
  refuseWith: number | undefined;
}

export function createGateway(ports: GatewayPorts): Gateway {
  const server = new WebSocketServer({ noServer: true });
  const state: State = {
    ...ports,
    sessions: new Map(),
    counts: { identified: 0, resumed: 0, intents: 0 },
    refuseWith: undefined,
  };
  const open = (): readonly Session[] => [...state.sessions.values()].filter(({ socket }) => socket !== undefined);
  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (webSocket) => welcome(webSocket, request, state));
    },
    dispatch(type, data) {
      const session = [...state.sessions.values()].findLast(({ shard }) => shard === 0);
      if (session) send(session, type, data);
    },
    get count() {
      return open().length;
    },
    get identified() {
      return state.counts.identified;
    },
    get resumed() {
      return state.counts.resumed;
    },
    get intents() {
      return state.counts.intents;
    },
    reconnect: () => open().forEach(({ socket }) => socket?.send(JSON.stringify({ op: OP.reconnect, d: null }))),
    invalidate() {
      const sockets = open().map(({ socket }) => socket);
      state.sessions.clear();
      for (const socket of sockets) socket?.send(JSON.stringify({ op: OP.invalid, d: false }));
    },
    end(code) {
      for (const socket of server.clients)
        if (code === undefined) socket.terminate();
        else socket.close(code);
    },
    get refuseWith() {
      return state.refuseWith;
    },
    set refuseWith(code) {
      state.refuseWith = code;
    },
  };
}

function welcome(socket: WebSocket, request: IncomingMessage, state: State): void {
  const { searchParams } = new URL(request.url ?? '/', state.origin());
  if (searchParams.get('v') !== '10' || searchParams.get('encoding') !== 'json')
    state.blame(`the gateway is opened by ${request.url}`);
  let session: Session | undefined;
  socket.on('message', (bytes: Buffer) => {
    const frame = JSON.parse(bytes.toString()) as Frame;
    if (frame.op === OP.heartbeat) socket.send(JSON.stringify({ op: OP.ack }));
    else if (frame.op === OP.identify) session = identify(socket, frame.d as Identification, state);
    else if (frame.op === OP.resume) session = resume(socket, frame.d as Resumption, state);
    else state.blame(`the gateway knows no operation ${frame.op}`);
    state.onChange();
  });
  socket.on('close', () => {
    if (session?.socket === socket) session.socket = undefined;
    state.onChange();
  });
  socket.send(JSON.stringify({ op: OP.hello, d: { heartbeat_interval: HEARTBEAT_MS } }));
}

interface Identification {
  readonly token: string;
  readonly intents: number;
  readonly shard?: readonly [number, number];
  readonly properties?: Fields;
}

function identify(
  socket: WebSocket,
  { token, intents, shard = [0, 1], properties }: Identification,
  state: State,
): Session | undefined {
  const code = token === state.token ? state.refuseWith : 4004;
  state.refuseWith = undefined;
  if (code !== undefined) {
    socket.close(code);
    return undefined;
  }
  if (properties?.['os'] === undefined) state.blame('the gateway is not told who connects');
  state.counts.identified += 1;
  state.counts.intents = intents;
  const session: Session = { id: `s${state.counts.identified}`, shard: shard[0], socket, sent: [] };
  state.sessions.set(session.id, session);
  send(session, 'READY', {
    v: 10,
    user: botUser(),
    session_id: session.id,
    resume_gateway_url: state.origin().replace('http', 'ws'),
    guilds: shard[0] === 0 ? [{ id: IDS.guild, unavailable: true }] : [],
    application: { id: IDS.application, flags: 0 },
    shard,
  });
  if (shard[0] === 0) send(session, 'GUILD_CREATE', guildFields(state.guild));
  return session;
}

interface Resumption {
  readonly token: string;
  readonly session_id: string;
  readonly seq: number;
}

function resume(socket: WebSocket, { token, session_id: id, seq }: Resumption, state: State): Session | undefined {
  const session = token === state.token ? state.sessions.get(id) : undefined;
  if (!session) {
    socket.send(JSON.stringify({ op: OP.invalid, d: false }));
    return undefined;
  }
  state.counts.resumed += 1;
  session.socket = socket;
  for (const frame of session.sent.slice(seq)) socket.send(JSON.stringify(frame));
  send(session, 'RESUMED', {});
  return session;
}

function send({ socket, sent }: Session, type: string, data: Fields): void {
  const frame = { op: OP.dispatch, t: type, s: sent.length + 1, d: data };
  sent.push(frame);
  socket?.send(JSON.stringify(frame));
}
