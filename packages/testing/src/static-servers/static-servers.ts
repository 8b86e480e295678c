/** Web servers as people run them, serving a folder on loopback without any logic of ours. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { requireProgram } from '../programs/index.ts';

export interface StaticServer extends AsyncDisposable {
  readonly url: string;
}

/** Which programs there are. */
export const STATIC_SERVERS = ['nginx', 'caddy'] as const;

/** @param root folder to serve; absolute. @param port of loopback that is free */
export async function serveStatically(
  program: (typeof STATIC_SERVERS)[number],
  root: string,
  port: number,
): Promise<StaticServer> {
  return start({ program, port, env: {} }, (folder) =>
    program === 'nginx' ? nginxConfig(root, port, folder) : caddyfile(root, port),
  );
}

export interface OwnCaddy {
  /** What stands after the global options of a Caddyfile; it listens to `port`. */
  readonly sites: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Caddy with a configuration of the test's own. */
export function startCaddy({ sites, port, env = {} }: OwnCaddy): Promise<StaticServer> {
  return start({ program: 'caddy', port, env }, () => `{\n  admin off\n  auto_https off\n}\n${sites}`);
}

interface Started {
  readonly program: (typeof STATIC_SERVERS)[number];
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

async function start({ program, port, env }: Started, configure: (folder: string) => string): Promise<StaticServer> {
  const file = await requireProgram(program);
  const folder = await mkdtemp(join(tmpdir(), `ar-${program}-`));
  const config = join(folder, 'config');
  await writeFile(config, configure(folder));
  const args =
    program === 'nginx'
      ? ['-c', config, '-e', join(folder, 'error.log'), '-p', folder]
      : ['run', '--config', config, '--adapter', 'caddyfile'];
  const home = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...home, ...env } });
  const log: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
  await listening(child, port).catch((error: unknown) => {
    throw new Error(`${program} does not start:\n${log.join('')}`, { cause: error });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What the guide for operators says, as far as one folder needs it. */
function nginxConfig(root: string, port: number, folder: string): string {
  return `daemon off; worker_processes 1; pid ${folder}/pid; user root;
events { worker_connections 256; }
http {
  access_log off;
  types { application/json json; text/html html; image/svg+xml svg; }
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server { listen 127.0.0.1:${port}; root ${root}; location ^~ /npm/@ { default_type application/json; } }
}
`;
}

function caddyfile(root: string, port: number): string {
  return `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  bind 127.0.0.1
  root * ${root}
  header /npm/@* Content-Type application/json
  file_server
}
`;
}

/** Neither of them says when it listens, so it is asked until it answers. */
async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}.`);
    if (await accepts(port)) return;
    await sleep(50);
  }
  throw new Error('It does not answer.');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
}
