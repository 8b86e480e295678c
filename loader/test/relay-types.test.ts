import type * as sdk from '@ar-registry/sdk';
import type { Daemon } from '../../tools/agent-relay/node_modules/agent-relay/dist/daemon/server.js';
import type { RelayClient } from '../../tools/agent-relay/node_modules/agent-relay/dist/wrapper/client.js';
export const a = (daemon: Daemon): sdk.Daemon => daemon;
export const b = (client: Omit<RelayClient, 'onChannelMessage'>): Omit<sdk.RelayClient, 'onChannelMessage'> => client;
export const c = (h: NonNullable<sdk.RelayClient['onChannelMessage']>): NonNullable<RelayClient['onChannelMessage']> =>
  h;
export const d = (daemon: Daemon) => daemon['router'];
