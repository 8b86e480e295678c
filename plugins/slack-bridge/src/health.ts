import type { HealthStatus } from '@ar-registry/sdk';
import type { ConnectionStatus } from './connection.ts';

export interface Facts {
  readonly connection: ConnectionStatus;
  /** Channels to which nothing can be posted, and why. */
  readonly failing: ReadonlyMap<string, string>;
  /** Messages that wait for Slack, and for the relay. */
  readonly outboundWaiting: number;
  readonly inboundWaiting: number;
  /** Messages that found no room, and that Slack refused for good. */
  readonly dropped: number;
  readonly givenUp: number;
  /** Why the disk cannot be written. */
  readonly diskFailure: string | undefined;
  /** Where Slack's posts are awaited. */
  readonly eventsPort: number | undefined;
  /** Channels of the configuration that the app does not see. */
  readonly missing: readonly string[];
}

/** What users ask first: is it connected, and if not, why. */
export function healthOf({ connection, failing, diskFailure, missing, eventsPort, ...counts }: Facts): HealthStatus {
  const details = {
    ...counts,
    connection: connection.state,
    ...(eventsPort !== undefined && { eventsPort }),
    ...(connection.state === 'connected' && { team: connection.team }),
    ...(failing.size > 0 && { failing: Object.fromEntries(failing) }),
  };
  if (connection.state === 'failing')
    return { status: 'unhealthy', message: `Slack cannot be used: ${connection.problem}.`, details };
  const problem = problemOf({ failing, diskFailure, missing });
  if (problem !== undefined) return { status: 'degraded', message: problem, details };
  if (connection.state === 'connecting') return { status: 'degraded', message: 'Connecting to Slack.', details };
  return { status: 'healthy', details };
}

function problemOf({
  failing,
  diskFailure,
  missing,
}: Pick<Facts, 'failing' | 'diskFailure' | 'missing'>): string | undefined {
  const [first] = failing;
  if (first) return `Messages to ${first[0]} wait: ${first[1]}.`;
  if (diskFailure !== undefined) return `What waits cannot be written to the disk: ${diskFailure}.`;
  if (missing.length === 0) return undefined;
  return `The app does not see ${missing.join(', ')}: check the name, and invite it if it is private.`;
}
