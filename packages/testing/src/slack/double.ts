/**
 * Slack, as far as a bridge sees it: the Web API over HTTP and Socket Mode over WebSocket, on one port of 127.0.0.1. It
 * is strict: a method that it does not know, an argument that does not belong there or text that is not escaped are
 * problems, and it throws them when it is disposed of.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { createFaults, type Fault, type Faults } from './faults.ts';
import { METHODS, messageFields, type Answer, type Method } from './methods.ts';
import { createSockets, type Envelope, type Sockets } from './socket.ts';
import { BOT, createWorkspace, type Channel, type PostedMessage, type Workspace } from './workspace.ts';

export interface SlackDouble extends AsyncDisposable, Pick<Faults, 'plan'> {
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  /** @returns the user's id */
  addUser(displayName: string): string;
  /** @returns the channel's id */
  addChannel(name: string, options?: { readonly kind?: Channel['kind']; readonly isMember?: boolean }): string;
  /** Gives a user or a channel another name, and tells of it. */
  rename(id: string, name: string): void;
  /** Lets the app into a channel. */
  invite(channel: string): void;
  /** Somebody writes; more fields of the event may be given. @returns the message's time stamp and envelope */
  say(channel: string, text: string, more?: Sayings): { readonly ts: string; readonly id: string };
  /** Sends any event. @returns the envelope's id */
  emit(event: Envelope['event']): string;
  /** What the app posted, in order. */
  readonly posted: readonly PostedMessage[];
  /** Calls of a method so far. */
  calls(method: string): number;
  readonly sockets: Pick<Sockets, 'count' | 'refresh' | 'terminate' | 'isAcknowledged' | 'silent'>;
  /** Resolves when `holds` does; looked at after everything that happens here. Give the test a time limit. */
  until(holds: () => boolean): Promise<void>;
  /** Is away: nobody listens on the port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  readonly problems: readonly string[];
}

export interface Sayings {
  readonly user?: string;
  readonly threadTs?: string;
  readonly fields?: Envelope['event'];
  /** Whether Slack gave up telling of it. */
  readonly isUnheard?: boolean;
}

const TOKENS = { bot: 'xoxb-test-bot', app: 'xapp-test-app' } as const;

interface State {
  readonly workspace: Workspace;
  readonly faults: Faults;
  readonly sockets: Sockets;
  readonly problems: string[];
  readonly called: Map<string, number>;
  readonly changed: () => void;
  readonly emit: (event: Envelope['event']) => string;
  origin: string;
}

/** Starts to listen. */
export async function startSlack(): Promise<SlackDouble> {
  const waiting = new Set<() => void>();
  const state = createState(() => {
    for (const check of waiting) check();
  });
  const { problems, sockets, emit } = state;
  const lifetime = createLifetime(state);
  await lifetime.start();
  return {
    ...lifetime,
    ...people(state),
    apiUrl: `${state.origin}/api/`,
    botToken: TOKENS.bot,
    appToken: TOKENS.app,
    plan: (...args) => state.faults.plan(...args),
    emit,
    get posted() {
      return state.workspace.messages.filter(({ user }) => user === undefined);
    },
    calls: (method) => state.called.get(method) ?? 0,
    sockets,
    problems,
    until: (holds) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!holds()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      await lifetime.stop();
      if (problems.length > 0) throw new Error(`What was asked of Slack is wrong:\n${problems.join('\n')}`);
    },
  };
}

function createState(changed: () => void): State {
  const problems: string[] = [];
  const sockets = createSockets({ blame: (problem) => problems.push(problem), onChange: changed });
  let events = 0;
  const emit = (event: Envelope['event']): string => {
    const id = `e${(events += 1)}`;
    sockets.send({ id, event });
    return id;
  };
  return {
    workspace: createWorkspace(),
    faults: createFaults(),
    sockets,
    problems,
    called: new Map(),
    changed,
    emit,
    origin: '',
  };
}

