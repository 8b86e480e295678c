/** The methods of Slack's Web API that a bridge calls. What is not here is an error of the caller. */
import { checkText } from './check-text.ts';
import { BOT, type Channel, type PostedMessage, type User, type Workspace } from './workspace.ts';

export type Arguments = ReadonlyMap<string, string>;
export type Answer = Readonly<Record<string, unknown>>;

export interface MethodPorts {
  readonly workspace: Workspace;
  /** Says what the caller did wrong; the test fails of it. */
  readonly blame: (problem: string) => void;
  readonly openSocket: () => string;
  readonly onPosted: (message: PostedMessage) => void;
}

export interface Method {
  /** Which token it takes. */
  readonly token: 'bot' | 'app';
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly call: (args: Arguments, ports: MethodPorts) => Answer;
}

const PAGING = ['limit', 'cursor'];

export const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['auth.test', { token: 'bot', required: [], optional: [], call: authTest }],
  ['apps.connections.open', { token: 'app', required: [], optional: [], call: openConnection }],
  ['users.info', { token: 'bot', required: ['user'], optional: [], call: usersInfo }],
  ['users.list', { token: 'bot', required: [], optional: PAGING, call: usersList }],
  ['conversations.info', { token: 'bot', required: ['channel'], optional: [], call: conversationsInfo }],
  [
    'conversations.list',
    { token: 'bot', required: [], optional: ['types', 'exclude_archived', ...PAGING], call: conversationsList },
  ],
  ['conversations.history', { token: 'bot', required: ['channel'], optional: HISTORY(), call: history }],
  ['conversations.replies', { token: 'bot', required: ['channel', 'ts'], optional: HISTORY(), call: history }],
  [
    'chat.postMessage',
    {
      token: 'bot',
      required: ['channel', 'text'],
      optional: ['thread_ts', 'username', 'metadata', 'unfurl_links', 'unfurl_media'],
      call: postMessage,
    },
  ],
]);

function HISTORY(): readonly string[] {
  return ['oldest', 'latest', 'inclusive', 'include_all_metadata', ...PAGING];
}

function authTest(): Answer {
  return ok({
    url: 'https://example.slack.com/',
    team: 'Example',
    team_id: BOT.teamId,
    user: 'relay',
    user_id: BOT.userId,
    bot_id: BOT.botId,
  });
}

function openConnection(_: Arguments, { openSocket }: MethodPorts): Answer {
  return ok({ url: openSocket() });
}

function usersInfo(args: Arguments, { workspace }: MethodPorts): Answer {
  const user = workspace.users.get(args.get('user') ?? '');
  return user ? ok({ user: userFields(user) }) : no('user_not_found');
}

function usersList(args: Arguments, { workspace }: MethodPorts): Answer {
  const { page, next } = pageOf([...workspace.users.values()], args);
  return ok({ members: page.map(userFields), response_metadata: { next_cursor: next } });
}

function userFields({ id, name, displayName }: User): Answer {
  return {
    id,
    name,
    deleted: false,
    real_name: displayName,
    profile: { display_name: displayName, real_name: displayName },
  };
}

function conversationsInfo(args: Arguments, { workspace }: MethodPorts): Answer {
  const channel = workspace.channels.get(args.get('channel') ?? '');
  return channel ? ok({ channel: channelFields(channel) }) : no('channel_not_found');
}

function conversationsList(args: Arguments, { workspace, blame }: MethodPorts): Answer {
  const types = (args.get('types') ?? 'public_channel').split(',');
  if (!types.every((type) => ['public_channel', 'private_channel', 'im', 'mpim'].includes(type)))
    blame(`conversations.list knows no types ${types.join(',')}`);
  const visible = [...workspace.channels.values()].filter(
    ({ kind, isMember }) =>
      (kind === 'channel' && types.includes('public_channel')) ||
      (kind === 'group' && isMember && types.includes('private_channel')),
  );
  const { page, next } = pageOf(visible, args);
  return ok({ channels: page.map(channelFields), response_metadata: { next_cursor: next } });
}

