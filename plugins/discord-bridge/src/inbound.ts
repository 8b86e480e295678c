/** Messages of Discord on their way into the relay: one after the other, in the order in which they came. */
import type { DiscordMessage } from './discord-message.ts';
import type { RelaySide, ToRelay } from './relay-side.ts';

import type { Spool } from './spool.ts';
import { nameOfThread, type Threads } from './threads.ts';

export interface InboundPorts {
  readonly spool: Spool<DiscordMessage>;
  readonly relay: RelaySide;
  readonly threads: Threads;
  /** The relay's channel of a conversation in Discord. */
  readonly relayChannelOf: (channel: string) => string | undefined;
  /** Whether people may write to agents by name there. */
  readonly isOpen: (message: DiscordMessage) => boolean;
  /** Who gets what names nobody. */
  readonly defaultAgent: string | undefined;
  /** Names of those that are connected. */
  readonly agents: () => readonly string[];
  readonly onAddressed: (agent: string, thread: { readonly thread: string; readonly channel: string }) => void;
  /** Says something to people in a conversation. */
  readonly answer: (message: DiscordMessage, text: string) => void;
  readonly onDelivered: () => void;
  readonly onFailure: (error: unknown) => void;
}

export interface Inbound {
  /** False if there is no room. */
  accept(message: DiscordMessage): boolean;
  close(): Promise<void>;
}

export function startInbound(ports: InboundPorts): Inbound {
  const closing = new AbortController();
  let worker: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    const { spool, relay, onDelivered } = ports;
    for (let entry = spool.first(); entry && !closing.signal.aborted; entry = spool.first()) {
      const message = translateSafely(entry.item, ports);
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
function translateSafely(message: DiscordMessage, ports: InboundPorts): ToRelay | undefined {
  try {
    return translate(message, ports);
  } catch (error) {
    ports.onFailure(error);
    return undefined;
  }
}

/** Undefined for what is meant for nobody in the relay. */
function translate(message: DiscordMessage, ports: InboundPorts): ToRelay | undefined {
  const addressed = route(message, ports);
  if (!addressed) return undefined;
  return {
    target: addressed.target,
    body: bodyOf(message, addressed.text),
    thread: addressed.thread,
    mentions: mentionsIn(addressed.text, ports.agents()),
    data: { discord: factsOf(message) },
  };
}

interface Addressed {
  readonly target: ToRelay['target'];
  readonly thread: string;
  readonly text: string;
}

function route(message: DiscordMessage, ports: InboundPorts): Addressed | undefined {
  const place = { channel: message.channel, root: message.root ?? message.id };
  const record = ports.threads.byDiscord(place);
  const thread = record?.thread ?? nameOfThread(place);
  const toAgent = (agent: string, text: string): Addressed => {
    ports.threads.remember({ ...place, thread, agent, ...(message.isDirect && { isDirect: true }) });
    ports.onAddressed(agent, { thread, channel: place.channel });
    return { target: { kind: 'agent', agent }, thread, text };
  };
  if (record?.agent !== undefined) return toAgent(record.agent, message.text);
  const channel = ports.relayChannelOf(message.channel);
  if (channel !== undefined) return { target: { kind: 'channel', channel }, thread, text: message.text };
  return ports.isOpen(message) ? address(message, { ports, toAgent }) : undefined;
}

/** `Alice: text` or `@Alice text`, where an agent of that name is connected. */
function address(
  message: DiscordMessage,
  { ports, toAgent }: { readonly ports: InboundPorts; readonly toAgent: (agent: string, text: string) => Addressed },
): Addressed | undefined {
  const { defaultAgent, agents, answer } = ports;
  const pattern = /^(?:@([\p{L}\p{N}_.-]{1,64})[:,]?|([\p{L}\p{N}_.-]{1,64})[:,])\s+([\s\S]+)$/u;
  const [, called, named = called, text = ''] = pattern.exec(message.text.trim()) ?? [];
  const agent = agents().find((each) => each.toLowerCase() === named?.toLowerCase());
  if (agent !== undefined) return toAgent(agent, text);
  if (defaultAgent !== undefined) return toAgent(defaultAgent, message.text);
  if (message.isDirect && message.kind === 'new')
    answer(message, `Name an agent: “Alice: your message”. Connected are: ${agents().join(', ') || 'none'}.`);
  return undefined;
}

function bodyOf({ kind, files, userName }: DiscordMessage, text: string): string {
  if (kind === 'deleted') return `${userName} deleted a message.`;
  const lines = files.map(({ name, type, url }) => `File: ${name}${type === '' ? '' : ` (${type})`} ${url}`);
  return [`${userName}${kind === 'edited' ? ' edited' : ''}: ${text}`.trimEnd(), ...lines].join('\n');
}

function mentionsIn(text: string, agents: readonly string[]): string[] {
  const named = new Set([...text.matchAll(/@([\p{L}\p{N}_-]+)/gu)].map(([, name = '']) => name.toLowerCase()));
  return agents.filter((agent) => named.has(agent.toLowerCase()));
}

function factsOf(message: DiscordMessage): Record<string, unknown> {
  const { kind, id, channel, channelName, root, user, userName, files } = message;
  return {
    event: kind,
    id,
    channel,
    ...(channelName !== undefined && { channelName }),
    ...(root !== undefined && { root }),
    user,
    userName,
    ...(files.length > 0 && { files: files.map((file) => ({ ...file })) }),
  };
}
