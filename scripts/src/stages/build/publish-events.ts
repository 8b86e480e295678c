import { EVENT_FOLDER } from '@ar-registry/core/stats';
import { EVENT_NAMES } from '@ar-registry/core/telemetry';
import type { RegistryRecord } from '@ar-registry/schemas';
import type { OutputFolder } from './output-folder.ts';

/** Nobody reads it. Not empty, since some hosts leave out what is. */
const CONTENT = new TextEncoder().encode('ok\n');

/**
 * The tiny files that are asked for to tell what happened, where the registry wants to be told. They are not signed: what
 * is in them decides nothing, and clients throw it away.
 *
 * @throws FILE_ACCESS, DISK_FULL
 */
export async function publishEvents({ telemetry }: RegistryRecord, out: OutputFolder): Promise<void> {
  if (telemetry !== true) return;
  for (const name of EVENT_NAMES) await out.write(`${EVENT_FOLDER.slice(1)}${name}`, CONTENT);
}
