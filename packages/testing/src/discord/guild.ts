/** Who and what is in the one guild of the double, and what was posted. */

export type Fields = Readonly<Record<string, unknown>>;

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'text' | 'dm' | 'thread';
  /** Of a thread. */
  readonly parent?: string;
}

export interface PostedMessage {
  readonly id: string;
  readonly channel: string;
  readonly content: string;
  readonly body: Fields;
  /** Who wrote it as a webhook. */
  readonly username?: string;
  readonly webhook?: string;
}

export interface Webhook {
  readonly id: string;
  readonly token: string;
  readonly channel: string;
  readonly name: string;
}

export interface Guild {
  readonly channels: Map<string, Channel>;
  readonly users: Map<string, string>;
  readonly webhooks: Webhook[];
  readonly posted: PostedMessage[];
  /** Ids of all messages, with the channel that each is in. */
  readonly messages: Map<string, string>;
  /** What people wrote. */
  readonly written: { readonly id: string; readonly channel: string; readonly fields: Fields }[];
  /** What was posted under a nonce. */
  readonly nonces: Map<string, Fields>;
  nextId(): string;
}

export const IDS = {
  guild: '900000000000000001',
  bot: '900000000000000002',
  application: '900000000000000003',
} as const;
const TEXT_CHANNEL = 0;
const DM_CHANNEL = 1;
const PUBLIC_THREAD = 11;

export function createGuild(): Guild {
  let count = 0;
  return {
    channels: new Map(),
    users: new Map(),
    webhooks: [],
    posted: [],
    messages: new Map(),
    written: [],
    nonces: new Map(),
    nextId: () => `1000000000000${String((count += 1)).padStart(6, '0')}`,
  };
}

export function botUser(): Fields {
  return { id: IDS.bot, username: 'relay', discriminator: '0', global_name: null, avatar: null, bot: true };
}

export function userFields(id: string, name: string): Fields {
  return { id, username: name.toLowerCase().replaceAll(' ', ''), discriminator: '0', global_name: name, avatar: null };
}

export function channelFields({ id, name, kind, parent }: Channel): Fields {
  if (kind === 'dm') return { id, type: DM_CHANNEL, recipients: [] };
  const fields = { id, name, guild_id: IDS.guild, permission_overwrites: [] };
  if (kind === 'text') return { ...fields, type: TEXT_CHANNEL, position: 0, nsfw: false, topic: null };
  const metadata = {
    archived: false,
    auto_archive_duration: 1440,
    archive_timestamp: '2026-01-01T00:00:00.000Z',
    locked: false,
  };
  return {
    ...fields,
    type: PUBLIC_THREAD,
    parent_id: parent,
    owner_id: IDS.bot,
    thread_metadata: metadata,
    message_count: 0,
    member_count: 1,
  };
}

/** The guild as the gateway tells of it. */
export function guildFields({ channels }: Guild): Fields {
  const all = [...channels.values()];
  const lists = ['roles', 'emojis', 'stickers', 'members', 'presences', 'voice_states', 'stage_instances', 'features'];
  return {
    ...Object.fromEntries(lists.map((list) => [list, []])),
    id: IDS.guild,
    name: 'Example',
    owner_id: '900000000000000009',
    joined_at: '2026-01-01T00:00:00.000Z',
    large: false,
    unavailable: false,
    member_count: 2,
    channels: all.filter(({ kind }) => kind === 'text').map(channelFields),
    threads: all.filter(({ kind }) => kind === 'thread').map(channelFields),
  };
}

/** What every message has. */
export function messageFields(id: string, channel: Channel, more: Fields): Fields {
  return {
    id,
    channel_id: channel.id,
    channel_type: { text: TEXT_CHANNEL, dm: DM_CHANNEL, thread: PUBLIC_THREAD }[channel.kind],
    ...(channel.kind !== 'dm' && { guild_id: IDS.guild }),
    timestamp: '2026-01-01T00:00:00.000000+00:00',
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: [],
    embeds: [],
    pinned: false,
    type: 0,
    content: '',
    ...more,
  };
}
