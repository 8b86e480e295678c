/** Which thread of Slack is which thread of the relay; kept on the disk, the oldest forgotten. */
import type { Journal } from './journal.ts';

export interface SlackThread {
  /** Id of the conversation. */
  readonly channel: string;
  /** Time stamp of the thread's first message. */
  readonly ts: string;
}

export interface ThreadRecord extends SlackThread {
  /** The relay's name of it. */
  readonly thread: string;
  /** The agent that answers in it go to, where it is a conversation with one alone. */
  readonly agent?: string;
}

export interface Threads {
  byRelay(thread: string): ThreadRecord | undefined;
  bySlack(thread: SlackThread): ThreadRecord | undefined;
  remember(record: ThreadRecord): void;
  close(): void;
}

const MAX_RECORDS = 5000;

export function openThreads(journal: Journal): Threads {
  const relay = new Map<string, ThreadRecord>();
  const slack = new Map<string, ThreadRecord>();
  const forget = (record: ThreadRecord): void => {
    relay.delete(record.thread);
    slack.delete(keyOf(record));
  };
  const put = (record: ThreadRecord): void => {
    for (const old of [relay.get(record.thread), slack.get(keyOf(record))]) if (old) forget(old);
    relay.set(record.thread, record);
    slack.set(keyOf(record), record);
    const [oldest] = relay.values();
    if (oldest && relay.size > MAX_RECORDS) forget(oldest);
  };
  for (const line of journal.read()) {
    const record = parseRecord(line);
    if (record) put(record);
  }
  return {
    byRelay: (thread) => relay.get(thread) ?? parseOwn(thread),
    bySlack: (thread) => slack.get(keyOf(thread)),
    remember(record) {
      const { thread, channel, ts, agent } = slack.get(keyOf(record)) ?? {};
      if (thread === record.thread && channel === record.channel && ts === record.ts && agent === record.agent) return;
      put(record);
      if (journal.length > 2 * MAX_RECORDS) journal.rewrite([...relay.values()]);
      else journal.append(record);
    },
    close: () => journal.close(),
  };
}

/** The relay's name of a thread that began in Slack. */
export function nameOfThread({ channel, ts }: SlackThread): string {
  return `slack:${channel}:${ts}`;
}

/** What was forgotten says itself what it is. */
function parseOwn(thread: string): ThreadRecord | undefined {
  const [, channel, ts] = /^slack:([CGD][A-Z0-9]{5,20}):(\d{10}\.\d{6})$/.exec(thread) ?? [];
  return channel === undefined || ts === undefined ? undefined : { thread, channel, ts };
}

function keyOf({ channel, ts }: SlackThread): string {
  return `${channel}:${ts}`;
}

function parseRecord(line: unknown): ThreadRecord | undefined {
  if (typeof line !== 'object' || line === null) return undefined;
  const { thread, channel, ts, agent } = line as Record<string, unknown>;
  if (typeof thread !== 'string' || typeof channel !== 'string' || typeof ts !== 'string') return undefined;
  return { thread, channel, ts, ...(typeof agent === 'string' && { agent }) };
}
