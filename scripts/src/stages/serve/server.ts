import type { AddressInfo } from 'node:net';
import { stat } from 'node:fs/promises';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { createAdaptorServer } from '@hono/node-server';
import path from 'node:path';
import { createApp } from './app.ts';
import { createFolderFiles } from './folder-files.ts';

export interface ServeOptions {
  /** Folder that a build wrote. */
  readonly dir: string;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

export interface RunningServer {
  readonly url: string;
  /** Ends open connections as well. */
  stop(): Promise<void>;
}

/** @throws FILE_NOT_FOUND when the folder holds no built registry, PORT_IN_USE */
export async function startServer({ dir, host, port }: ServeOptions): Promise<RunningServer> {
  const config = path.join(dir, routes.config);
  if (!(await stat(config).catch(() => undefined))) throw new ArError('FILE_NOT_FOUND', { path: config });
  const { fetch } = createApp(createFolderFiles(dir));
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
