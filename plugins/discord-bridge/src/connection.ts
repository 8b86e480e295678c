/**
 * The connection by which Discord tells what happens: discord.js, with as many shards as Discord recommends. It takes
 * lost sessions up again by itself; where it gives up, or cannot log in, a new client is made here.
 */
import { Client, Events, GatewayIntentBits, Options, Partials, Status } from 'discord.js';
import { classify } from './failures.ts';
import { retryDelayMs } from './retry.ts';

export type ConnectionStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected'; readonly bot: string; readonly shards: number }
  | { readonly state: 'failing'; readonly problem: string };

export interface ConnectionPorts {
  readonly token: string;
  readonly apiUrl: string;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Listens to a new client. */
  readonly attach: (client: Client) => void;
  readonly onStatus: (status: ConnectionStatus) => void;
}

export interface Connection {
  status(): ConnectionStatus;
  close(): Promise<void>;
}

const TIMEOUT_MS = 15_000;
/** discord.js waits so long before it connects again, and forgets meanwhile that it was told to end. */
const RECONNECT_MS = 600;

/** Why Discord ends a session for good. @source Discord, "Gateway Close Event Codes" */
const FATAL: ReadonlyMap<number, string> = new Map([
  [4004, 'the token is not valid'],
  [4013, 'an intent is not valid'],
  [4014, 'the Message Content intent is not enabled for the bot'],
]);

export function startConnection(ports: ConnectionPorts): Connection {
  const closing = new AbortController();
  let status: ConnectionStatus = { state: 'connecting' };
  const tell = (next: ConnectionStatus): void => {
    status = next;
    ports.onStatus(next);
  };
  const running = run(ports, tell, closing.signal);
  return {
    status: () => status,
    async close() {
      closing.abort();
      await running;
    },
  };
}

type Tell = (status: ConnectionStatus) => void;

async function run(ports: ConnectionPorts, tell: Tell, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    const client = createClient(ports);
    const session = watch(client, tell, signal);
    ports.attach(client);
    let reason: string;
    try {
      await Promise.race([client.login(ports.token), session.ended]);
      reason = await session.ended;
      if (session.wasReady()) attempt = 1;
    } catch (error) {
      ({ reason } = classify(error));
    }
    await end(client);
    if (signal.aborted) return;
    tell({ state: 'failing', problem: reason });
    await ports.sleep(retryDelayMs(attempt, ports.random()), signal);
  }
}

interface Session {
  /** Resolves to why, when discord.js does not try any more, or when `signal` is aborted. */
  readonly ended: Promise<string>;
  readonly wasReady: () => boolean;
}

function watch(client: Client, tell: Tell, signal: AbortSignal): Session {
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  let wasReady = false;
  const look = (): void => {
    const shards = [...client.ws.shards.values()];
    if (signal.aborted || !client.isReady() || shards.some((shard) => shard.status !== Status.Ready)) return;
    wasReady = true;
    tell({ state: 'connected', bot: client.user.tag, shards: shards.length });
  };
  client.on(Events.ClientReady, look);
  client.on(Events.ShardReady, look);
  client.on(Events.ShardResume, look);
  client.on(Events.ShardReconnecting, () => tell({ state: 'failing', problem: 'the connection was lost' }));
  client.on(Events.ShardDisconnect, ({ code }) => resolve(FATAL.get(code) ?? `Discord ended the session: ${code}`));
  client.on(Events.Invalidated, () => resolve('the session is not valid any more'));
  // Without a listener they would end the process.
  client.on(Events.Error, () => undefined);
  client.on(Events.ShardError, () => undefined);
  signal.addEventListener('abort', () => resolve('it was unloaded'), { once: true });
  return { ended, wasReady: () => wasReady };
}

/** Twice, where it is about to connect again. */
async function end(client: Client): Promise<void> {
  const isSettled = [...client.ws.shards.values()].every((shard) => shard.status === Status.Ready);
  await client.destroy();
  if (isSettled) return;
  await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  await client.destroy();
}

/** The intents are the least that messages need; the caches hold what edits and deletions are compared with. */
function createClient({ apiUrl }: ConnectionPorts): Client {
  return new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.MessageContent,
      GatewayIntentBits.DirectMessages,
    ],
    partials: [Partials.Channel],
    shards: 'auto',
    rest: { api: apiUrl, version: '10', timeout: TIMEOUT_MS, retries: 1 },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 200,
      GuildMemberManager: 500,
      UserManager: 1000,
      ReactionManager: 0,
      PresenceManager: 0,
      VoiceStateManager: 0,
      GuildEmojiManager: 0,
      GuildStickerManager: 0,
    }),
    allowedMentions: { parse: [] },
  });
}
