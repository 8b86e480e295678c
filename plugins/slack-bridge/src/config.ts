/** A Slack conversation as the user names it, `#name` or an id, tied to a channel of the relay. */
export interface ChannelPair {
  readonly slack: string;
  /** With its `#`. */
  readonly relay: string;
}

/** How Slack tells what happens. */
export type EventSource =
  | { readonly kind: 'socket'; readonly appToken: string }
  | { readonly kind: 'http'; readonly signingSecret: string; readonly port: number; readonly host: string };

export interface SlackConfig {
  readonly botToken: string;
  readonly source: EventSource;
  /** Ends with a slash. */
  readonly apiUrl: string;
  readonly channels: readonly ChannelPair[];
  /** Where messages to the bridge itself and broadcasts go. */
  readonly defaultChannel?: string;
  /** Names that Slack users have in the relay, by their ids. */
  readonly users: ReadonlyMap<string, string>;
  /** Who gets messages that name no agent. */
  readonly dmAgent?: string;
  readonly agentNames: 'prefix' | 'username';
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
export function parseConfig(values: Values): SlackConfig {
  const dmAgent = readText(values, 'slackDmAgent');
  return {
    botToken: readToken(values, { key: 'slackBotToken', name: 'SLACK_BOT_TOKEN', prefix: 'xoxb-' }),
    source: readSource(values),
    apiUrl: readApiUrl(values['slackApiUrl']),
    channels: readChannels(values['slackChannels']),
    ...readDefaultChannel(values),
    users: readUsers(values['slackUsers']),
    ...(dmAgent !== undefined && { dmAgent }),
    agentNames: values['slackAgentNames'] === 'username' ? 'username' : 'prefix',
    bots: String(values['slackBots']) === 'true',
    queueSize: readInteger(values['slackQueueSize'] ?? 1000, [1, 100_000], 'SLACK_QUEUE_SIZE'),
  };
}

const SLACK_CHANNEL = /^(?:#[^\s,=#]{1,80}|[CGD][A-Z0-9]{5,20})$/u;
const RELAY_CHANNEL = /^#[^\s,=\p{Cc}]{1,100}$/u;

function readText(values: Values, key: string): string | undefined {
  const value = values[key];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function readSource(values: Values): EventSource {
  const port = values['slackEventsPort'];
  if (port === undefined || port === '')
    return {
      kind: 'socket',
      appToken: readToken(values, { key: 'slackAppToken', name: 'SLACK_APP_TOKEN', prefix: 'xapp-' }),
    };
  const signingSecret = readText(values, 'slackSigningSecret');
  if (signingSecret === undefined || !/^[0-9a-f]{32,64}$/.test(signingSecret))
    throw new TypeError(
      'SLACK_SIGNING_SECRET must be the signing secret of the app, in hex, where SLACK_EVENTS_PORT is set.',
    );
  return {
    kind: 'http',
    signingSecret,
    port: readInteger(port, [0, 65_535], 'SLACK_EVENTS_PORT'),
    host: readText(values, 'slackEventsHost') ?? '127.0.0.1',
  };
}

function readDefaultChannel(values: Values): Pick<SlackConfig, 'defaultChannel'> {
  const defaultChannel = readText(values, 'defaultChannel');
  if (defaultChannel === undefined) return {};
  if (SLACK_CHANNEL.test(defaultChannel)) return { defaultChannel };
  throw new TypeError('DEFAULT_CHANNEL must be a Slack channel: #name or its id.');
}

interface Token {
  readonly key: string;
  readonly name: string;
  readonly prefix: string;
}

function readToken(values: Values, { key, name, prefix }: Token): string {
  const value = readText(values, key);
  if (value !== undefined && value.startsWith(prefix) && /^[\w-]+$/.test(value)) return value;
  throw new TypeError(`${name} must be a token of Slack that begins with ${prefix}.`);
}

function readApiUrl(value: unknown): string {
  if (value === undefined || value === '') return 'https://slack.com/api/';
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new TypeError('SLACK_API_URL must be a URL with http or https, without user name and password.');
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

function listOf(value: unknown): readonly string[] {
  const parts: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  return parts.map((part) => String(part).trim()).filter((part) => part !== '');
}

/** `#dev=#builds`, `C0123ABCD=#builds`, or `#builds` for the same name on both sides. */
function readChannels(value: unknown): readonly ChannelPair[] {
  const pairs = listOf(value).map((text) => {
    const [slack = '', relay = slack] = text.split('=').map((side) => side.trim());
    return { slack, relay };
  });
  const isValid = pairs.every(({ slack, relay }) => SLACK_CHANNEL.test(slack) && RELAY_CHANNEL.test(relay));
  if (!isValid)
    throw new TypeError('SLACK_CHANNELS must be pairs such as #dev=#builds or C0123ABCD=#builds, separated by commas.');
  for (const side of ['slack', 'relay'] as const)
    if (new Set(pairs.map((pair) => pair[side])).size < pairs.length)
      throw new TypeError('SLACK_CHANNELS names a channel twice: each is tied to one other.');
  return pairs;
}

function readUsers(value: unknown): ReadonlyMap<string, string> {
  const pairs = listOf(value).map((text) =>
    /^([UW][A-Z0-9]{5,20})\s*=\s*([^\s=,\p{Cc}][^=,\p{Cc}]{0,79})$/u.exec(text),
  );
  const users = new Map<string, string>();
  for (const pair of pairs) {
    if (!pair) throw new TypeError('SLACK_USERS must be pairs such as U0123ABCD=Ada, separated by commas.');
    users.set(pair[1] ?? '', pair[2] ?? '');
  }
  return users;
}

function readInteger(value: unknown, [min, max]: readonly [number, number], name: string): number {
  const number = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new TypeError(`${name} must be a whole number from ${min} to ${max}.`);
}
