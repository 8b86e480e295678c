/**
 * Names of users and channels, kept for an hour. They are chosen by strangers: cleaned of what could make one line look
 * like two, and never more than so many.
 */
import type { WebClient } from '@slack/web-api';
import type { SlackIds, SlackNames } from './mrkdwn.ts';

export interface Directory extends SlackNames, SlackIds {
  /** Learns the channels that the app can see, and users by their names. @throws what the client throws */
  loadChannels(): Promise<void>;
  loadUsers(): Promise<void>;
  /** Looks up what a text mentions, as far as Slack answers in time. Never rejects. */
  learn(ids: { readonly users: readonly string[]; readonly channels: readonly string[] }): Promise<void>;
  /** The id of `#name` or of an id; undefined where no such channel is known. */
  resolve(channel: string): string | undefined;
  forgetUser(id: string): void;
  /** Gives a user a name for good. */
  nameUser(id: string, name: string): void;
  renameChannel(id: string, name: string): void;
}

export interface DirectoryPorts {
  readonly client: WebClient;
  readonly nowMs: () => number;
  /** Names that the configuration gives to users. */
  readonly users: ReadonlyMap<string, string>;
}

interface Known {
  readonly name: string;
  readonly untilMs: number;
}

interface State extends DirectoryPorts {
  readonly known: Map<string, Known>;
  readonly channels: Map<string, string>;
  /** Lower case name → id; null for a name that several have. */
  readonly ids: Map<string, string | null>;
}

const KEEP_MS = 60 * 60 * 1000;
const KEEP_FAILURE_MS = 60 * 1000;
const MAX_USERS = 10_000;
const PAGE = 200;
const MAX_PAGES = 50;
const LOOKUP_MS = 5000;

export function createDirectory(ports: DirectoryPorts): Directory {
  const state: State = { ...ports, known: new Map(), channels: new Map(), ids: new Map() };
  for (const [id, name] of ports.users) addName(state, name, id);
  return {
    userName: (id) => ports.users.get(id) ?? state.known.get(id)?.name,
    channelName: (id) => state.channels.get(id),
    userId: (name) => state.ids.get(name.toLowerCase()) ?? undefined,
    channelId: (name) => findChannel(state, name),
    resolve: (channel) => (channel.startsWith('#') ? findChannel(state, channel.slice(1)) : channel),
    loadChannels: () => loadChannels(state),
    loadUsers: () => loadUsers(state),
    async learn({ users, channels }) {
      const limit = new Promise<void>((resolve) => void setTimeout(resolve, LOOKUP_MS).unref());
      const lookups = [
        ...users.filter((id) => !isFresh(state, id)).map((id) => learnUser(state, id)),
        ...channels.filter((id) => !state.channels.has(id)).map((id) => learnChannel(state, id)),
      ];
      await Promise.race([Promise.all(lookups), limit]);
    },
    forgetUser: (id) => void state.known.delete(id),
    nameUser(id, name) {
      state.known.set(id, { name, untilMs: Number.POSITIVE_INFINITY });
    },
    renameChannel: (id, name) => void state.channels.set(id, cleanName(name)),
  };
}

function findChannel({ channels }: State, name: string): string | undefined {
  return [...channels].find(([, each]) => each === name)?.[0];
}

function isFresh({ users, known, nowMs }: State, id: string): boolean {
  return users.has(id) || (known.get(id)?.untilMs ?? 0) > nowMs();
}

async function loadChannels(state: State): Promise<void> {
  const types = 'public_channel,private_channel';
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const args = { types, exclude_archived: true, limit: PAGE, ...(cursor && { cursor }) };
    const { channels = [], response_metadata: next } = await state.client.conversations.list(args);
    for (const { id, name } of channels) if (id && name) state.channels.set(id, cleanName(name));
    cursor = next?.next_cursor;
    if (!cursor) return;
  }
}

async function loadUsers(state: State): Promise<void> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { members = [], response_metadata: next } = await state.client.users.list({
      limit: PAGE,
      ...(cursor && { cursor }),
    });
    for (const member of members) if (member.id && !member.deleted) addUser(state, member.id, member);
    cursor = next?.next_cursor;
    if (!cursor) return;
  }
}

/** Failures are kept for a while, too: a workspace that answers no lookup is not asked for each message. */
async function learnUser(state: State, id: string): Promise<void> {
  try {
    const { user } = await state.client.users.info({ user: id });
    if (user) addUser(state, id, user);
  } catch {
    const name = state.known.get(id)?.name ?? id;
    state.known.set(id, { name, untilMs: state.nowMs() + KEEP_FAILURE_MS });
  }
}

async function learnChannel(state: State, id: string): Promise<void> {
  try {
    const { channel } = await state.client.conversations.info({ channel: id });
    if (channel?.name) state.channels.set(id, cleanName(channel.name));
  } catch {
    // Its id stands for it; the next message asks again.
  }
}

interface User {
  readonly name?: string;
  readonly real_name?: string;
  readonly profile?: { readonly display_name?: string; readonly real_name?: string };
}

function addUser(state: State, id: string, { name, real_name, profile }: User): void {
  const names = [profile?.display_name, profile?.real_name, real_name, name].map((each) => cleanName(each ?? ''));
  state.known.delete(id);
  state.known.set(id, { name: names.find((each) => each !== '') ?? id, untilMs: state.nowMs() + KEEP_MS });
  for (const each of names) if (each !== '') addName(state, each, id);
  const [oldest] = state.known.keys();
  if (oldest !== undefined && state.known.size > MAX_USERS) state.known.delete(oldest);
}

function addName({ ids, users }: State, name: string, id: string): void {
  const key = name.toLowerCase();
  const before = ids.get(key);
  // Who the configuration names is meant, whatever others call themselves.
  if (before !== undefined && before !== null && users.get(before)?.toLowerCase() === key) return;
  if (ids.size < 4 * MAX_USERS) ids.set(key, before === undefined || before === id ? id : null);
}

/** One line of at most 80 characters, without what turns the direction of writing. */
function cleanName(name: string): string {
  return name
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 80);
}
