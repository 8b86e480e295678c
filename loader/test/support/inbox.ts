// `using` needs these types.
/// <reference lib="esnext.disposable" />
import type { RelayClient } from '../../../tools/agent-relay/node_modules/agent-relay/dist/wrapper/client.js';
import { CLIENT_URL } from './relay.ts';

export interface Received {
  readonly from: string;
  readonly body: string;
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

/** Everything that a client gets, in order. */
export interface Inbox {
  readonly messages: readonly Received[];
  /** The first message that matches, there already or still to come. Give the test a time limit. */
  waitFor(matches: (message: Received) => boolean): Promise<Received>;
}

export function inboxOf(client: RelayClient): Inbox {
  const messages: Received[] = [];
  const waiting = new Set<() => void>();
  client.onMessage = (from, { body, data }) => {
    messages.push({ from, body, data });
    for (const check of waiting) check();
  };
  return {
    messages,
    waitFor: (matches) =>
      new Promise((resolve) => {
        const check = (): void => {
          const found = messages.find(matches);
          if (found) resolve(found);
        };
        waiting.add(check);
        check();
      }),
  };
}

/** A client that misses nothing: what waited for it is delivered together with the end of its handshake. */
export async function connectInbox(
  socketPath: string,
  agentName: string,
): Promise<{ readonly client: RelayClient; readonly inbox: Inbox } & Disposable> {
  const { RelayClient: Client } = (await import(/* @vite-ignore */ CLIENT_URL)) as { RelayClient: typeof RelayClient };
  const client = new Client({ socketPath, agentName, quiet: true, reconnect: false });
  const inbox = inboxOf(client);
  await client.connect();
  return { client, inbox, [Symbol.dispose]: () => client.destroy() };
}
