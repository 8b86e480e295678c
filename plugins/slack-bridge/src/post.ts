/** Posts what agents wrote, part by part. */
import type { MessageElement } from '@slack/web-api/dist/types/response/ConversationsHistoryResponse.js';
import { ErrorCode, type ChatPostMessageArguments, type WebClient } from '@slack/web-api';
import type { SlackConfig } from './config.ts';
import { classify } from './failures.ts';
import type { Directory } from './directory.ts';
import { escapeMrkdwn, toMrkdwn } from './mrkdwn.ts';
import type { OutboundItem } from './outbound.ts';
import { METADATA_TYPE } from './slack-message.ts';
import { shorten, splitText } from './split-text.ts';
import { nameOfThread, type Threads } from './threads.ts';

export interface PostPorts {
  readonly client: WebClient;
  readonly config: Pick<SlackConfig, 'agentNames'>;
  readonly directory: Directory;
  readonly threads: Threads;
}

/** Slack asks for no more than this, and cuts at ten times of it. @source Slack, chat.postMessage, "Truncating content" */
const MAX_CHARS = 4000;
/** Of one message of an agent. */
const MAX_TEXT_CHARS = 60_000;

/** Posts the next part. @returns what is left; undefined when all parts are there */
export async function postNext(item: OutboundItem, ports: PostPorts): Promise<OutboundItem | undefined> {
  const channel = await findChannel(item.to, ports.directory);
  const { parts = render(item, ports), posted = 0 } = item;
  const text = parts[posted];
  if (text === undefined) return undefined;
  const threadTs = findThread(item, channel, ports);
  const args = {
    channel,
    text,
    ...(threadTs !== undefined && { thread_ts: threadTs }),
    ...optionsOf(item, posted, ports),
  };
  const place = { channel, threadTs };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not the method of a window
  const ts = (await findPosted(item, place, ports)) ?? (await ports.client.chat.postMessage(args)).ts;
  if (posted === 0 && threadTs === undefined && ts !== undefined) remember(item, { channel, ts }, ports);
  if (posted + 1 >= parts.length) return undefined;
  const { unsureSinceMs: _, ...rest } = item;
  return { ...rest, parts, posted: posted + 1 };
}

interface Place {
  readonly channel: string;
  readonly threadTs: string | undefined;
}

/** Clocks of two machines may differ so much. */
const SKEW_MS = 10 * 60 * 1000;

/** Whether a part whose answer was lost is there: its time stamp. Undefined too where the app may not look. */
async function findPosted(
  { id, posted = 0, unsureSinceMs }: OutboundItem,
  { channel, threadTs }: Place,
  { client }: PostPorts,
): Promise<string | undefined> {
  if (unsureSinceMs === undefined) return undefined;
  const oldest = String((unsureSinceMs - SKEW_MS) / 1000);
  const args = { channel, oldest, limit: 200, include_all_metadata: true };
  try {
    const { messages = [] } = await (threadTs === undefined
      ? client.conversations.history(args)
      : client.conversations.replies({ ...args, ts: threadTs }));
    return messages.find(({ metadata }) => isPart(metadata, id, posted))?.ts;
  } catch (error) {
    const failure = classify(error);
    if (failure.kind === 'refused' || failure.reason.startsWith('missing_scope')) return undefined;
    throw error;
  }
}

function isPart(metadata: MessageElement['metadata'], id: string, part: number): boolean {
  const { event_type: type, event_payload: payload = {} } = metadata ?? {};
  const found = new Map(Object.entries(payload));
  return type === METADATA_TYPE && found.get('id') === id.slice(0, 200) && found.get('part') === part;
}

function findThread({ thread }: OutboundItem, channel: string, { threads }: PostPorts): string | undefined {
  const record = thread === undefined ? undefined : threads.byRelay(thread);
  return record?.channel === channel ? record.ts : undefined;
}

/** Previews are off: Slack would fetch whatever address somebody made an agent write. */
function optionsOf(
  { id, from }: OutboundItem,
  part: number,
  { config }: PostPorts,
): Pick<ChatPostMessageArguments, 'unfurl_links' | 'unfurl_media' | 'metadata'> & { readonly username?: string } {
  const metadata = { event_type: METADATA_TYPE, event_payload: { id: id.slice(0, 200), part } };
  return {
    unfurl_links: false,
    unfurl_media: false,
    metadata,
    ...(config.agentNames === 'username' && { username: from.slice(0, 80) }),
  };
}

function render({ from, text }: OutboundItem, { config, directory }: PostPorts): readonly string[] {
  const body = toMrkdwn(shorten(text, MAX_TEXT_CHARS), directory);
  if (body.trim() === '') return [];
  return splitText(config.agentNames === 'username' ? body : `*${escapeMrkdwn(from)}:* ${body}`, MAX_CHARS);
}

function remember(
  { thread, agent }: OutboundItem,
  place: { readonly channel: string; readonly ts: string },
  { threads }: PostPorts,
): void {
  if (thread === undefined && agent === undefined) return;
  threads.remember({ ...place, thread: thread ?? nameOfThread(place), ...(agent !== undefined && { agent }) });
}

/** @throws as Slack's client does for a channel that is not there */
async function findChannel(name: string, directory: Directory): Promise<string> {
  const known = directory.resolve(name);
  if (known !== undefined) return known;
  await directory.loadChannels();
  const found = directory.resolve(name);
  if (found !== undefined) return found;
  const data = { ok: false, error: 'channel_not_found' };
  throw Object.assign(new Error('channel_not_found'), { code: ErrorCode.PlatformError, data });
}
