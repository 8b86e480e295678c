/** What a project's files can hold that this program must not touch: half a merge, and what a newer program wrote. */
import { ArError } from '../errors/index.ts';

/** @source git-merge(1), how conflicts are presented */
const CONFLICT = /^<{7}(?: .*)?\r?$[\s\S]*^={7}\r?$[\s\S]*^>{7}(?: .*)?\r?$/m;

/** @throws FILE_MERGE_CONFLICT */
export function refuseConflict(text: string, file: string): void {
  if (text.includes('<<<<<<<') && CONFLICT.test(text)) throw new ArError('FILE_MERGE_CONFLICT', { file });
}

/** @throws FILE_TOO_NEW */
export function refuseNewer(value: unknown, file: string): void {
  if (value === null || typeof value !== 'object' || !('schemaVersion' in value)) return;
  const { schemaVersion } = value;
  if (typeof schemaVersion === 'number' && Number.isInteger(schemaVersion) && schemaVersion > 1)
    throw new ArError('FILE_TOO_NEW', { file, schemaVersion });
}
