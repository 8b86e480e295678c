/**
 * Events over Socket Mode. Bolt's own reconnecting ends, with a rejection that nobody can handle, where Slack cannot be
 * asked for a new address; so it is off, and each session is started by the bridge.
 */
import { SocketModeReceiver, type Logger, type Receiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import type { Source } from './connection.ts';

export interface SocketSourceOptions {
  readonly appToken: string;
  readonly logger: Logger;
  readonly clientOptions: Omit<WebClientOptions, 'slackApiUrl'> & { readonly slackApiUrl: string };
  readonly begin: (receiver: Receiver) => void;
}

const HELLO_MS = 30_000;
const CLOSE_MS = 1000;

export function createSocketSource({ appToken, logger, clientOptions, begin }: SocketSourceOptions): Source {
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions },
    processEventErrorHandler: () => Promise.resolve(false),
  });
  begin(receiver);
  return {
    open: (signal) => greeted(receiver, signal),
    ended: (signal) => ended(receiver, signal),
    close: () => stop(receiver),
  };
}

/** Resolves when Slack has greeted. */
async function greeted(receiver: SocketModeReceiver, signal: AbortSignal): Promise<void> {
  const started = receiver.start();
  const giveUp = (): void => void receiver.client.disconnect();
  const timer = setTimeout(giveUp, HELLO_MS);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await started;
  } catch (error) {
    // The socket ends without a word where it was closed before the greeting.
    throw error instanceof Error ? error : new Error('The connection was closed.', { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

function ended({ client }: SocketModeReceiver, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      client.off('disconnected', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    client.once('disconnected', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

/** Twice: the first says goodbye, the second does not wait for an answer. */
async function stop({ client }: SocketModeReceiver): Promise<void> {
  const gone = client.disconnect();
  const timer = setTimeout(() => void client.disconnect(), CLOSE_MS);
  await gone;
  clearTimeout(timer);
}
