import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { ServedRegistry } from '@ar-registry/testing/served-registry';
import type { Sandbox } from './ar.ts';
import { registryCommand } from './pipeline.ts';

/** Signs what a registry serves, as its operator does after a build: with the keys of the sandbox, made the first time. */
export async function signServed({ files }: ServedRegistry, sandbox: Sandbox): Promise<void> {
  const site = path.join(sandbox.dir, '.site');
  for (const [file, bytes] of files) {
    fs.mkdirSync(path.dirname(path.join(site, file)), { recursive: true });
    fs.writeFileSync(path.join(site, file), bytes);
  }
  const keys = ['--trust', '.trust', '--keys', '.keys', '--development'];
  const { code, stderr } = await registryCommand(sandbox, 'sign', '--site', site, ...keys);
  if (code !== 0) throw new Error(stderr);
  const folder = path.join(site, routes.trust);
  for (const name of fs.readdirSync(folder))
    files.set(`${routes.trust}/${name}`, fs.readFileSync(path.join(folder, name)));
}
