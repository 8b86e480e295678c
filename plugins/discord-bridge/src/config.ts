/** A channel of Discord, by its id, tied to a channel of the relay. */
export interface ChannelPair {
  readonly discord: string;
  /** With its `#`. */
  readonly relay: string;
}

export interface DiscordConfig {
  readonly token: string;
  /** Without the version, and without a slash at its end. */
  readonly apiUrl: string;
  readonly channels: readonly ChannelPair[];
  /** Where messages to the bridge itself and broadcasts go. */
  readonly defaultChannel?: string;
  /** Names that Discord users have in the relay, by their ids. */
  readonly users: ReadonlyMap<string, string>;
  /** Who gets messages that name no agent. */
  readonly dmAgent?: string;
  /** Whether agents may notify people whom they mention. */
  readonly pings: boolean;
  /** Whether agents have names of their own, by webhooks. */
  readonly identities: 'prefix' | 'webhook';
  /** Whether messages of other bots go into the relay. */
  readonly bots: boolean;
  readonly queueSize: number;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Reads the configuration. Values from the environment are text; both forms are accepted.
 *
 * @throws {TypeError} naming the variable, never its value, which may be a secret
 */
export function parseConfig(values: Values): DiscordConfig {
  const defaultChannel = readId(values, 'discordDefaultChannel', 'DISCORD_DEFAULT_CHANNEL');
  const dmAgent = readText(values, 'discordDmAgent');
  return {
    token: readToken(values),
    apiUrl: readApiUrl(values['discordApiUrl']),
    channels: readChannels(values['discordChannels']),
    ...(defaultChannel !== undefined && { defaultChannel }),
    users: readUsers(values['discordUsers']),
    ...(dmAgent !== undefined && { dmAgent }),
    pings: String(values['discordPings']) === 'true',
    identities: values['discordIdentities'] === 'webhook' ? 'webhook' : 'prefix',
    bots: String(values['discordBots']) === 'true',
    queueSize: readInteger(values['discordQueueSize'] ?? 1000, [1, 100_000], 'DISCORD_QUEUE_SIZE'),
  };
}

/** An id of Discord. @source Discord, "Snowflakes" */
const SNOWFLAKE = /^\d{15,21}$/;
const RELAY_CHANNEL = /^#[^\s,=\p{Cc}]{1,100}$/u;

function readText(values: Values, key: string): string | undefined {
  const value = values[key];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function readId(values: Values, key: string, name: string): string | undefined {
  const value = readText(values, key);
  if (value === undefined || SNOWFLAKE.test(value)) return value;
  throw new TypeError(`${name} must be the id of a channel: 15 to 21 digits, as text.`);
}

function readToken(values: Values): string {
  const value = readText(values, 'discordBotToken')?.replace(/^Bot\s+/, '');
  if (value !== undefined && /^[\w.-]+$/.test(value)) return value;
  throw new TypeError('DISCORD_BOT_TOKEN must be the token of a bot.');
}

function readApiUrl(value: unknown): string {
  if (value === undefined || value === '') return 'https://discord.com/api';
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new TypeError('DISCORD_API_URL must be a URL with http or https, without user name and password.');
  return url.href.replace(/\/$/, '');
}

function listOf(value: unknown): readonly string[] {
  const parts: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  return parts.map((part) => String(part).trim()).filter((part) => part !== '');
}

function readChannels(value: unknown): readonly ChannelPair[] {
  const pairs = listOf(value).map((text) => {
    const [discord = '', relay = ''] = text.split('=').map((side) => side.trim());
    return { discord, relay };
  });
  if (!pairs.every(({ discord, relay }) => SNOWFLAKE.test(discord) && RELAY_CHANNEL.test(relay)))
    throw new TypeError('DISCORD_CHANNELS must be pairs such as 123456789012345678=#builds, separated by commas.');
  for (const side of ['discord', 'relay'] as const)
    if (new Set(pairs.map((pair) => pair[side])).size < pairs.length)
      throw new TypeError('DISCORD_CHANNELS names a channel twice: each is tied to one other.');
  return pairs;
}

function readUsers(value: unknown): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const text of listOf(value)) {
    const [, id, name] = /^(\d{15,21})\s*=\s*([^\s=,\p{Cc}][^=,\p{Cc}]{0,79})$/u.exec(text) ?? [];
    if (id === undefined || name === undefined)
      throw new TypeError('DISCORD_USERS must be pairs such as 123456789012345678=Ada, separated by commas.');
    users.set(id, name);
  }
  return users;
}

function readInteger(value: unknown, [min, max]: readonly [number, number], name: string): number {
  const number = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new TypeError(`${name} must be a whole number from ${min} to ${max}.`);
}