function people({ workspace, emit }: State): Pick<SlackDouble, 'addUser' | 'addChannel' | 'rename' | 'invite' | 'say'> {
  let count = 0;
  const nextId = (prefix: string): string => `${prefix}0TEST${String((count += 1)).padStart(4, '0')}`;
  workspace.users.set(BOT.userId, { id: BOT.userId, name: 'relay', displayName: 'Relay' });
  return {
    addUser(displayName) {
      const id = nextId('U');
      workspace.users.set(id, { id, name: displayName.toLowerCase().replaceAll(' ', '.'), displayName });
      return id;
    },
    addChannel(name, { kind = 'channel', isMember = true } = {}) {
      const id = nextId({ channel: 'C', group: 'C', im: 'D' }[kind]);
      workspace.channels.set(id, { id, name, kind, isMember });
      return id;
    },
    rename(id, name) {
      const [user, channel] = [workspace.users.get(id), workspace.channels.get(id)];
      if (user) {
        workspace.users.set(id, { ...user, displayName: name });
        emit({ type: 'user_change', user: { id } });
      }
      if (channel) {
        workspace.channels.set(id, { ...channel, name });
        emit({ type: 'channel_rename', channel: { id, name } });
      }
    },
    invite(id) {
      const channel = workspace.channels.get(id);
      if (channel) channel.isMember = true;
    },
    say(channel, text, { user, threadTs, fields = {}, isUnheard = false } = {}) {
      const ts = workspace.nextTs();
      const message = { channel, ts, text, user: user ?? 'U0UNKNOWN1', ...(threadTs !== undefined && { threadTs }) };
      workspace.messages.push(message);
      const kind = workspace.channels.get(channel)?.kind ?? 'channel';
      if (isUnheard) return { ts, id: '' };
      return { ts, id: emit({ ...messageFields(message), channel, channel_type: kind, event_ts: ts, ...fields }) };
    },
  };
}

function createLifetime(state: State): Pick<SlackDouble, 'start' | 'stop'> {
  let server: Server | undefined;
  let port = 0;
  return {
    async start() {
      const starting = createServer((request, response) => void serve(request, response, state));
      starting.on('upgrade', (...args) => state.sockets.upgrade(...args));
      await new Promise<void>((resolve) => starting.listen(port, '127.0.0.1', resolve));
      ({ port } = starting.address() as AddressInfo);
      state.origin = `http://127.0.0.1:${port}`;
      server = starting;
    },
    async stop() {
      const stopping = server;
      server = undefined;
      if (!stopping) return;
      state.sockets.terminate();
      await new Promise((resolve) => {
        stopping.close(resolve);
        stopping.closeAllConnections();
      });
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  response.on('error', () => undefined);
  const method = request.url?.replace(/^\/api\//, '') ?? '';
  const body = await readText(request);
  state.called.set(method, (state.called.get(method) ?? 0) + 1);
  const fault = state.faults.next(method);
  if (fault) fail(fault, response, () => answer(method, { request, body }, state));
  else send(response, 200, answer(method, { request, body }, state));
  state.changed();
}

function fail(fault: Fault, response: ServerResponse, carryOut: () => Answer): void {
  if ('cut' in fault) {
    if (fault.cut === 'after') carryOut();
    response.destroy();
  } else if ('retryAfterSeconds' in fault) {
    send(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(fault.retryAfterSeconds) });
  } else if ('status' in fault) send(response, fault.status, {});
  else send(response, 200, { ok: false, error: fault.error });
}

// oxlint-disable-next-line max-params -- an answer has these four parts
function send(
  response: ServerResponse,
  status: number,
  body: Answer,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

interface Call {
  readonly request: IncomingMessage;
  readonly body: string;
}

function answer(name: string, { request, body }: Call, state: State): Answer {
  const blame = (problem: string): void => void state.problems.push(problem);
  const method = METHODS.get(name);
  if (!method || request.method !== 'POST') {
    blame(`${request.method} ${name} is not known`);
    return { ok: false, error: 'unknown_method' };
  }
  if (request.headers['content-type'] !== 'application/x-www-form-urlencoded')
    blame(`${name}: a body of type ${request.headers['content-type']}`);
  if (request.headers.authorization !== `Bearer ${TOKENS[method.token]}`) return { ok: false, error: 'invalid_auth' };
  const args = new Map(new URLSearchParams(body));
  for (const problem of checkArguments(args, method)) blame(`${name}: ${problem}`);
  const { workspace, sockets, origin, emit } = state;
  const openSocket = (): string => sockets.issue(origin);
  // Slack tells an app of its own messages, too.
  const onPosted = (message: PostedMessage): void => {
    const kind = workspace.channels.get(message.channel)?.kind ?? 'channel';
    emit({ ...messageFields(message), channel: message.channel, channel_type: kind });
  };
  return method.call(args, { workspace, blame, openSocket, onPosted });
}

function checkArguments(args: ReadonlyMap<string, string>, { required, optional }: Method): readonly string[] {
  return [
    ...required.filter((name) => !args.has(name)).map((name) => `no ${name}`),
    ...[...args.keys()]
      .filter((name) => ![...required, ...optional].includes(name))
      .map((name) => `${name} is not known`),
  ];
}
