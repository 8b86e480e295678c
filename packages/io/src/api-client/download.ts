import { ArError } from '@ar-registry/core/errors';
import type { ApiClient } from './client.ts';
import { isMissing, type FallOver } from './fall-over.ts';
import { found, statusError } from './parse.ts';
import { isFolder, type Get } from './reach.ts';
import { shown } from './report.ts';

export interface DownloadPorts {
  readonly base: string;
  readonly get: Get;
  readonly fallOver: FallOver;
  readonly userAgent: string;
  readonly offline: boolean;
}

/** Fetches archives: of the registry wherever one of its places has them, and of others where they lie. */
export function createDownload({ base, get, fallOver, userAgent, offline }: DownloadPorts): ApiClient['download'] {
  const registryUrl = shown(base);
  const headers = { 'user-agent': userAgent, 'accept-encoding': 'identity' };
  return async (url, limitBytes, signal) => {
    const asked = { headers, limitBytes, signal };
    const route = url.startsWith(`${registryUrl}/`) ? url.slice(registryUrl.length) : undefined;
    if (offline && (route === undefined || !isFolder(base)))
      throw new ArError('OFFLINE_NOT_CACHED', { what: `The archive at ${shown(url)}` });
    const response =
      route === undefined
        ? await get({ url, ...asked })
        : await fallOver((place) => get({ url: place + route, base: place, ...asked }));
    if (route !== undefined && isMissing(response)) {
      const { assertArchiveOnMirror } = await import('./not-on-mirror.ts');
      await assertArchiveOnMirror({ response, route: route.slice(1), signal }, get);
    }
    return found(response, () => statusError(response));
  };
}
