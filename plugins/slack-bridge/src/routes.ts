/** Which conversation of Slack belongs to which place of the relay. */
import type { SlackConfig } from './config.ts';
import type { Directory } from './directory.ts';
import type { OutboundItem } from './outbound.ts';
import type { FromRelay } from './relay-side.ts';
import type { SlackMessage } from './slack-message.ts';
import { nameOfThread, type ThreadRecord, type Threads } from './threads.ts';

export interface Routes {
  /** Channels of the relay that are carried. */
  readonly relayChannels: readonly string[];
  /** Undefined where the message has no place in Slack. */
  toSlack(message: FromRelay): OutboundItem | undefined;
  readonly relayChannelOf: (channel: string) => string | undefined;
  /** Whether people may write to agents by name there: to the app itself, and in the default channel. */
  readonly isOpen: (message: SlackMessage) => boolean;
  /** Somebody wrote to an agent: its next message to the bridge goes there, unless it names a thread. */
  readonly noteAddressed: (agent: string, place: LastPlace) => void;
  /** The relay's name of a thread in Slack. */
  threadAt(channel: string, ts: string): string;
}

interface LastPlace {
  readonly thread: string;
  readonly channel: string;
}

const MAX_AGENTS = 1000;

export function createRoutes({
  config: { channels, defaultChannel },
  directory,
  threads,
}: {
  readonly config: Pick<SlackConfig, 'channels' | 'defaultChannel'>;
  readonly directory: Directory;
  readonly threads: Threads;
}): Routes {
  const lastPlaces = createLastPlaces();
  const isDefault = (channel: string): boolean =>
    defaultChannel !== undefined && directory.resolve(defaultChannel) === channel;
  const relayChannelOf = (channel: string): string | undefined =>
    channels.find(({ slack }) => directory.resolve(slack) === channel)?.relay;
  const slackNameOf = (channel: string): string =>
    channels.find(({ slack }) => directory.resolve(slack) === channel)?.slack ??
    (isDefault(channel) ? (defaultChannel ?? channel) : channel);
  /** A name of a thread can be made up: it opens nobody else's conversation, and no channel that is not configured. */
  const mayWrite = (record: ThreadRecord, from: string): boolean =>
    record.agent === undefined
      ? relayChannelOf(record.channel) !== undefined || isDefault(record.channel)
      : record.agent.toLowerCase() === from.toLowerCase();
  const toBridge = ({ id, from, thread, body }: FromRelay): OutboundItem | undefined => {
    const item = { id, from, text: body };
    const record = thread === undefined ? undefined : threads.byRelay(thread);
    if (record && mayWrite(record, from)) return { ...item, to: slackNameOf(record.channel), thread: record.thread };
    const last = thread === undefined ? lastPlaces.of(from) : undefined;
    if (last) return { ...item, to: slackNameOf(last.channel), thread: last.thread };
    if (defaultChannel === undefined) return undefined;
    return { ...item, to: defaultChannel, agent: from, ...(thread !== undefined && !record && { thread }) };
  };
  return {
    relayChannels: channels.map(({ relay }) => relay),
    toSlack(message) {
      const { id, from, target, thread, body } = message;
      if (target.kind === 'bridge') return toBridge(message);
      const pair = target.kind === 'channel' ? channels.find(({ relay }) => relay === target.channel) : undefined;
      const to = target.kind === 'all' ? defaultChannel : pair?.slack;
      if (to === undefined) return undefined;
      return { id, from, to, text: body, ...(pair && thread !== undefined && { thread }) };
    },
    relayChannelOf,
    isOpen: ({ channel, isDirect }) => isDirect || isDefault(channel),
    noteAddressed: lastPlaces.note,
    threadAt: (channel, ts) => nameOfThread({ channel, ts }),
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
