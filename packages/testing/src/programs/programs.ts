/** Programs of the system that tests start as servers of their own. */
import { createServer, type AddressInfo } from 'node:net';

const SYSTEM_PACKAGES = new URL('../../../../tools/system-packages.mjs', import.meta.url);

/** @returns its path. @throws {Error} where the system lacks it */
export async function requireProgram(name: string): Promise<string> {
  const { findProgram } = (await import(/* @vite-ignore */ SYSTEM_PACKAGES.href)) as SystemPackages;
  const file = findProgram(name);
  if (file === undefined) throw new Error(`${name} is not installed: node tools/bootstrap.mjs says how to get it.`);
  return file;
}

interface SystemPackages {
  readonly findProgram: (name: string) => string | undefined;
}

/** A port of the loopback interface that is free at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
