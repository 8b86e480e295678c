/** A registry of npm packages on loopback, and the settings with which npm asks nobody else. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipDeterministic, tarBytes } from '@ar-registry/io/archive';
import { integrityOf } from '@ar-registry/io/digest';

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** Of package.json, besides. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Text of index.js. */
  readonly code: string;
}

export interface NpmRegistry extends AsyncDisposable {
  readonly url: string;
  /** Name → integrity. */
  readonly integrity: ReadonlyMap<string, string>;
}

export async function serveNpm(packages: readonly NpmPackage[]): Promise<NpmRegistry> {
  const packed = await Promise.all(packages.map(pack));
  const tarballs = new Map(packages.map(({ name }, index) => [name, packed[index] ?? new Uint8Array()]));
  const server = http.createServer((request, response) => {
    const url = decodeURIComponent(request.url ?? '');
    const found = packages.find(({ name }) => url === `/${name}` || url === `/${name}/-/${fileOf(name)}.tgz`);
    if (!found) response.writeHead(404).end('{}');
    else if (url.endsWith('.tgz')) response.end(tarballs.get(found.name));
    else response.end(JSON.stringify(packument(found)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const integrity = new Map(Array.from(tarballs, ([name, bytes]) => [name, integrityOf(bytes)]));
  const packument = ({ name, version, more }: NpmPackage): object => ({
    name,
    'dist-tags': { latest: version },
    versions: {
      [version]: {
        name,
        version,
        ...more,
        dist: { integrity: integrity.get(name), tarball: `${url}/${name}/-/${fileOf(name)}.tgz` },
      },
    },
  });
  return {
    url,
    integrity,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function fileOf(name: string): string {
  return `${name.split('/').at(-1)}-x`;
}

function pack({ name, version, more, code }: NpmPackage): Promise<Uint8Array> {
  const files = { 'index.js': code, 'package.json': JSON.stringify({ name, version, type: 'module', ...more }) };
  const entries = Object.entries(files).map(([file, text]) => ({
    path: file,
    bytes: Buffer.from(text),
    executable: false,
  }));
  return gzipDeterministic(tarBytes(entries));
}

/** Settings of npm of one user's own. @param home an existing folder */
export function npmSettings(home: string, registry: string): Readonly<Record<string, string>> {
  return {
    npm_config_registry: registry,
    npm_config_userconfig: path.join(home, 'npmrc'),
    npm_config_cache: path.join(home, 'npm-cache'),
    npm_config_fetch_retries: '0',
    npm_config_update_notifier: 'false',
  };
}
