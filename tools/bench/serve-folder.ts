/** A web server of static files in a process of its own: nginx where there is one, else one of Node.js. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface FolderServer extends AsyncDisposable {
  readonly url: string;
  /** For the table: `nginx` or `node:http`. */
  readonly kind: string;
}

export interface ServeOptions {
  readonly folder: string;
  /** `Cache-Control` of every answer. */
  readonly cacheControl: string;
  /** For what the server writes. */
  readonly scratch: string;
  /** On this machine; a free one unless given. */
  readonly port?: number;
  /** A path that is answered as if nothing was there, with all below it. */
  readonly hidden?: string;
}

/** nginx is looked for in PATH, where Debian puts it, and at AR_BENCH_NGINX. */
export async function serveFolder(options: ServeOptions): Promise<FolderServer> {
  const nginx = findNginx();
  return nginx === undefined ? serveWithNode(options) : serveWithNginx(nginx, options);
}

function findNginx(): string | undefined {
  const candidates = [process.env['AR_BENCH_NGINX'] ?? 'nginx', '/usr/sbin/nginx'];
  return candidates.find((file) => spawnSync(file, ['-v'], { stdio: 'ignore' }).status === 0);
}

async function serveWithNginx(nginx: string, options: ServeOptions): Promise<FolderServer> {
  const { folder, cacheControl, scratch, hidden, port = await freePort() } = options;
  const own = fs.mkdtempSync(path.join(scratch, 'nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${own};`);
  // Started by root, it would read the files as nobody, who may not.
  const user = process.getuid?.() === 0 ? 'user root; ' : '';
  const site = `listen 127.0.0.1:${port}; root ${folder}; add_header Cache-Control "${cacheControl}"; keepalive_requests 10000000;${hidden === undefined ? '' : ` location /${hidden}/ { return 404; }`}`;
  fs.writeFileSync(
    path.join(own, 'nginx.conf'),
    `${user}daemon off; worker_processes 1; pid ${own}/pid; error_log ${own}/error.log; events {}\n` +
      `http { access_log off; ${temporary.join(' ')} default_type application/octet-stream; server { ${site} } }\n`,
  );
  const args = ['-c', path.join(own, 'nginx.conf'), '-e', path.join(own, 'error.log')];
  const child = spawn(nginx, args, { stdio: 'ignore' });
  await connected(port, child);
  return { url: `http://127.0.0.1:${port}`, kind: 'nginx', [Symbol.asyncDispose]: () => end(child) };
}

async function serveWithNode({ folder, cacheControl, port = 0, hidden = '' }: ServeOptions): Promise<FolderServer> {
  const program = path.join(import.meta.dirname, 'static-server.ts');
  const args = ['--disable-warning=ExperimentalWarning', program, folder, cacheControl, String(port), hidden];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: line.toString('utf8').trim(), kind: 'node:http', [Symbol.asyncDispose]: () => end(child) };
}

/** One that nobody has now. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function connected(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    const socket = net.connect(port, '127.0.0.1');
    const isThere = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isThere) return;
    await delay(10);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