function channelFields({ id, name, kind, isMember }: Channel): Answer {
  if (kind === 'im') return { id, is_im: true };
  return { id, name, is_channel: true, is_private: kind === 'group', is_member: isMember, is_archived: false };
}

function pageOf<Item>(items: readonly Item[], args: Arguments): { page: readonly Item[]; next: string } {
  const start = Number(args.get('cursor') ?? '0');
  const end = start + Number(args.get('limit') ?? '100');
  return { page: items.slice(start, end), next: end < items.length ? String(end) : '' };
}

function history(args: Arguments, { workspace }: MethodPorts): Answer {
  const channel = workspace.channels.get(args.get('channel') ?? '');
  if (!channel) return no('channel_not_found');
  if (!channel.isMember) return no('not_in_channel');
  const root = args.get('ts');
  const oldest = args.get('oldest') ?? '0';
  const messages = workspace.messages
    .filter((message) => message.channel === channel.id && message.ts > oldest)
    .filter(({ ts, threadTs }) => (root === undefined ? threadTs === undefined : ts === root || threadTs === root))
    .map((message) => messageFields(message, args.get('include_all_metadata') === 'true'));
  if (root === undefined) messages.reverse();
  const { page, next } = pageOf(messages, args);
  return ok({ messages: page, has_more: next !== '', response_metadata: { next_cursor: next } });
}

/** A message as Slack shows it to others. */
export function messageFields(message: PostedMessage, withMetadata = true): Answer {
  const { ts, text, threadTs, user, username, metadata } = message;
  const author =
    user !== undefined
      ? { user }
      : username !== undefined
        ? { subtype: 'bot_message', username, bot_id: BOT.botId, app_id: BOT.appId }
        : { user: BOT.userId, bot_id: BOT.botId, app_id: BOT.appId };
  return {
    type: 'message',
    ...author,
    text,
    ts,
    ...(threadTs !== undefined && { thread_ts: threadTs }),
    ...(metadata && withMetadata && { metadata }),
  };
}

function postMessage(args: Arguments, { workspace, blame, onPosted }: MethodPorts): Answer {
  const channel = workspace.channels.get(args.get('channel') ?? '');
  if (!channel) return no('channel_not_found');
  if (!channel.isMember) return no('not_in_channel');
  const text = args.get('text') ?? '';
  if (text.trim() === '') return no('no_text');
  for (const problem of checkText(text, workspace)) blame(`chat.postMessage: ${problem}`);
  const message = readPost(args, channel.id, { workspace, blame });
  if (message.threadTs !== undefined && !workspace.messages.some(({ ts }) => ts === message.threadTs))
    return no('thread_not_found');
  workspace.messages.push(message);
  onPosted(message);
  return ok({ channel: channel.id, ts: message.ts, message: messageFields(message) });
}

function readPost(
  args: Arguments,
  channel: string,
  { workspace, blame }: Pick<MethodPorts, 'workspace' | 'blame'>,
): PostedMessage {
  const threadTs = args.get('thread_ts');
  const username = args.get('username');
  const metadata = readMetadata(args.get('metadata'), blame);
  return {
    channel,
    ts: workspace.nextTs(),
    text: args.get('text') ?? '',
    ...(threadTs !== undefined && { threadTs }),
    ...(username !== undefined && { username }),
    ...(metadata && { metadata }),
  };
}

function readMetadata(text: string | undefined, blame: (problem: string) => void): PostedMessage['metadata'] {
  if (text === undefined) return undefined;
  const value = JSON.parse(text) as Partial<NonNullable<PostedMessage['metadata']>>;
  const { event_type, event_payload } = value;
  if (typeof event_type === 'string' && typeof event_payload === 'object') return { event_type, event_payload };
  blame('chat.postMessage: metadata needs event_type and event_payload');
  return undefined;
}

function ok(fields: Answer): Answer {
  return { ok: true, ...fields };
}

function no(error: string): Answer {
  return { ok: false, error };
}
