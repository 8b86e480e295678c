/**
 * Discord, as far as a bridge sees it: its REST API, version 10, and its gateway, on one port of 127.0.0.1. It is strict: a
 * route that it does not know, a field that does not belong there, a message that is too long or may notify everybody are
 * problems, and it throws them when it is disposed of.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { createFaults, type Fault, type Faults } from './faults.ts';
import { createGateway, type Gateway } from './gateway.ts';
import {
  channelFields,
  createGuild,
  messageFields,
  userFields,
  type Channel,
  type Fields,
  type Guild,
  type PostedMessage,
} from './guild.ts';
import { ROUTES, type Answer, type Route, type RoutePorts } from './routes.ts';

export interface DiscordDouble extends AsyncDisposable, Pick<Faults, 'plan'> {
  readonly apiUrl: string;
  readonly token: string;
  /** @returns the user's id */
  addUser(name: string): string;
  /** @returns the channel's id */
  addChannel(name: string, kind?: Channel['kind'], parent?: string): string;
  /** Somebody writes; more fields of the message may be given. @returns the message's id */
  say(channel: string, content: string, more?: { readonly user?: string; readonly fields?: Fields }): string;
  /** A message is changed. */
  edit(channel: string, id: string, more: { readonly content: string; readonly user: string }): void;
  dispatch(type: string, data: Fields): void;
  /** What the bot posted, in order. */
  readonly posted: readonly PostedMessage[];
  readonly channels: ReadonlyMap<string, Channel>;
  readonly webhooks: Guild['webhooks'];
  /** What the bot may do. */
  readonly allowed: RoutePorts['allowed'];
  /** Calls of a route so far, such as `POST /channels/:channel/messages`. */
  calls(route: string): number;
  readonly gateway: Omit<Gateway, 'upgrade' | 'dispatch'>;
  /** Resolves when `holds` does; looked at after everything that happens here. Give the test a time limit. */
  until(holds: () => boolean): Promise<void>;
  /** Is away: nobody listens on the port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  readonly problems: readonly string[];
}

const TOKEN = 'test.bot.token';

interface State {
  readonly guild: Guild;
  readonly faults: Faults;
  readonly gateway: Gateway;
  readonly problems: string[];
  readonly called: Map<string, number>;
  readonly changed: () => void;
  readonly allowed: RoutePorts['allowed'];
  readonly shards: number;
  readonly origin: () => string;
  readonly setOrigin: (origin: string) => void;
}

/** Starts to listen. */
export async function startDiscord({ shards = 1 }: { readonly shards?: number } = {}): Promise<DiscordDouble> {
  const waiting = new Set<() => void>();
  const state = createState(shards, () => {
    for (const check of waiting) check();
  });
  const { guild, gateway, problems, faults, called, allowed } = state;
  const lifetime = createLifetime(state);
  await lifetime.start();
  return {
    ...lifetime,
    ...people(state),
    apiUrl: `${state.origin()}/api`,
    token: TOKEN,
    plan: (...args) => faults.plan(...args),
    dispatch: (...args) => gateway.dispatch(...args),
    posted: guild.posted,
    channels: guild.channels,
    webhooks: guild.webhooks,
    allowed,
    calls: (route) => called.get(route) ?? 0,
    gateway,
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
      if (problems.length > 0) throw new Error(`What was asked of Discord is wrong:\n${problems.join('\n')}`);
    },
  };
}

function createState(shards: number, changed: () => void): State {
  const problems: string[] = [];
  const guild = createGuild();
  let origin = '';
  const gateway = createGateway({
    guild,
    token: TOKEN,
    blame: (problem) => problems.push(problem),
    onChange: changed,
    origin: () => origin,
  });
  return {
    guild,
    faults: createFaults(),
    gateway,
    problems,
    called: new Map(),
    changed,
    allowed: { threads: true, webhooks: true },
    shards,
    origin: () => origin,
    setOrigin: (value) => (origin = value),
  };
}

