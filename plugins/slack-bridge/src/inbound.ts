/** Messages of Slack on their way into the relay: one after the other, in the order in which they came. */
import type { Directory } from './directory.ts';
import { toPlainText } from './mrkdwn.ts';
import type { RelaySide, ToRelay } from './relay-side.ts';
import type { SlackMessage } from './slack-message.ts';
import type { Spool } from './spool.ts';
import { nameOfThread, type Threads } from './threads.ts';

export interface InboundPorts {
  readonly spool: Spool<SlackMessage>;
  readonly relay: RelaySide;
  readonly directory: Directory;
  readonly threads: Threads;
  /** The relay's channel of a conversation in Slack. */
  readonly relayChannelOf: (channel: string) => string | undefined;
  /** Whether people may write to agents by name there. */
  readonly isOpen: (message: SlackMessage) => boolean;
  /** Who gets what names nobody. */
  readonly defaultAgent: string | undefined;
  /** Names of those that are connected. */
  readonly agents: () => readonly string[];
  readonly onAddressed: (agent: string, thread: { readonly thread: string; readonly channel: string }) => void;
  /** Says something to people in a conversation. */
  readonly answer: (message: SlackMessage, text: string) => void;
  readonly onDelivered: () => void;
  readonly onFailure: (error: unknown) => void;
}

export interface Inbound {
  /** False if there is no room: then Slack sends it again. */
  accept(message: SlackMessage): boolean;
  close(): Promise<void>;
}

export function startInbound(ports: InboundPorts): Inbound {
  const closing = new AbortController();
  let worker: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    const { spool, relay, onDelivered } = ports;
    for (let entry = spool.first(); entry && !closing.signal.aborted; entry = spool.first()) {
      const message = await translateSafely(entry.item, ports);
      const isSent = message === undefined || (await sendWhenConnected(relay, message, closing.signal));
      if (!isSent) break;
      spool.remove(entry.key);
      if (message) onDelivered();
    }
  };
  const start = (): void => {
    if (worker || !ports.spool.first()) return;
    worker = work().finally(() => {
      worker = undefined;
      if (!closing.signal.aborted) start();
    });
  };
  start();
  return {
    accept(message) {
      if (closing.signal.aborted || !ports.spool.add(message)) return false;
      start();
      return true;
    },
    async close() {
      closing.abort();
      await worker;
    },
  };
}

/** False when `signal` was aborted before. */
async function sendWhenConnected(relay: RelaySide, message: ToRelay, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (relay.send(message)) return true;
    await relay.connected(signal);
  }
  return false;
}

/** A message that cannot be read must not hold up those behind it. */
async function translateSafely(message: SlackMessage, ports: InboundPorts): Promise<ToRelay | undefined> {
  try {
    return await translate(message, ports);
  } catch (error) {
    ports.onFailure(error);
    return undefined;
  }
}

/** Undefined for what is meant for nobody in the relay. */
async function translate(message: SlackMessage, ports: InboundPorts): Promise<ToRelay | undefined> {
  const { directory } = ports;
  await directory.learn(idsIn(message));
  const plain = toPlainText(message.text, directory);
  const addressed = route(message, plain, ports);
  if (!addressed) return undefined;
  const author = nameOf(message, directory);
  return {
    target: addressed.target,
    body: bodyOf(message, author, addressed.text),
    thread: addressed.thread,
    mentions: mentionsIn(addressed.text, ports.agents()),
    data: { slack: factsOf(message, author, directory) },
  };
}

function idsIn({ text, user, channel }: SlackMessage): { users: string[]; channels: string[] } {
  const find = (pattern: RegExp): string[] =>
    [...new Set([...text.matchAll(pattern)].map(([, id = '']) => id))].slice(0, 50);
  const users = find(/<@([UW][A-Z0-9]+)/g);
  const isPerson = user !== undefined && /^[UW]/.test(user);
  return {
    users: isPerson && !users.includes(user) ? [user, ...users] : users,
    channels: [...find(/<#(C[A-Z0-9]+)/g), ...(/^[CG]/.test(channel) ? [channel] : [])],
  };
}

interface Addressed {
  readonly target: ToRelay['target'];
  readonly thread: string;
  readonly text: string;
}

function route(message: SlackMessage, plain: string, ports: InboundPorts): Addressed | undefined {
  const place = { channel: message.channel, ts: message.threadTs ?? message.ts };
  const record = ports.threads.bySlack(place);
  const thread = record?.thread ?? nameOfThread(place);
  const toAgent = (agent: string, text: string): Addressed => {
    ports.threads.remember({ ...place, thread, agent });
    ports.onAddressed(agent, { thread, channel: place.channel });
    return { target: { kind: 'agent', agent }, thread, text };
  };
  if (record?.agent !== undefined) return toAgent(record.agent, plain);
  const channel = ports.relayChannelOf(message.channel);
  if (channel !== undefined) return { target: { kind: 'channel', channel }, thread, text: plain };
  return ports.isOpen(message) ? address(message, plain, { ports, toAgent }) : undefined;
}

/** `Alice: text` or `@Alice text`, where an agent of that name is connected. */
function address(
  message: SlackMessage,
  plain: string,
  { ports, toAgent }: { readonly ports: InboundPorts; readonly toAgent: (agent: string, text: string) => Addressed },
): Addressed | undefined {
  const { defaultAgent, agents, answer } = ports;
  const pattern = /^(?:@([\p{L}\p{N}_.-]{1,64})[:,]?|([\p{L}\p{N}_.-]{1,64})[:,])\s+([\s\S]+)$/u;
  const [, called, named = called, text = ''] = pattern.exec(plain.trim()) ?? [];
  const agent = agents().find((each) => each.toLowerCase() === named?.toLowerCase());
  if (agent !== undefined) return toAgent(agent, text);
  if (defaultAgent !== undefined) return toAgent(defaultAgent, plain);
  if (message.isDirect && message.kind === 'new')
    answer(message, `Name an agent: “Alice: your message”. Connected are: ${agents().join(', ') || 'none'}.`);
  return undefined;
}

function nameOf({ user, username }: SlackMessage, directory: Directory): string {
  const known = user === undefined ? undefined : directory.userName(user);
  return known ?? username?.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 80) ?? user ?? 'somebody';
}

function bodyOf({ kind, files }: SlackMessage, author: string, text: string): string {
  if (kind === 'deleted') return `${author} deleted a message.`;
  const lines = files.map(({ name, type, url }) => `File: ${name}${type === '' ? '' : ` (${type})`} ${url}`);
  return [`${author}${kind === 'edited' ? ' edited' : ''}: ${text}`.trimEnd(), ...lines].join('\n');
}

function mentionsIn(text: string, agents: readonly string[]): string[] {
  const named = new Set([...text.matchAll(/@([\p{L}\p{N}_-]+)/gu)].map(([, name = '']) => name.toLowerCase()));
  return agents.filter((agent) => named.has(agent.toLowerCase()));
}

function factsOf(message: SlackMessage, author: string, directory: Directory): Record<string, unknown> {
  const { kind, channel, user, ts, threadTs, files } = message;
  const channelName = directory.channelName(channel);
  return {
    event: kind,
    channel,
    ...(channelName !== undefined && { channelName }),
    ...(user !== undefined && { user }),
    userName: author,
    ts,
    ...(threadTs !== undefined && { threadTs }),
    ...(files.length > 0 && { files: files.map((file) => ({ ...file })) }),
  };
}
