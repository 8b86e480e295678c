/** Events of Slack that are messages, read key by key: whoever writes in Slack chooses what is in them. */

export interface SlackFile {
  readonly name: string;
  readonly type: string;
  readonly url: string;
}

/** What somebody wrote, changed or took back in Slack. */
export interface SlackMessage {
  readonly kind: 'new' | 'edited' | 'deleted';
  /** Id of the conversation. */
  readonly channel: string;
  /** Whether it is between one person and the app. */
  readonly isDirect: boolean;
  /** Id of the person or bot. */
  readonly user?: string;
  /** The name that a bot gave itself. */
  readonly username?: string;
  /** In Slack's markup. */
  readonly text: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly files: readonly SlackFile[];
}

/** Who the app is, so that it does not hear itself. */
export interface Self {
  readonly userId: string;
  readonly botId?: string;
  /** Whether messages of other bots are taken. */
  readonly bots: boolean;
}

/** Marks what a bridge posted, also that of another relay. */
export const METADATA_TYPE = 'agent_relay_message';

/** People's messages; other subtypes tell of joins, topics, pins, … */
const SUBTYPES: ReadonlySet<unknown> = new Set([
  undefined,
  'file_share',
  'me_message',
  'thread_broadcast',
  'bot_message',
]);

type Fields = Readonly<Record<string, unknown>>;

/** Undefined for what is not carried. */
export function readMessage(event: unknown, self: Self): SlackMessage | undefined {
  const fields = asFields(event);
  if (fields['type'] !== 'message' || typeof fields['channel'] !== 'string') return undefined;
  const place = { channel: fields['channel'], isDirect: fields['channel_type'] === 'im' };
  const previous = asFields(fields['previous_message']);
  switch (fields['subtype']) {
    case 'message_changed':
      return readChange(asFields(fields['message']), previous, { place, self });
    case 'message_deleted':
      return isForeign(previous, self) ? { ...place, ...contentOf(previous), kind: 'deleted' } : undefined;
    default:
      return isForeign(fields, self) ? nonEmpty({ ...place, ...contentOf(fields), kind: 'new' }) : undefined;
  }
}

/** Slack says `changed` too when it adds a preview of a link or counts an answer. */
function readChange(
  message: Fields,
  previous: Fields,
  { place, self }: { readonly place: Pick<SlackMessage, 'channel' | 'isDirect'>; readonly self: Self },
): SlackMessage | undefined {
  // What is left of a message with answers when it is deleted.
  if (message['subtype'] === 'tombstone')
    return isForeign(previous, self) ? { ...place, ...contentOf(previous), kind: 'deleted' } : undefined;
  if (!isForeign(message, self) || message['text'] === previous['text']) return undefined;
  return { ...place, ...contentOf(message), kind: 'edited' };
}

function isForeign(message: Fields, { userId, botId, bots }: Self): boolean {
  const { user, bot_id: bot, subtype, metadata } = message;
  if (!SUBTYPES.has(subtype) || typeof message['ts'] !== 'string') return false;
  if (user === userId || (bot !== undefined && bot === botId)) return false;
  if (asFields(metadata)['event_type'] === METADATA_TYPE) return false;
  return bots || (bot === undefined && subtype !== 'bot_message');
}

function contentOf(message: Fields): Omit<SlackMessage, 'channel' | 'isDirect' | 'kind'> {
  const { user, username, ts, thread_ts: threadTs, bot_id: bot } = message;
  const author = user ?? bot;
  return {
    ...(typeof author === 'string' && { user: author }),
    ...(typeof username === 'string' && { username }),
    text: typeof message['text'] === 'string' ? message['text'] : '',
    ts: String(ts),
    ...(typeof threadTs === 'string' && { threadTs }),
    files: Array.isArray(message['files']) ? message['files'].slice(0, 20).flatMap(readFile) : [],
  };
}

function readFile(file: unknown): readonly SlackFile[] {
  const { name, title, mimetype, permalink, url_private: url = permalink } = asFields(file);
  const address = typeof permalink === 'string' ? permalink : url;
  if (typeof address !== 'string' || !/^https?:\/\/[^\s<>]+$/.test(address)) return [];
  return [{ name: textOf(name ?? title ?? 'file'), type: textOf(mimetype ?? ''), url: address }];
}

/** One line; whoever uploads a file names it. */
function textOf(value: unknown): string {
  return String(value)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 200);
}

function nonEmpty(message: SlackMessage): SlackMessage | undefined {
  return message.text === '' && message.files.length === 0 ? undefined : message;
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** Reads what an earlier run wrote down. */
export function parseStored(value: unknown): SlackMessage | undefined {
  const { kind, channel, ts, text, files } = asFields(value);
  const isWhole = typeof channel === 'string' && typeof ts === 'string' && typeof text === 'string';
  if (!isWhole || !Array.isArray(files) || !['new', 'edited', 'deleted'].includes(String(kind))) return undefined;
  return value as SlackMessage;
}
