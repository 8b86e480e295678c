import type { HealthStatus } from '@ar-registry/sdk';
import type { ConnectionStatus } from './connection.ts';

export interface Facts {
  readonly connection: ConnectionStatus;
  /** Channels to which nothing can be posted, and why. */
  readonly failing: ReadonlyMap<string, string>;
  /** Messages that wait for Discord, and for the relay. */
  readonly outboundWaiting: number;
  readonly inboundWaiting: number;
  /** Messages that found no room, and that Discord refused for good. */
  readonly dropped: number;
  readonly givenUp: number;
  /** Why the disk cannot be written. */
  readonly diskFailure: string | undefined;
}

/** What users ask first: is it connected, and if not, why. */
export function healthOf({ connection, failing, diskFailure, ...counts }: Facts): HealthStatus {
  const details = {
    ...counts,
    connection: connection.state,
    ...(connection.state === 'connected' && { bot: connection.bot, shards: connection.shards }),
    ...(failing.size > 0 && { failing: Object.fromEntries(failing) }),
  };
  if (connection.state === 'failing')
    return { status: 'unhealthy', message: `Discord cannot be used: ${connection.problem}.`, details };
  const problem = problemOf({ failing, diskFailure });
  if (problem !== undefined) return { status: 'degraded', message: problem, details };
  if (connection.state === 'connecting') return { status: 'degraded', message: 'Connecting to Discord.', details };
  return { status: 'healthy', details };
}

function problemOf({ failing, diskFailure }: Pick<Facts, 'failing' | 'diskFailure'>): string | undefined {
  const [first] = failing;
  if (first) return `Messages to ${first[0]} wait: ${first[1]}.`;
  return diskFailure === undefined ? undefined : `What waits cannot be written to the disk: ${diskFailure}.`;
}
