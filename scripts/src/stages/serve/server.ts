import { isIP, type AddressInfo } from 'node:net';
import { stat } from 'node:fs/promises';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import path from 'node:path';
import { createApp } from './app.ts';
import { createFolderFiles } from './folder-files.ts';
import { limitRate, type RateLimit, type RateLimitPorts } from './rate-limit.ts';

export interface ServeOptions {
  /** Folder that a build wrote. */
  readonly dir: string;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** For each client; none unless given. */
  readonly rateLimit?: RateLimit | undefined;
  /** Whether a proxy stands before it that says at the end of `X-Forwarded-For` who asked. */
  readonly behindProxy?: boolean | undefined;
  /** For the rate limit alone. Monotonic; in milliseconds from anywhere. */
  readonly nowMs?: () => number;
}

export interface RunningServer {
  readonly url: string;
  /** Ends open connections as well. */
  stop(): Promise<void>;
}

/** @throws FILE_NOT_FOUND when the folder holds no built registry, PORT_IN_USE */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { dir, host, port, rateLimit, behindProxy = false, nowMs = () => performance.now() } = options;
  const config = path.join(dir, routes.config);
  if (!(await stat(config).catch(() => undefined))) throw new ArError('FILE_NOT_FOUND', { path: config });
  const limit = rateLimit && limitRate(rateLimit, { nowMs, clientOf: clientOf(behindProxy) });
  const { fetch } = createApp(createFolderFiles(dir), limit ? { limit } : {});
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(translate(error, { host, port })));
    server.listen(port, host, () => resolve());
  });
  const { port: actual, family } = server.address() as AddressInfo;
  const name = family === 'IPv6' ? `[${host}]` : host;
  return {
    url: `http://${name}:${actual}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/**
 * Only what the proxy itself added counts, the last address: whoever asks can write the others. Of IPv6 the network counts,
 * in which every customer has addresses without end.
 */
function clientOf(behindProxy: boolean): RateLimitPorts['clientOf'] {
  return ({ env, req }) => {
    const forwarded = behindProxy ? req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
    const { remoteAddress } = (env as HttpBindings).incoming.socket;
    return networkOf(forwarded !== undefined && isIP(forwarded) !== 0 ? forwarded : (remoteAddress ?? ''));
  };
}

function networkOf(address: string): string {
  const inside = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (inside !== undefined || isIP(address) !== 6) return inside ?? address;
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
  const [head = '', tail = ''] = hostname.slice(1, -1).split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === '' ? [] : tail.split(':');
  const zeros = hostname.includes('::') ? Array.from({ length: 8 - first.length - last.length }, () => '0') : [];
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}

function translate(error: Error, { host, port }: Pick<ServeOptions, 'host' | 'port'>): Error {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return new ArError('PORT_IN_USE', { port }, { cause: error });
  const reason = REASONS[String(code)];
  return reason === undefined ? error : new ArError('ADDRESS_UNUSABLE', { host, port, reason }, { cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'the system does not allow it',
  EPERM: 'the system does not allow it',
  EADDRNOTAVAIL: 'this machine does not have the address',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name is not known',
};
