import { ArError, hasCode } from '@ar-registry/core/errors';
import { httpGet } from '../api-client/http.ts';
import { withRegularFile } from '../digest/index.ts';

const TIMEOUT_MS = 15_000;

/**
 * A file of a server, or `undefined` where there is none.
 *
 * @throws REGISTRY_UNREACHABLE, REGISTRY_RESPONSE_TOO_LARGE, REGISTRY_RESPONSE_INVALID, REGISTRY_URL_INVALID,
 *   REGISTRY_STATUS
 */
export async function readServedFile(
  url: string,
  { limitBytes, signal }: { readonly limitBytes: number; readonly signal: AbortSignal },
): Promise<Uint8Array | undefined> {
  const { status, body } = await httpGet({ url, headers: {}, limitBytes, timeoutMs: TIMEOUT_MS, signal });
  if (status === 200) return body;
  if (status === 404 || status === 403) return undefined;
  throw new ArError('REGISTRY_STATUS', { url, status });
}

/**
 * A file of a folder, or `undefined` where there is none. Who made the folder may be another job than the one that has the keys: a link
 * in it could lead to them, and a named pipe never end.
 *
 * @throws FILE_ACCESS, also for what is no regular file
 */
export async function readFolderFile(file: string): Promise<Uint8Array | undefined> {
  try {
    return await withRegularFile(file, (handle) => handle.readFile());
  } catch (error) {
    if (hasCode(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}
