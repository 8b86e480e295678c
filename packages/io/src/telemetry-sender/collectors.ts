/** Where registries want to be told, from their configuration as the client keeps it. Nobody is asked. */
import { routes } from '@ar-registry/core/layout';
import { collectorOf } from '@ar-registry/core/telemetry';
import { createResponseCache } from '../api-client/cache.ts';

export interface Collector {
  /** Whether the registry ever said what it wants. */
  readonly known: boolean;
  /** The folder of events, with a slash at its end; absent where it wants to be told nothing. */
  readonly collector?: string;
}

export type Collectors = (registryUrl: string) => Promise<Collector>;

/** @param responses folder where the client keeps answers; absolute */
export function collectorsOf(responses: string): Collectors {
  const cache = createResponseCache(responses);
  return async (registryUrl) => {
    const kept = await cache.get(`${registryUrl}/${routes.config}`);
    const collector = kept && collectorOf(telemetryUrlIn(kept.body), registryUrl);
    return { known: kept !== undefined, ...(collector === undefined ? {} : { collector }) };
  };
}

/** @param body attacker-controlled: what a server sent for its configuration, which nobody may have checked */
function telemetryUrlIn(body: Buffer): unknown {
  try {
    return (JSON.parse(body.toString('utf8')) as { telemetryUrl?: unknown } | null)?.telemetryUrl;
  } catch {
    return undefined; // no JSON
  }
}
