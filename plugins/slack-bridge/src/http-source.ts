/**
 * Events as posts of Slack to a port of this machine: Bolt verifies that they are Slack's and not older than five minutes.
 * That Slack is away shows in no post that does not come, so it is asked every minute.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HTTPReceiver, type Logger, type Receiver } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Source } from './connection.ts';
import { ListenError } from './failures.ts';

export interface HttpSourceOptions {
  readonly signingSecret: string;
  readonly port: number;
  readonly host: string;
  readonly logger: Logger;
  readonly client: WebClient;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly begin: (receiver: Receiver) => void;
}

const ASK_MS = 60_000;
const CLOSE_MS = 2000;
const MAX_BODY_BYTES = 1024 ** 2;

export function createHttpSource(options: HttpSourceOptions): Source {
  const { signingSecret, port, host, logger, client, sleep, begin } = options;
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: ['/slack/events'],
    logger,
    bodyLimit: MAX_BODY_BYTES,
    // Not taken: Slack sends it again.
    processEventErrorHandler: ({ response }) => {
      response.writeHead(503, { 'retry-after': '5' }).end();
      return Promise.resolve(false);
    },
    dispatchErrorHandler: ({ response }) => void response.writeHead(404).end(),
    unhandledRequestHandler: () => undefined,
  });
  begin(receiver);
  let server: Server | undefined;
  return {
    get port() {
      return (server?.address() as AddressInfo | null | undefined)?.port;
    },
    async open() {
      if (server) return;
      try {
        server = await receiver.start({ port, host } as unknown as number);
      } catch (error) {
        throw new ListenError(host, port, error);
      }
      server.maxConnections = 100;
    },
    async ended(signal) {
      for (;;) {
        await sleep(ASK_MS, signal);
        if (signal.aborted) return;
        await client.auth.test();
      }
    },
    async close() {
      if (!server) return;
      const open = server;
      const timer = setTimeout(() => open.closeAllConnections(), CLOSE_MS);
      open.closeIdleConnections();
      await receiver.stop();
      clearTimeout(timer);
    },
  };
}
