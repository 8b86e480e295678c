/** The real runtime of Cloudflare's Workers on loopback, with a folder as its static assets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleWorker } from '../../../tools/bundle-worker.ts';
import { guideCode } from '../guide-code.ts';

const tools = createRequire(new URL('../../../tools/test-dependencies/package.json', import.meta.url));

export interface Workerd extends AsyncDisposable {
  readonly url: string;
}

/** @param assets folder; absolute */
export async function startWorkerd(assets: string): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), 'ar-workerd-'));
  await bundleWorker(join(folder, 'worker.js'));
  await writeFile(join(folder, 'config.capnp'), config(assets));
  const program = join(dirname(tools.resolve('workerd/package.json')), 'bin/workerd');
  const child = spawn(program, ['serve', join(folder, 'config.capnp'), '--control-fd=3'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exited = once(child, 'exit');
  const control = child.stdio[3];
  if (!control || !('read' in control)) throw new Error('workerd has no control channel.');
  const port = await Promise.race([
    portIn(control),
    exited.then(() => {
      throw new Error(`workerd does not start:\n${log}`);
    }),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** It says where it listens, in one line of JSON. */
async function portIn(control: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: control })) {
    const { event, port } = JSON.parse(line) as { readonly event: string; readonly port: number };
    if (event === 'listen') return port;
  }
  throw new Error('workerd says no port.');
}

interface WranglerConfig {
  readonly main: string;
  readonly no_bundle: boolean;
  readonly compatibility_date: string;
  readonly compatibility_flags: readonly string[];
  readonly assets: Readonly<Record<string, string | boolean>>;
}

/** What the guide for operators says in `wrangler.jsonc`. */
export function wranglerConfig(): WranglerConfig {
  const [code = ''] = guideCode('registry-operators.md', 'jsonc');
  return JSON.parse(code.replaceAll(/^\s*\/\/.*$/gm, '').replaceAll(/,(?=\s*[}\]])/g, '')) as WranglerConfig;
}

/** With the runtime and the binding that the guide names. */
function config(assets: string): string {
  const { compatibility_date: date, compatibility_flags: flags, assets: bound } = wranglerConfig();
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.js")],
      compatibilityDate = ${JSON.stringify(date)},
      compatibilityFlags = ${JSON.stringify(flags)},
      bindings = [(name = ${JSON.stringify(bound['binding'])}, service = "assets")],
    )),
    (name = "assets", disk = (path = ${JSON.stringify(assets)})),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}
