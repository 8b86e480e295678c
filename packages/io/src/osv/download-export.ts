import { open } from 'node:fs/promises';
import { ArError } from '@ar-registry/core/errors';
import { httpDownload } from '../api-client/http.ts';
import { shown } from '../api-client/report.ts';
import { translateFileError } from '../files/index.ts';

export interface DownloadOptions {
  readonly userAgent: string;
  readonly limitBytes: number;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 60_000;

/**
 * Downloads the export of a database to `file`, which must not be there.
 *
 * @returns when the server says that it was last changed, if it does
 * @throws REGISTRY_URL_INVALID, REGISTRY_UNREACHABLE, REGISTRY_STATUS, REGISTRY_RESPONSE_INVALID,
 *   REGISTRY_RESPONSE_TOO_LARGE, DISK_FULL, FILE_ACCESS
 */
export async function downloadExport(
  url: string,
  file: string,
  { userAgent, limitBytes, signal }: DownloadOptions,
): Promise<{ readonly modifiedMs: number | undefined }> {
  try {
    await using handle = await open(file, 'ax');
    const headers = { 'user-agent': userAgent };
    const request = { url, headers, limitBytes, timeoutMs: TIMEOUT_MS, signal };
    const { status, headers: answer } = await httpDownload(request, handle);
    if (status !== 200) throw new ArError('REGISTRY_STATUS', { url: shown(url), status });
    const modifiedMs = Date.parse(answer['last-modified'] ?? '');
    return { modifiedMs: Number.isNaN(modifiedMs) ? undefined : modifiedMs };
  } catch (error) {
    throw translateFileError(error, file);
  }
}
