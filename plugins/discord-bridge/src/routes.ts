/** Which channel of Discord belongs to which place of the relay. */
import type { DiscordConfig } from './config.ts';
import type { DiscordMessage } from './discord-message.ts';
import type { OutboundItem } from './outbound.ts';
import type { FromRelay } from './relay-side.ts';
import type { ThreadRecord, Threads } from './threads.ts';

export interface Routes {
  /** Channels of the relay that are carried. */
  readonly relayChannels: readonly string[];
  /** Undefined where the message has no place in Discord. */
  toDiscord(message: FromRelay): OutboundItem | undefined;
  readonly relayChannelOf: (channel: string) => string | undefined;
  /** Whether people may write to agents by name there: to the bot itself, and in the default channel. */
  readonly isOpen: (message: DiscordMessage) => boolean;
  /** Somebody wrote to an agent: its next message to the bridge goes there, unless it names a thread. */
  readonly noteAddressed: (agent: string, place: LastPlace) => void;
}

interface LastPlace {
  readonly thread: string;
  readonly channel: string;
}

const MAX_AGENTS = 1000;

interface RoutePorts {
  readonly config: Pick<DiscordConfig, 'channels' | 'defaultChannel'>;
  readonly threads: Threads;
}

export function createRoutes({ config: { channels, defaultChannel }, threads }: RoutePorts): Routes {
  const lastPlaces = createLastPlaces();
  const relayChannelOf = (channel: string): string | undefined =>
    channels.find(({ discord }) => discord === channel)?.relay;
  /** A name of a thread can be made up: it opens nobody else's conversation, and no channel that is not configured. */
  const mayWrite = (record: ThreadRecord, from: string): boolean =>
    record.agent === undefined
      ? relayChannelOf(record.channel) !== undefined || record.channel === defaultChannel
      : record.agent.toLowerCase() === from.toLowerCase();
  const toBridge = ({ id, from, thread, body }: FromRelay): OutboundItem | undefined => {
    const item = { id, from, text: body };
    const record = thread === undefined ? undefined : threads.byRelay(thread);
    if (record && mayWrite(record, from)) return { ...item, to: record.channel, thread: record.thread };
    const last = thread === undefined ? lastPlaces.of(from) : undefined;
    if (last) return { ...item, to: last.channel, thread: last.thread };
    if (defaultChannel === undefined) return undefined;
    return { ...item, to: defaultChannel, agent: from, ...(thread !== undefined && !record && { thread }) };
  };
  return {
    relayChannels: channels.map(({ relay }) => relay),
    toDiscord(message) {
      const { id, from, target, thread, body } = message;
      if (target.kind === 'bridge') return toBridge(message);
      const pair = target.kind === 'channel' ? channels.find(({ relay }) => relay === target.channel) : undefined;
      const to = target.kind === 'all' ? defaultChannel : pair?.discord;
      if (to === undefined) return undefined;
      return { id, from, to, text: body, ...(pair && thread !== undefined && { thread }) };
    },
    relayChannelOf,
    isOpen: ({ channel, isDirect }) => isDirect || channel === defaultChannel,
    noteAddressed: lastPlaces.note,
  };
}

interface LastPlaces {
  readonly of: (agent: string) => LastPlace | undefined;
  readonly note: (agent: string, place: LastPlace) => void;
}

function createLastPlaces(): LastPlaces {
  const places = new Map<string, LastPlace>();
  return {
    of: (agent) => places.get(agent.toLowerCase()),
    note(agent, place) {
      places.delete(agent.toLowerCase());
      places.set(agent.toLowerCase(), place);
      const [oldest] = places.keys();
      if (oldest !== undefined && places.size > MAX_AGENTS) places.delete(oldest);
    },
  };
}
