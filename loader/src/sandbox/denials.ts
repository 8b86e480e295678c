/** What a plugin was refused, told once in its log with the permission that would allow it. */
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { Denial } from '../bridge/protocol.ts';
import type { Guest } from '../host/guest.ts';
import { permissionName, refusalOf } from '../refusals.ts';

export interface Denials {
  tell(denial: Denial): void;
  /** Tells if an error that came out of the plugin is the runtime's refusal of something. */
  tellOf(error: unknown): void;
}

/** More different ones are counted, not told. */
const MAX_TOLD = 200;

export function createDenials({ logger, metrics }: Pick<Guest, 'logger' | 'metrics'>): Denials {
  const told = new Set<string>();
  const tell = ({ permission, resource }: Denial): void => {
    metrics.counter('ar_plugin_access_denied_total');
    const facts = {
      permission: truncate(toSingleLine(permissionName(permission)), 200),
      resource: truncate(toSingleLine(resource), 500),
    };
    const key = `${facts.permission} ${facts.resource}`;
    if (told.has(key) || told.size >= MAX_TOLD) return;
    told.add(key);
    logger.warn('access denied', facts);
  };
  return {
    tell,
    tellOf(error) {
      const refusal = refusalOf(error);
      if (refusal) tell(refusal);
    },
  };
}
