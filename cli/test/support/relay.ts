/** A project with the real agent-relay and the real loader in it, as `npm install` would leave it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Sandbox, Started } from './ar.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const INSTALLED = path.join(ROOT, 'tools/agent-relay/node_modules');

export interface RelayProject {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file of the project. */
  readonly write: (file: string, text: string) => void;
  /** Writes a plugin of the user's own into a folder of the project. */
  readonly addPlugin: (
    folder: string,
    plugin: { readonly name: string; readonly code: string; readonly more?: string },
  ) => void;
  /** Starts `ar …` in the project. */
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => Started;
}

export interface InstalledRelay extends Disposable {
  /** A `node_modules` with the real agent-relay and the real loader in it. */
  readonly modules: string;
}

/**
 * Makes what several projects share. Of agent-relay's dependencies node-pty alone, which is native and which
 * `up --no-dashboard` never calls, is an empty module.
 */
export function installRelay(): InstalledRelay {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ar-relay-')));
  const modules = path.join(dir, 'node_modules');
  const relay = path.join(INSTALLED, 'agent-relay');
  fs.cpSync(relay, path.join(modules, 'agent-relay'), {
    recursive: true,
    filter: (file) => !file.endsWith('.map') && !file.startsWith(path.join(relay, 'bin')),
  });
  for (const name of fs.readdirSync(INSTALLED))
    if (!['agent-relay', 'node-pty', '.bin', '.package-lock.json'].includes(name))
      fs.symlinkSync(path.join(INSTALLED, name), path.join(modules, name));
  fs.mkdirSync(path.join(modules, 'node-pty'));
  fs.writeFileSync(path.join(modules, 'node-pty/package.json'), '{"main":"index.js"}');
  fs.writeFileSync(path.join(modules, 'node-pty/index.js'), '');
  linkLoader(modules);
  return { modules, [Symbol.dispose]: () => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 }) };
}

function linkLoader(modules: string): void {
  fs.mkdirSync(path.join(modules, '@ar-registry'), { recursive: true });
  fs.symlinkSync(path.join(ROOT, 'loader'), path.join(modules, '@ar-registry/loader'));
}

/** @param relay without it agent-relay is a package.json and an empty program: enough where no daemon runs */
export function createRelayProject(sandbox: Sandbox, relay?: InstalledRelay): RelayProject {
  const dir = path.join(sandbox.dir, 'project');
  const env = { AGENT_RELAY_DATA_DIR: path.join(sandbox.dir, 'data') };
  const write = (file: string, text: string): void => {
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    fs.writeFileSync(path.join(dir, file), text);
  };
  write('package.json', '{}');
  if (relay) fs.symlinkSync(relay.modules, path.join(dir, 'node_modules'));
  else {
    write('node_modules/agent-relay/package.json', '{"version": "1.6.0", "bin": {"agent-relay": "dist/cli/index.js"}}');
    write('node_modules/agent-relay/dist/cli/index.js', '');
    linkLoader(path.join(dir, 'node_modules'));
  }
  // agent-relay asks npm for a newer version, but not one who was told just now.
  const cache = { lastCheck: Date.now(), latestVersion: '1.6.0' };
  fs.mkdirSync(path.join(sandbox.home, '.agent-relay'));
  fs.writeFileSync(path.join(sandbox.home, '.agent-relay/update-cache.json'), JSON.stringify(cache));
  return {
    dir,
    env,
    write,
    addPlugin(folder, { name, code, more = '' }) {
      write(`${folder}/package.json`, '{"type":"module"}');
      write(`${folder}/index.js`, code);
      write(
        `${folder}/ar-plugin.yaml`,
        `name: "${name}"
version: 1.0.0
type: hook
description: A plugin of a test
author: { name: Test }
repository: { type: git, url: "https://example.com/test" }
license: MIT
main: ./index.js
hooks: { onMessage: true }
${more}`,
      );
    },
    start: (args, more) => sandbox.startAr([...args, '--project', dir], { ...env, ...more }),
  };
}

/** Settles once a process has printed something on either stream. @throws if it ends before */
export function printed({ child, ended }: Started, text: string | RegExp): Promise<string> {
  let seen = '';
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: string) => {
        seen += chunk;
        if (typeof text === 'string' ? seen.includes(text) : text.test(seen)) resolve(seen);
      });
    void ended.then(({ code }) => reject(new Error(`It ended with ${code}:\n${seen}`)), reject);
  });
}
