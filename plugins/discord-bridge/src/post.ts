/** Posts what agents wrote, part by part. */
import { createHash } from 'node:crypto';
import { DiscordAPIError, MessageFlags, RESTJSONErrorCodes, Routes, type APIMessage, type REST } from 'discord.js';
import { usernameOf, type Identities, type Webhook } from './identities.ts';
import { toMarkup } from './markup.ts';
import type { Names } from './names.ts';
import type { OutboundItem } from './outbound.ts';
import { shorten, splitText } from './split-text.ts';
import { nameOfThread, type ThreadRecord, type Threads } from './threads.ts';

export interface PostPorts {
  readonly rest: Pick<REST, 'post'>;
  readonly names: Names;
  readonly threads: Threads;
  /** Whether people who are mentioned are notified. */
  readonly pings: boolean;
  /** Undefined where agents have no names of their own. */
  readonly identities: Identities | undefined;
  /** Ids of threads that are there. */
  readonly opened: Set<string>;
}

/** @source Discord, "Create Message" */
const MAX_CHARS = 2000;
/** Of one message of an agent. */
const MAX_TEXT_CHARS = 30_000;
const MAX_PINGS = 10;

/** Where a message goes: a channel or a thread, and perhaps a message that it answers. */
interface Place {
  readonly id: string;
  readonly answers?: string;
}

/** Posts the next part. @returns what is left; undefined when all parts are there */
export async function postNext(item: OutboundItem, ports: PostPorts): Promise<OutboundItem | undefined> {
  const record = findThread(item, ports);
  const place = record ? await openThread(record, item, ports) : { id: item.to };
  const identity = await findIdentity(item, { place, isDirect: record?.isDirect === true }, ports);
  const { parts = render(item, identity, ports), posted = 0 } = item;
  const content = parts[posted];
  if (content === undefined) return undefined;
  const id = await post(content, { item, posted, place, identity }, ports);
  if (posted === 0 && !record) remember(item, id, ports);
  return posted + 1 < parts.length ? { ...item, parts, posted: posted + 1 } : undefined;
}

interface Identity {
  readonly webhook: Webhook;
  readonly username: string;
}

/** Undefined where the bot itself speaks: to one person, in answer to a message, or where it may have no webhook. */
async function findIdentity(
  { from, to }: OutboundItem,
  { place, isDirect }: { readonly place: Place; readonly isDirect: boolean },
  { identities }: PostPorts,
): Promise<Identity | undefined> {
  const username = usernameOf(from);
  if (!identities || isDirect || place.answers !== undefined || username === undefined) return undefined;
  const webhook = await identities.webhookOf(to);
  return webhook && { webhook, username };
}

function render({ from, text }: OutboundItem, identity: Identity | undefined, { names }: PostPorts): readonly string[] {
  const { text: marked } = toMarkup(shorten(text, MAX_TEXT_CHARS), (name) => names.userId(name));
  if (marked.trim() === '') return [];
  return splitText(identity ? marked : `**${from.replaceAll(/[*_~`|\\]/g, '\\$&')}:** ${marked}`, MAX_CHARS);
}

/** @returns the message's id */
async function post(
  content: string,
  { item, posted, place, identity }: Omit<Part, 'pings'>,
  { rest, pings, identities }: PostPorts,
): Promise<string> {
  const body = bodyOf(content, { item, posted, place, pings, identity });
  if (!identity) return ((await rest.post(Routes.channelMessages(place.id), { body })) as APIMessage).id;
  const query = new URLSearchParams({ wait: 'true', ...(place.id !== item.to && { thread_id: place.id }) });
  const { webhook } = identity;
  try {
    return ((await rest.post(Routes.webhook(webhook.id, webhook.token), { body, query, auth: false })) as APIMessage)
      .id;
  } catch (error) {
    const isGone = error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownWebhook;
    if (!isGone) throw error;
    identities?.forget(item.to);
    // Tried again, with another one.
    throw new Error('The webhook is gone.', { cause: error });
  }
}

interface Part {
  readonly item: OutboundItem;
  readonly posted: number;
  readonly place: Place;
  readonly pings: boolean;
  readonly identity: Identity | undefined;
}

/**
 * Nobody is notified but those whom the text mentions, and they only where the configuration allows it; never everybody.
 * Previews are off: Discord would fetch whatever address somebody made an agent write. A message that comes twice under
 * one nonce is taken once.
 */
function bodyOf(content: string, { item, posted, place, pings, identity }: Part): Record<string, unknown> {
  const users = [...new Set([...content.matchAll(/<@(\d{15,21})>/g)].map(([, id = '']) => id))].slice(0, MAX_PINGS);
  const common = {
    content,
    allowed_mentions: { parse: [], users: pings ? users : [], replied_user: false },
    flags: MessageFlags.SuppressEmbeds,
  };
  if (identity) return { ...common, username: identity.username };
  const nonce = createHash('sha256').update(`${item.id} ${posted}`).digest('base64url').slice(0, 25);
  const reference = { message_id: place.answers, fail_if_not_exists: false };
  return {
    ...common,
    nonce,
    enforce_nonce: true,
    ...(place.answers !== undefined && { message_reference: reference }),
  };
}

function findThread({ thread, to }: OutboundItem, { threads }: PostPorts): ThreadRecord | undefined {
  const record = thread === undefined ? undefined : threads.byRelay(thread);
  return record?.channel === to ? record : undefined;
}

/** It was made already, or does not begin at a message. */
const THERE: ReadonlySet<unknown> = new Set([
  RESTJSONErrorCodes.ThreadAlreadyCreatedForMessage,
  RESTJSONErrorCodes.UnknownMessage,
]);
/** None can be made: an answer to the message says as much. */
const NOT_POSSIBLE: ReadonlySet<unknown> = new Set([
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.CannotExecuteActionOnThisChannelType,
]);

async function openThread(
  { channel, root, isDirect }: ThreadRecord,
  { text }: OutboundItem,
  { rest, opened }: PostPorts,
): Promise<Place> {
  if (isDirect) return { id: channel, answers: root };
  if (opened.has(root)) return { id: root };
  try {
    await rest.post(Routes.threads(channel, root), { body: { name: titleOf(text), auto_archive_duration: 1440 } });
  } catch (error) {
    if (!(error instanceof DiscordAPIError)) throw error;
    if (NOT_POSSIBLE.has(error.code)) return { id: channel, answers: root };
    if (!THERE.has(error.code)) throw error;
  }
  opened.add(root);
  return { id: root };
}

function titleOf(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return (
    line
      .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
      .slice(0, 80)
      .toWellFormed()
      .trim() || 'Answers'
  );
}

function remember({ to, thread, agent }: OutboundItem, root: string, { threads }: PostPorts): void {
  if (thread === undefined && agent === undefined) return;
  const place = { channel: to, root };
  threads.remember({ ...place, thread: thread ?? nameOfThread(place), ...(agent !== undefined && { agent }) });
}
