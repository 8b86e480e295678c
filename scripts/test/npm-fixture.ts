/** A registry of npm on loopback with one package in it, and npm set up for it. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished, vi } from 'vitest';

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/** Serves a package with the given files until the test ends. */
export async function serveNpmPackage(
  { name, version }: Omit<NpmPackage, 'integrity'>,
  files: Readonly<Record<string, string>>,
): Promise<NpmPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'ar-npm-'));
  await mkdir(join(folder, 'package'));
  const all = { 'package.json': JSON.stringify({ name, version }), ...files };
  for (const [file, text] of Object.entries(all)) await writeFile(join(folder, 'package', file), text);
  await execa('tar', ['-czf', 'package.tgz', 'package'], { cwd: folder });
  const archive = await readFile(join(folder, 'package.tgz'));
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  const server = http.createServer((request, response) => {
    if (request.url === '/package.tgz') response.end(archive);
    else if (request.url !== `/${name}`) response.writeHead(404).end('{}');
    else {
      const dist = { integrity, tarball: `${origin}/package.tgz` };
      const versions = { [version]: { name, version, dist } };
      response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(join(folder, 'npmrc'), '');
  vi.stubEnv('npm_config_registry', origin);
  vi.stubEnv('npm_config_userconfig', join(folder, 'npmrc'));
  vi.stubEnv('npm_config_cache', join(folder, 'cache'));
  vi.stubEnv('npm_config_fetch_retries', '0');
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { name, version, integrity };
}

/** `ar-deps.lock.json` of a plugin that depends on that package alone. */
export function lockOf(
  { name, version, integrity }: NpmPackage,
  dependencies: Readonly<Record<string, string>>,
): string {
  const packages = { '': { dependencies }, [`node_modules/${name}`]: { version, integrity } };
  return `${JSON.stringify({ lockfileVersion: 3, requires: true, packages }, undefined, 2)}\n`;
}
