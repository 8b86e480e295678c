import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { filesIntegrity, integrityOf } from '@ar-registry/io/digest';
import { createInstallStore } from '@ar-registry/io/install-store';
import type { Lockfile, PluginType, ProjectFile, TrustLevel } from '@ar-registry/schemas';
import { RELAY_DIR } from './relay-dir.ts';

/** A folder of this test file's own; short, since sockets lie in it. */
export const workDir = mkdtempSync(join(tmpdir(), 'ar-'));
/** agent-relay fixes its data folder when it is imported: one for all tests of a file. */
export const dataDir = join(workDir, 'd');

export interface PluginSource {
  readonly name: string;
  readonly version?: string;
  readonly type?: string;
  /** ES module source of `index.js`; no such file if absent. */
  readonly code?: string;
  /** More lines of ar-plugin.yaml. */
  readonly manifest?: string;
  /** More files. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface TestProject {
  readonly dir: string;
  /** Environment to hand to `startRelay`. */
  readonly env: Readonly<Record<string, string>>;
  write(path: string, text: string): void;
  /** Writes a plugin into a folder of the project. */
  addFolder(folder: string, source: PluginSource): void;
  /** Puts a plugin into the install store and locks it. */
  install(source: PluginSource, options?: InstallOptions): Promise<{ readonly packageDir: string }>;
}

export interface InstallOptions {
  readonly trust?: TrustLevel;
  /** What the lockfile says of the type; the truth unless given. */
  readonly lockedType?: PluginType;
  readonly wanted?: ProjectFile['plugins'][string];
  /** Whether it has npm dependencies, which are not hashed. */
  readonly dependencies?: boolean;
}

let projects = 0;

/** A project folder with the real agent-relay in its node_modules. */
export function createProject(): TestProject {
  const dir = join(workDir, `p${(projects += 1)}`);
  const wanted: ProjectFile['plugins'] = {};
  const locked: Lockfile['plugins'] = {};
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  write('package.json', '{}');
  mkdirSync(join(dir, 'node_modules'));
  symlinkSync(RELAY_DIR, join(dir, 'node_modules', 'agent-relay'));
  return {
    dir,
    env: { AGENT_RELAY_DATA_DIR: dataDir },
    write,
    addFolder(folder, source) {
      for (const [path, text] of Object.entries(filesOf(source))) write(join(folder, path), text);
    },
    async install(
      source,
      { trust = 'official', lockedType, wanted: want = { enabled: true }, dependencies = false } = {},
    ) {
      const { name, version = '1.0.0' } = source;
      const contents = Object.entries(filesOf(source)).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
      const files = contents.map(({ path, bytes }) => ({ path, size: bytes.length, integrity: integrityOf(bytes) }));
      const integrity = integrityOf(Buffer.from(JSON.stringify([name, version, files])));
      const store = createInstallStore({ dataDir });
      await store.put({ name, version, integrity, files, dependencies }, async (packageDir) => {
        for (const { path, bytes } of contents) {
          mkdirSync(dirname(join(packageDir, path)), { recursive: true });
          writeFileSync(join(packageDir, path), bytes);
        }
      });
      wanted[name] = want;
      locked[name] = {
        source: 'registry',
        version,
        trust,
        integrity,
        files: filesIntegrity(files),
        type: lockedType ?? ((source.type ?? 'hook') as PluginType),
        url: 'store:test',
        registry: 'http://127.0.0.1/',
      };
      // JSON is YAML.
      write('ar-plugins.yaml', JSON.stringify({ schemaVersion: 1, plugins: wanted }));
      write('ar-plugins.lock', JSON.stringify({ schemaVersion: 1, plugins: locked }));
      return { packageDir: store.packageDir(integrity) };
    },
  };
}

/** Removes all that this file's tests made. For `afterAll`. */
export function removeWorkDir(): void {
  rmSync(workDir, { recursive: true, force: true, maxRetries: 3 });
}

function filesOf({ name, version = '1.0.0', type = 'hook', code, manifest = '', files = {} }: PluginSource) {
  const hooks =
    type === 'hook' && !/^hooks:/m.test(manifest)
      ? 'hooks: { onMessage: true, onConnect: true, onDisconnect: true }\n'
      : '';
  const text = `name: "${name}"
version: "${version}"
type: ${type}
description: A plugin of a test
author: { name: Test }
repository: { type: git, url: "https://example.com/test" }
license: MIT
main: ./index.js
${hooks}${manifest}`;
  return {
    'ar-plugin.yaml': text,
    'package.json': '{"type":"module"}',
    ...(code === undefined ? {} : { 'index.js': code }),
    ...files,
  };
}
