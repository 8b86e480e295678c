import { hasCode } from '@ar-registry/core/errors';
import { limitsOf } from '@ar-registry/core/record';
import type { VersionRecord } from '@ar-registry/schemas';
import { fetchPublic } from '../web/fetch-public.ts';
import { fetchArchive, type ArchiveSource, type FetchedArchive } from './inspect-archive.ts';

export interface RemoteSource extends ArchiveSource {
  /** Whether archives on this machine may be fetched. */
  readonly allowLoopback: boolean;
}

/** The bytes of an archive, or why there are none. Bytes from elsewhere are not hashed yet: `openArchive` does so. */
export type ObtainedArchive =
  | Exclude<FetchedArchive, { readonly kind: 'remote' }>
  /** Nobody's fault that can be told from here; trying again may help. */
  | { readonly kind: 'unreachable'; readonly problem: string };

const TIMEOUT_MS = 120_000;

/**
 * From the store, else from where the record says: over https from the public internet, into memory, within the limits.
 *
 * @throws `signal.reason` when aborted
 */
export async function obtainArchive(version: VersionRecord, source: RemoteSource): Promise<ObtainedArchive> {
  const fetched = await fetchArchive(version, source);
  return fetched.kind === 'remote' ? download(fetched.url, version, source) : fetched;
}

async function download(
  url: string,
  { dist }: VersionRecord,
  { registry, allowLoopback, signal }: RemoteSource,
): Promise<ObtainedArchive> {
  const limitBytes = Math.min(dist.size, limitsOf(registry).archiveBytes);
  try {
    const answer = await fetchPublic(url, { method: 'GET', limitBytes, timeoutMs: TIMEOUT_MS, allowLoopback, signal });
    if (answer.status === 200) return { kind: 'fetched', bytes: answer.body };
    if (answer.status === 404 || answer.status === 410) return { kind: 'missing' };
    return { kind: 'unreachable', problem: `Its address answered with HTTP status ${answer.status}.` };
  } catch (error) {
    if (hasCode(error, 'ADDRESS_NOT_PUBLIC')) return { kind: 'refused', problem: error.message };
    if (hasCode(error, 'DOWNLOAD_FAILED')) return { kind: 'unreachable', problem: error.message };
    throw error;
  }
}
