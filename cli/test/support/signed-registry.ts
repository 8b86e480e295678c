/** A registry as its operator runs it: an index in git, built, signed and served on loopback. */
import fs from 'node:fs';
import path from 'node:path';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { createAttackerServer, type AttackerServer, type Site } from '@ar-registry/testing/attacker';
import { createSandbox, type Ended, type Sandbox } from './ar.ts';
import { registryCommand } from './pipeline.ts';

export interface SignedRegistry extends Disposable {
  readonly url: string;
  readonly fingerprint: () => string;
  readonly write: (file: string, text: string) => Promise<void>;
  readonly add: (files: ReadonlyMap<string, Uint8Array | string>) => Promise<void>;
  /** Builds, signs and serves the newest state. */
  readonly publish: () => Promise<void>;
  readonly serve: (site: Site) => void;
  readonly server: AttackerServer;
  readonly operator: Sandbox;
}

/** With a log; its server has no key. @param name that its operator gives it */
export async function createSignedRegistry(name: string): Promise<SignedRegistry> {
  const [operator, server] = [createSandbox(), await createAttackerServer()];
  const put = (file: string, content: Uint8Array | string): void => {
    const full = path.join(operator.dir, 'index', file);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, content);
  };
  const commit = async (): Promise<void> => {
    await operator.git('-C', 'index', 'add', '--all');
    await operator.git('-C', 'index', 'commit', '--quiet', '-m', 'A decision');
  };
  put('registry.yaml', stringifyRecord({ schemaVersion: 1, name, title: name, trust: { bins: 16 } }));
  await operator.git('init', '--quiet', 'index');
  let isNew = true;
  const serve = (site: Site): void => {
    server.files.clear();
    for (const [route, bytes] of site) server.files.set(route, bytes);
  };
  return {
    url: server.url,
    server,
    operator,
    serve,
    fingerprint: () => fs.readFileSync(path.join(operator.dir, 'fingerprint'), 'utf8'),
    write: async (file, text) => (put(file, text), commit()),
    add: async (files) => {
      for (const [file, content] of files) if (file !== 'registry.yaml') put(file, content);
      await commit();
    },
    publish: async () => {
      if (isNew) await ok(registryCommand(operator, 'keys', 'init', '--index', 'index', '--keys', 'keys'));
      isNew = false;
      await ok(registryCommand(operator, 'build', '--index', 'index@HEAD', '--out', 'site'));
      await ok(registryCommand(operator, 'sign', '--site', 'site', '--index', 'index', '--keys', 'keys'));
      const { stdout } = await registryCommand(operator, 'keys', 'list', '--index', 'index', '--json');
      const { fingerprint } = JSON.parse(stdout) as { fingerprint: string };
      fs.writeFileSync(path.join(operator.dir, 'fingerprint'), fingerprint);
      serve(siteIn(path.join(operator.dir, 'site')));
    },
    [Symbol.dispose]: () => operator[Symbol.dispose](),
  };
}

/** All files of a built registry, by route. */
export function siteIn(top: string): Site {
  const entries = fs.readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [path.relative(top, file), fs.readFileSync(file)]));
}

/** @throws what a command printed, if it failed */
export async function ok(ended: Promise<Ended>): Promise<void> {
  const { code, stdout, stderr } = await ended;
  if (code !== 0) throw new Error(stdout + stderr);
}
