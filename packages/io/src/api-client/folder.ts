/**
 * A built registry in a folder, read as a server would answer: a file is 200, none is 404.
 *
 * Whoever made the folder is as untrusted as a server: its links lead nowhere outside of it, and what is no plain file,
 * or longer than it may be, is not read.
 */
import { constants } from 'node:fs';
import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { translateFileError } from '../files/index.ts';
import type { HttpResponse } from './http.ts';

/**
 * @param url of a file below `base`, both `file:`
 * @throws REGISTRY_URL_INVALID, REGISTRY_UNREACHABLE where there is no registry, REGISTRY_RESPONSE_INVALID for what is
 *   no file of it, REGISTRY_RESPONSE_TOO_LARGE, FILE_ACCESS
 */
export async function readFromFolder(
  { url, limitBytes, signal }: { readonly url: string; readonly limitBytes: number; readonly signal: AbortSignal },
  base: string,
): Promise<HttpResponse> {
  signal.throwIfAborted();
  const root = await realpath(toPath(base)).catch(() => undefined);
  if (root === undefined) throw new ArError('REGISTRY_UNREACHABLE', { url: base, reason: 'there is no such folder' });
  const file = await realpath(toPath(url)).catch(() => undefined);
  if (file === undefined) return missing(url, root, base);
  if (!file.startsWith(root + path.sep))
    throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem: 'it is a link that leads out of the folder' });
  const body = await read(file, { url, limitBytes });
  return { url, status: 200, headers: {}, body };
}

/** @throws REGISTRY_URL_INVALID: a host, or an escape that names a separator */
function toPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new ArError('REGISTRY_URL_INVALID', { url }, { cause });
  }
}

async function missing(url: string, root: string, base: string): Promise<HttpResponse> {
  const config = await stat(path.join(root, routes.config)).catch(() => undefined);
  if (config?.isFile()) return { url, status: 404, headers: {}, body: Buffer.alloc(0) };
  throw new ArError('REGISTRY_UNREACHABLE', { url: base, reason: `the folder has no ${routes.config}` });
}

async function read(
  file: string,
  { url, limitBytes }: { readonly url: string; readonly limitBytes: number },
): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    // The path has no links left: one that is there now was put there meanwhile. A pipe must not be waited for.
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const info = await handle.stat();
    if (!info.isFile()) throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem: 'it is no plain file' });
    if (info.size > limitBytes) throw new ArError('REGISTRY_RESPONSE_TOO_LARGE', { url, limitBytes });
    const body = await handle.readFile();
    if (body.length > limitBytes) throw new ArError('REGISTRY_RESPONSE_TOO_LARGE', { url, limitBytes });
    return body;
  } catch (error) {
    throw translateFileError(error, file);
  } finally {
    await handle?.close();
  }
}
