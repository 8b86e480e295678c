/**
 * The connection by which Slack tells what happens, again and again: Bolt over Socket Mode or with the Events API.
 *
 * An event is acknowledged after the bridge has taken it, not before as Bolt does: Slack sends again what was not.
 */
import { App, type Logger, type Receiver, type ReceiverEvent } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { EventSource } from './config.ts';
import { createHttpSource } from './http-source.ts';
import { createSocketSource } from './socket-source.ts';
import { classify } from './failures.ts';
import { retryDelayMs } from './retry.ts';
import type { Self } from './slack-message.ts';

export type ConnectionStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected'; readonly team: string }
  | { readonly state: 'failing'; readonly problem: string };

export interface ConnectionPorts {
  readonly client: WebClient;
  readonly logger: Logger;
  readonly source: EventSource;
  readonly apiUrl: string;
  readonly bots: boolean;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Called after the app knows who it is, before events come. @throws what the client throws */
  readonly prepare: (self: Self) => Promise<void>;
  /** Takes an event; throws where it cannot, and Slack sends it again. */
  readonly onEvent: (event: object) => void;
  readonly onStatus: (status: ConnectionStatus) => void;
}

/** Where events come from. */
export interface Source {
  /** Resolves when they can come. */
  open(signal: AbortSignal): Promise<void>;
  /** Resolves when none can come any more, or when `signal` is aborted. @throws what tells that Slack is away */
  ended(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
  /** Of the post that it listens for. */
  readonly port?: number | undefined;
}

export interface Connection {
  readonly port: number | undefined;
  status(): ConnectionStatus;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const SHORT_MS = 30_000;

export function startConnection(ports: ConnectionPorts): Connection {
  const closing = new AbortController();
  let status: ConnectionStatus = { state: 'connecting' };
  const tell = (next: ConnectionStatus): void => {
    status = next;
    ports.onStatus(next);
  };
  const source = createSource(ports);
  const running = run({ ports, source, tell, signal: closing.signal });
  return {
    get port() {
      return source.port;
    },
    status: () => status,
    async close() {
      closing.abort();
      await running;
    },
  };
}

interface Running {
  readonly ports: ConnectionPorts;
  readonly source: Source;
  readonly tell: (status: ConnectionStatus) => void;
  readonly signal: AbortSignal;
}

async function run({ ports, source, tell, signal }: Running): Promise<void> {
  for (let attempt = 1; !signal.aborted;) {
    let waitMs: number;
    try {
      const team = await begin(ports, source, signal);
      if (team === undefined) break;
      tell({ state: 'connected', team });
      const sinceMs = ports.nowMs();
      await source.ended(signal);
      tell({ state: 'connecting' });
      // Slack renews connections every few hours, which is no failure; one that ends at once is.
      attempt = ports.nowMs() - sinceMs < SHORT_MS ? attempt + 1 : 1;
      waitMs = attempt <= 2 ? 0 : retryDelayMs(attempt - 2, ports.random());
    } catch (error) {
      const failure = classify(error);
      tell({ state: 'failing', problem: failure.reason });
      waitMs = ('waitMs' in failure ? failure.waitMs : undefined) ?? retryDelayMs(attempt, ports.random());
      attempt += 1;
    }
    if (!signal.aborted) await ports.sleep(waitMs, signal);
  }
  await source.close();
}

/** @returns the name of the workspace; undefined when it was stopped meanwhile */
async function begin(ports: ConnectionPorts, source: Source, signal: AbortSignal): Promise<string | undefined> {
  const { user_id: userId = '', bot_id: botId, team = '' } = await ports.client.auth.test();
  await ports.prepare({ userId, ...(botId !== undefined && { botId }), bots: ports.bots });
  if (signal.aborted) return undefined;
  await source.open(signal);
  return signal.aborted ? undefined : team;
}

/** Bolt with the receiver that the configuration asks for. */
function createSource(ports: ConnectionPorts): Source {
  const { source, logger, onEvent, apiUrl } = ports;
  const clientOptions = {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT_MS,
    logger,
  };
  const attach = (receiver: Receiver): void => {
    const app = new App({
      receiver: acknowledgingLast(receiver),
      authorize: nothing,
      logger,
      convoStore: false,
      ignoreSelf: false,
      clientOptions,
    });
    for (const type of ['message', 'channel_rename', 'group_rename', 'user_change', 'team_join'] as const)
      app.event(type, async ({ event }) => onEvent(event));
    app.error(async (error) => {
      throw error;
    });
  };
  return source.kind === 'socket'
    ? createSocketSource({ ...source, logger, clientOptions, begin: attach })
    : createHttpSource({ ...source, ...ports, begin: attach });
}

/** Bolt asks who the app is for each event; the bridge knows it already. */
function nothing(): Promise<object> {
  return Promise.resolve({});
}

/** Holds Bolt's acknowledgement back until its listeners are done; none is sent where one throws. */
function acknowledgingLast(receiver: Receiver): Receiver {
  return {
    init(app) {
      const processEvent = async (event: ReceiverEvent): Promise<void> => {
        await app.processEvent({ ...event, ack: () => Promise.resolve() });
        await event.ack();
      };
      receiver.init({ processEvent } as App);
    },
    start: (...args) => receiver.start(...args),
    stop: (...args) => receiver.stop(...args),
  };
}
