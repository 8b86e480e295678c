/** What a plugin was refused, told once in its log with the permission that would allow it. */
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { Denial } from '../bridge/protocol.ts';
import type { Guest } from '../host/guest.ts';

export interface Denials {
  tell(denial: Denial): void;
  /** Tells if an error that came out of the plugin is the runtime's refusal of something. */
  tellOf(error: unknown): void;
}

/** More different ones are counted, not told. */
const MAX_TOLD = 200;

/** How Node calls what the manifest calls otherwise. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  FileSystemRead: 'filesystem.read',
  FileSystemWrite: 'filesystem.write',
  ChildProcess: 'childProcess',
  WorkerThreads: 'workers',
  Addon: 'nativeAddons',
  Net: 'network',
};

export function createDenials({ logger, metrics }: Pick<Guest, 'logger' | 'metrics'>): Denials {
  const told = new Set<string>();
  const tell = ({ permission, resource }: Denial): void => {
    metrics.counter('ar_plugin_access_denied_total');
    const facts = {
      permission: truncate(toSingleLine(PERMISSIONS[permission] ?? permission), 200),
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
      if (!(error instanceof Error)) return;
      const { code, permission, resource } = error as Error & Partial<Record<string, unknown>>;
      if (code !== 'ERR_ACCESS_DENIED' || typeof permission !== 'string') return;
      tell({ permission, resource: typeof resource === 'string' ? resource : '' });
    },
  };
}
