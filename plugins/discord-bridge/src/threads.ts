/**
 * Which thread of Discord is which thread of the relay; kept on the disk, the oldest forgotten. A thread that begins at a
 * message has the id of that message, so a conversation has a name before anybody has made a thread of it.
 */
import type { Journal } from './journal.ts';

export interface DiscordThread {
  /** Id of the channel that it is in. */
  readonly channel: string;
  /** Id of its first message, and of the thread itself where there is one. */
  readonly root: string;
}

export interface ThreadRecord extends DiscordThread {
  /** The relay's name of it. */
  readonly thread: string;
  /** The agent that answers in it go to, where it is a conversation with one alone. */
  readonly agent?: string;
  /** Whether it is between one person and the bot, where there are no threads. */
  readonly isDirect?: true;
}

export interface Threads {
  byRelay(thread: string): ThreadRecord | undefined;
  byDiscord(thread: DiscordThread): ThreadRecord | undefined;
  remember(record: ThreadRecord): void;
  close(): void;
}

const MAX_RECORDS = 5000;

export function openThreads(journal: Journal): Threads {
  const relay = new Map<string, ThreadRecord>();
  const discord = new Map<string, ThreadRecord>();
  const forget = (record: ThreadRecord): void => {
    relay.delete(record.thread);
    discord.delete(keyOf(record));
  };
  const put = (record: ThreadRecord): void => {
    for (const old of [relay.get(record.thread), discord.get(keyOf(record))]) if (old) forget(old);
    relay.set(record.thread, record);
    discord.set(keyOf(record), record);
    const [oldest] = relay.values();
    if (oldest && relay.size > MAX_RECORDS) forget(oldest);
  };
  for (const line of journal.read()) {
    const record = parseRecord(line);
    if (record) put(record);
  }
  return {
    byRelay: (thread) => relay.get(thread) ?? parseOwn(thread),
    byDiscord: (thread) => discord.get(keyOf(thread)),
    remember(record) {
      const { thread, agent } = discord.get(keyOf(record)) ?? {};
      if (thread === record.thread && agent === record.agent) return;
      put(record);
      if (journal.length > 2 * MAX_RECORDS) journal.rewrite([...relay.values()]);
      else journal.append(record);
    },
    close: () => journal.close(),
  };
}

/** The relay's name of a thread that began in Discord. */
export function nameOfThread({ channel, root }: DiscordThread): string {
  return `discord:${channel}:${root}`;
}

/** What was forgotten says itself what it is. */
function parseOwn(thread: string): ThreadRecord | undefined {
  const [, channel, root] = /^discord:(\d{15,21}):(\d{15,21})$/.exec(thread) ?? [];
  return channel === undefined || root === undefined ? undefined : { thread, channel, root };
}

function keyOf({ channel, root }: DiscordThread): string {
  return `${channel}:${root}`;
}

function parseRecord(line: unknown): ThreadRecord | undefined {
  if (typeof line !== 'object' || line === null) return undefined;
  const { thread, channel, root, agent, isDirect } = line as Record<string, unknown>;
  if (typeof thread !== 'string' || typeof channel !== 'string' || typeof root !== 'string') return undefined;
  return {
    thread,
    channel,
    root,
    ...(typeof agent === 'string' && { agent }),
    ...(isDirect === true && { isDirect }),
  };
}
