import type { PluginContext } from '@ar-registry/sdk';
import type { WebClient } from '@slack/web-api';
import type { SlackConfig } from './config.ts';
import type { Directory } from './directory.ts';
import type { LastSeen } from './last-seen.ts';

export interface CatchUpPorts {
  readonly config: Pick<SlackConfig, 'channels' | 'defaultChannel'>;
  readonly directory: Pick<Directory, 'resolve'>;
  readonly lastSeen: LastSeen;
  readonly client: WebClient;
  readonly context: Pick<PluginContext, 'logger'>;
}

/** Of each channel; what Slack gives at once. */
const MAX_MISSED = 100;

/** Asks for what was written while the bridge was away; answers in threads are not among it. Never rejects. */
export async function catchUp(ports: CatchUpPorts, take: (event: object) => void): Promise<void> {
  const { config, directory, lastSeen, client, context } = ports;
  const names = [...config.channels.map(({ slack }) => slack), config.defaultChannel ?? ''];
  for (const channel of new Set(names.map((name) => directory.resolve(name)))) {
    const oldest = channel === undefined ? undefined : lastSeen.of(channel);
    if (channel === undefined || oldest === undefined) continue;
    try {
      const args = { channel, oldest, limit: MAX_MISSED, include_all_metadata: true };
      const { messages = [] } = await client.conversations.history(args);
      for (const message of messages.toReversed()) take({ ...message, channel });
    } catch (error) {
      context.logger.warn('What was written meanwhile cannot be had.', { channel, error: String(error) });
    }
  }
}