function people({ guild, gateway }: State): Pick<DiscordDouble, 'addUser' | 'addChannel' | 'say' | 'edit'> {
  const fieldsOf = (id: string, channel: string, more: Fields): Fields => {
    const found = guild.channels.get(channel);
    if (!found) throw new Error(`There is no channel ${channel}.`);
    return messageFields(id, found, more);
  };
  const authorOf = (user: string): Fields => ({ author: userFields(user, guild.users.get(user) ?? 'Somebody') });
  return {
    addUser(name) {
      const id = guild.nextId();
      guild.users.set(id, name);
      return id;
    },
    addChannel(name, kind = 'text', parent) {
      const id = guild.nextId();
      const channel = { id, name, kind, ...(parent !== undefined && { parent }) };
      guild.channels.set(id, channel);
      if (kind === 'thread') gateway.dispatch('THREAD_CREATE', channelFields(channel));
      return id;
    },
    say(channel, content, { user = '900000000000000008', fields = {} } = {}) {
      const id = guild.nextId();
      guild.messages.set(id, channel);
      const written = fieldsOf(id, channel, { content, ...authorOf(user), ...fields });
      guild.written.push({ id, channel, fields: written });
      gateway.dispatch('MESSAGE_CREATE', written);
      return id;
    },
    edit(channel, id, { content, user }) {
      gateway.dispatch('MESSAGE_UPDATE', fieldsOf(id, channel, { content, ...authorOf(user) }));
    },
  };
}

function createLifetime(state: State): Pick<DiscordDouble, 'start' | 'stop'> {
  let server: Server | undefined;
  let port = 0;
  return {
    async start() {
      const starting = createServer((request, response) => void serve(request, response, state));
      starting.on('upgrade', (...args) => state.gateway.upgrade(...args));
      await new Promise<void>((resolve) => starting.listen(port, '127.0.0.1', resolve));
      ({ port } = starting.address() as AddressInfo);
      state.setOrigin(`http://127.0.0.1:${port}`);
      server = starting;
    },
    async stop() {
      const stopping = server;
      server = undefined;
      if (!stopping) return;
      state.gateway.end();
      await new Promise((resolve) => {
        stopping.close(resolve);
        stopping.closeAllConnections();
      });
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  response.on('error', () => undefined);
  const text = await readText(request);
  const url = new URL(request.url ?? '/', state.origin());
  const path = url.pathname.replace(/^\/api\/v10/, '');
  const found = ROUTES.find((route) => route.method === request.method && route.path.test(path));
  if (!found) {
    state.problems.push(`${request.method} ${url.pathname} is not known`);
    return send(response, { status: 404, body: { code: 0, message: '404: Not Found' } });
  }
  state.called.set(found.name, (state.called.get(found.name) ?? 0) + 1);
  const carryOut = (): Answer => answer(found, { request, path, text, query: url.searchParams }, state);
  const fault = state.faults.next(found.name);
  if (fault) fail(fault, response, carryOut);
  else send(response, carryOut());
  state.changed();
}

function fail(fault: Fault, response: ServerResponse, carryOut: () => Answer): void {
  if ('cut' in fault) {
    if (fault.cut === 'after') carryOut();
    response.destroy();
  } else if ('retryAfterSeconds' in fault) {
    const body = { message: 'You are being rate limited.', retry_after: fault.retryAfterSeconds, global: false };
    response.setHeader('retry-after', String(fault.retryAfterSeconds));
    response.setHeader('x-ratelimit-scope', 'user');
    send(response, { status: 429, body });
  } else send(response, { status: fault.status, body: { code: fault.code, message: 'A planned failure' } });
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-ratelimit-limit': '5',
    'x-ratelimit-remaining': '4',
    'x-ratelimit-reset-after': '1',
    'x-ratelimit-bucket': 'abcd1234',
  });
  response.end(JSON.stringify(body));
}

interface Call {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly text: string;
  readonly query: URLSearchParams;
}

function answer(route: Route, { request, path, text, query }: Call, state: State): Answer {
  if (route.needsToken && request.headers.authorization !== `Bot ${TOKEN}`)
    return { status: 401, body: { code: 0, message: '401: Unauthorized' } };
  if (!request.headers['user-agent']?.startsWith('DiscordBot ('))
    state.problems.push('a call does not say who makes it');
  const [, ...ids] = route.path.exec(path) ?? [];
  const body = text === '' ? {} : (JSON.parse(text) as Fields);
  return route.call(
    { ids, body, query },
    {
      ...state,
      blame: (problem) => state.problems.push(`${route.name}: ${problem}`),
      gatewayUrl: () => state.origin().replace('http', 'ws'),
      dispatch: (...args) => state.gateway.dispatch(...args),
    },
  );
}
