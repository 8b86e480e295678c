import { fileURLToPath } from 'node:url';
import { ArError } from '@ar-registry/core/errors';
import type { AdvisorySource } from '@ar-registry/core/osv';
import { shown } from '../api-client/report.ts';
import { readFromFolder, readFromWeb } from './read-file.ts';
import { createOsvApi } from './osv-api.ts';
import { createSnapshotSource } from './snapshot-source.ts';

export interface AdvisoryOptions {
  readonly userAgent: string;
  readonly now: () => Date;
  readonly timeoutMs?: number;
}

/**
 * The vulnerabilities of npm packages at `where`: an absolute path or a base URL below which a snapshot lies
 * (`osv/npm/snapshot.json`), also one of a folder (`file:`), or the address of OSV's own API
 * (`https://api.osv.dev/v1/querybatch`). Nothing is read yet.
 *
 * @throws REGISTRY_URL_INVALID for a `file:` address that names no folder here
 */
export function openAdvisories(where: string, options: AdvisoryOptions): AdvisorySource {
  if (/^file:/i.test(where)) return createSnapshotSource(readFromFolder(toPath(where)));
  if (!/^https?:\/\//i.test(where)) return createSnapshotSource(readFromFolder(where));
  if (/\/v1\/querybatch\/?$/.test(where)) return createOsvApi(where, options);
  return createSnapshotSource(readFromWeb(where, options));
}

function toPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new ArError('REGISTRY_URL_INVALID', { url: shown(url) }, { cause });
  }
}
