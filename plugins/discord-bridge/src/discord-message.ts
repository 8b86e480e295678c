/** Messages of Discord, as the bridge takes them from discord.js. */
import { MessageType, type Message } from 'discord.js';
import { cleanName, type Names } from './names.ts';

export interface DiscordFile {
  readonly name: string;
  readonly type: string;
  readonly url: string;
}

/** What somebody wrote, changed or took back in Discord. */
export interface DiscordMessage {
  readonly kind: 'new' | 'edited' | 'deleted';
  readonly id: string;
  /** Of the channel; of the one that a thread is in. */
  readonly channel: string;
  readonly channelName?: string;
  /** The thread that it is in, or the message that it answers. */
  readonly root?: string;
  /** Whether it is between one person and the bot. */
  readonly isDirect: boolean;
  readonly user: string;
  readonly userName: string;
  /** As people would write it. */
  readonly text: string;
  readonly files: readonly DiscordFile[];
}

/** Who the bot is, so that it does not hear itself. */
export interface Self {
  readonly userId: string;
  readonly applicationId: string;
  /** Whether messages of other bots are taken. */
  readonly bots: boolean;
}

/** People's messages; others tell of joins, pins, boosts, … */
const TYPES: ReadonlySet<MessageType> = new Set([MessageType.Default, MessageType.Reply]);

/** Whether a message is somebody else's, and one that is carried. */
export function isForeign(message: Message, { userId, applicationId, bots }: Self): boolean {
  if (!TYPES.has(message.type) || message.author.id === userId) return false;
  // A webhook of the bot's own.
  if (message.applicationId === applicationId) return false;
  return bots || !message.author.bot;
}

export interface ReadPorts {
  readonly names: Names;
  readonly toPlain: (text: string) => string;
}

/** What is carried of a message; undefined where there is nothing in it. */
export function readMessage(
  kind: DiscordMessage['kind'],
  message: Message,
  { names, toPlain }: ReadPorts,
): DiscordMessage | undefined {
  const { author, member, channel } = message;
  names.learn(author.id, member?.displayName ?? author.displayName);
  for (const user of message.mentions.users.values()) names.learn(user.id, user.displayName);
  const files = filesOf(message);
  if (kind !== 'deleted' && message.content === '' && files.length === 0) return undefined;
  return {
    kind,
    id: message.id,
    ...placeOf(message),
    isDirect: channel.isDMBased(),
    user: author.id,
    userName: names.userName(author.id) ?? author.id,
    text: toPlain(message.content),
    files,
  };
}

function filesOf({ attachments, stickers }: Message): readonly DiscordFile[] {
  return [
    ...[...attachments.values()].map(({ name, contentType, url }) => fileOf(name, contentType ?? '', url)),
    ...[...stickers.values()].map(({ name, url }) => fileOf(name, 'sticker', url)),
  ];
}

function placeOf({ channel, channelId, reference }: Message): Pick<DiscordMessage, 'channel' | 'channelName' | 'root'> {
  if (channel.isThread())
    return { channel: channel.parentId ?? channelId, ...nameOf(channel.parent?.name), root: channel.id };
  const root = reference?.messageId;
  return {
    channel: channelId,
    ...('name' in channel && nameOf(channel.name)),
    ...(root !== undefined && { root }),
  };
}

function nameOf(name: string | null | undefined): Pick<DiscordMessage, 'channelName'> {
  return typeof name === 'string' ? { channelName: cleanName(name) } : {};
}

function fileOf(name: string, type: string, url: string): DiscordFile {
  return { name: cleanName(name), type: cleanName(type), url };
}

/** Reads what an earlier run wrote down. */
export function parseStored(value: unknown): DiscordMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Record<string, unknown>;
  const isWhole = ['kind', 'id', 'channel', 'user', 'userName', 'text'].every(
    (key) => typeof message[key] === 'string',
  );
  return isWhole && Array.isArray(message['files']) ? (value as DiscordMessage) : undefined;
}
