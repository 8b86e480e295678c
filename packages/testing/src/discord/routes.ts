/** The routes of Discord's REST API that a bridge calls. What is not here is an error of the caller. */
import { checkBody } from './check-body.ts';
import {
  botUser,
  channelFields,
  IDS,
  messageFields,
  type Channel,
  type Fields,
  type Guild,
  type PostedMessage,
} from './guild.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface RouteCall {
  /** The parts of the path that are ids and tokens. */
  readonly ids: readonly string[];
  readonly body: Fields;
  readonly query: URLSearchParams;
}

export interface RoutePorts {
  readonly guild: Guild;
  /** Says what the caller did wrong; the test fails of it. */
  readonly blame: (problem: string) => void;
  readonly gatewayUrl: () => string;
  readonly dispatch: (type: string, data: Fields) => void;
  /** Whether the bot may make threads and webhooks. */
  readonly allowed: { threads: boolean; webhooks: boolean };
  readonly shards: number;
}

export interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: RegExp;
  /** Webhooks hold their token in the path. */
  readonly needsToken: boolean;
  readonly call: (call: RouteCall, ports: RoutePorts) => Answer;
}

const route = (name: string, call: Route['call'], needsToken = true): Route => {
  const [method = '', path = ''] = name.split(' ');
  return { name, method, path: new RegExp(`^${path.replaceAll(/:\w+/g, '([\\w-]+)')}$`), needsToken, call };
};

export const ROUTES: readonly Route[] = [
  route('GET /gateway/bot', gateway),
  route('GET /channels/:channel/messages', listMessages),
  route('POST /channels/:channel/messages', createMessage),
  route('POST /channels/:channel/messages/:message/threads', startThread),
  route('GET /channels/:channel/webhooks', listWebhooks),
  route('POST /channels/:channel/webhooks', createWebhook),
  route('POST /webhooks/:webhook/:token', executeWebhook, false),
];

function gateway(_: RouteCall, { gatewayUrl, shards }: RoutePorts): Answer {
  const limit = { total: 1000, remaining: 999, reset_after: 3_600_000, max_concurrency: 16 };
  return ok({ url: gatewayUrl(), shards, session_start_limit: limit });
}

function listMessages({ ids: [id = ''], query }: RouteCall, { guild }: RoutePorts): Answer {
  if (!guild.channels.has(id)) return no(404, 10_003, 'Unknown Channel');
  const after = query.get('after') ?? '';
  const found = guild.written.filter(({ id: each, channel }) => channel === id && each > after);
  const newestFirst = found.slice(0, Number(query.get('limit') ?? '50')).toReversed();
  return ok(newestFirst.map(({ fields }) => fields));
}

function createMessage({ ids: [id = ''], body }: RouteCall, ports: RoutePorts): Answer {
  const { guild, blame } = ports;
  const channel = guild.channels.get(id);
  if (!channel) return no(404, 10_003, 'Unknown Channel');
  for (const problem of checkBody(body, ['nonce', 'enforce_nonce', 'message_reference'])) blame(problem);
  const nonce = typeof body['nonce'] === 'string' ? `${id} ${body['nonce']}` : undefined;
  const before = nonce === undefined || body['enforce_nonce'] !== true ? undefined : guild.nonces.get(nonce);
  if (before) return ok(before);
  const message = post(channel, body, { ports, author: { author: botUser() } });
  if (nonce !== undefined) guild.nonces.set(nonce, message);
  return ok(message);
}

interface Posting {
  readonly ports: RoutePorts;
  readonly author: Fields;
  readonly more?: Partial<PostedMessage>;
}

/** Discord tells a bot of its own messages, too. */
function post(channel: Channel, body: Fields, { ports: { guild, dispatch }, author, more = {} }: Posting): Fields {
  const id = guild.nextId();
  const content = String(body['content']);
  guild.messages.set(id, channel.id);
  guild.posted.push({ id, channel: channel.id, content, body, ...more });
  const message = messageFields(id, channel, { content, ...author });
  dispatch('MESSAGE_CREATE', message);
  return message;
}

function startThread({ ids: [id = '', root = ''], body }: RouteCall, ports: RoutePorts): Answer {
  const { guild, dispatch, blame } = ports;
  for (const problem of checkThread(body)) blame(problem);
  const refusal = refuseThread(id, root, ports);
  if (refusal) return refusal;
  const thread: Channel = { id: root, name: String(body['name']), kind: 'thread', parent: id };
  guild.channels.set(root, thread);
  dispatch('THREAD_CREATE', { ...channelFields(thread), newly_created: true });
  return ok(channelFields(thread));
}

function checkThread({ name, ...others }: Fields): readonly string[] {
  const isName = typeof name === 'string' && name.length > 0 && name.length <= 100;
  return [
    ...(isName ? [] : [`a thread is called ${String(name)}`]),
    ...Object.keys(others)
      .filter((key) => key !== 'auto_archive_duration')
      .map((key) => `${key} does not belong to a thread`),
  ];
}

function refuseThread(id: string, root: string, { guild, allowed }: RoutePorts): Answer | undefined {
  if (guild.channels.get(id)?.kind === 'dm') return no(400, 50_024, 'Cannot execute action on this channel type');
  if (!allowed.threads) return no(403, 50_013, 'Missing Permissions');
  if (guild.messages.get(root) !== id) return no(404, 10_008, 'Unknown Message');
  if (guild.channels.has(root)) return no(400, 160_004, 'A thread has already been created for this message');
  return undefined;
}

function listWebhooks({ ids: [id = ''] }: RouteCall, { guild, allowed }: RoutePorts): Answer {
  if (!allowed.webhooks) return no(403, 50_013, 'Missing Permissions');
  return ok(guild.webhooks.filter(({ channel }) => channel === id).map((webhook) => webhookFields(webhook)));
}

function createWebhook({ ids: [id = ''], body }: RouteCall, { guild, allowed }: RoutePorts): Answer {
  if (!allowed.webhooks) return no(403, 50_013, 'Missing Permissions');
  const webhook = {
    id: guild.nextId(),
    token: `token-${guild.webhooks.length}`,
    channel: id,
    name: String(body['name']),
  };
  guild.webhooks.push(webhook);
  return ok(webhookFields(webhook));
}

function webhookFields({ id, token, channel, name }: Guild['webhooks'][number]): Fields {
  return { id, type: 1, token, name, channel_id: channel, guild_id: IDS.guild, application_id: IDS.application };
}

function executeWebhook({ ids: [id, token], body, query }: RouteCall, ports: RoutePorts): Answer {
  const { guild, blame } = ports;
  const webhook = guild.webhooks.find((each) => each.id === id && each.token === token);
  if (!webhook) return no(404, 10_015, 'Unknown Webhook');
  if (query.get('wait') !== 'true') blame('a webhook is executed without waiting for its message');
  for (const problem of checkBody(body, ['username'])) blame(problem);
  const username = String(body['username']);
  if (/clyde|discord/i.test(username) || username.length > 80 || username.trim() === '')
    return no(400, 50_035, 'Invalid Form Body');
  const channel = guild.channels.get(query.get('thread_id') ?? webhook.channel);
  if (!channel) return no(404, 10_003, 'Unknown Channel');
  const author = {
    webhook_id: webhook.id,
    application_id: IDS.application,
    author: { id: webhook.id, username, discriminator: '0000', avatar: null, bot: true },
  };
  return ok(post(channel, body, { ports, author, more: { username, webhook: webhook.id } }));
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function no(status: number, code: number, message: string): Answer {
  return { status, body: { code, message } };
}
