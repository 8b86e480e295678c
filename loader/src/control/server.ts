/** The control socket of a loader: how other programs of the same user ask about its plugins while the daemon runs. */
import { chmod, lstat, mkdtemp, readdir, rename, rm, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { assertSocketFree } from '@ar-registry/io/daemon-socket';
import { serveClient, type Answer, type Client } from './connection.ts';

export interface ControlServer {
  readonly socketPath: string;
  /** Ends all connections and removes the socket. */
  close(): Promise<void>;
}

/** One more, and the one that has said nothing for the longest goes. */
const MAX_CLIENTS = 64;
/** What a killed daemon left of making its socket. */
const MAKING = /^\.c[A-Za-z0-9]{6}$/;
const MAKING_MS = 60_000;

/**
 * Listens on a unix socket that only this user may connect to. One that a killed daemon left behind is replaced; one on
 * which somebody answers, and anything that is no socket, is left alone.
 *
 * @throws DAEMON_RUNNING, SOCKET_PATH_TOO_LONG, CONTROL_FAILED
 */
export async function startControl(socketPath: string, answer: Answer): Promise<ControlServer> {
  await assertSocketFree(socketPath);
  const clients = new Map<Socket, Client>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (clients.size >= MAX_CLIENTS && !makeRoom(clients)) {
      socket.destroy();
      return;
    }
    socket.once('close', () => clients.delete(socket));
    socket.on('error', () => socket.destroy());
    clients.set(socket, serveClient(socket, answer));
  });
  try {
    await assertReplaceable(socketPath);
    await removeLeft(dirname(socketPath));
    await listenPrivately(server, socketPath);
  } catch (error) {
    server.close();
    throw error instanceof ArError ? error : failed(error);
  }
  // It must not keep a process alive that has nothing else to do.
  server.unref();
  return { socketPath, close: () => close(server, { socketPath, clients }) };
}

/** Who waits for an answer stays. @returns false if all of them do */
function makeRoom(clients: Map<Socket, Client>): boolean {
  const silent = [...clients].filter(([, client]) => !client.isAsking());
  const [longest] = silent.toSorted(([, one], [, other]) => one.saidMs() - other.saidMs());
  if (!longest) return false;
  const [socket] = longest;
  clients.delete(socket);
  socket.destroy();
  return true;
}

async function removeLeft(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => MAKING.test(name));
  for (const path of names.map((name) => join(folder, name))) {
    const info = await lstat(path).catch(() => undefined);
    // Another daemon, of a script in the same project, may be making its own.
    if (info?.isDirectory() && Date.now() - info.mtimeMs > MAKING_MS) await rm(path, { recursive: true, force: true });
  }
}

async function assertReplaceable(socketPath: string): Promise<void> {
  const info = await lstat(socketPath).catch(() => undefined);
  if (info && !info.isSocket())
    throw new ArError('CONTROL_FAILED', { reason: `${socketPath} is there and is no socket` });
}

/**
 * Between listening and changing the mode, anybody could connect: so the socket is made where nobody else can look, and
 * moved when it is ready.
 */
async function listenPrivately(server: Server, socketPath: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(socketPath), '.c'));
  try {
    const path = join(folder, 's');
    server.listen(path);
    await once(server, 'listening');
    await chmod(path, 0o600);
    await rename(path, socketPath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function close(
  server: Server,
  { socketPath, clients }: { readonly socketPath: string; readonly clients: ReadonlyMap<Socket, Client> },
): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const client of clients.keys()) client.destroy();
  await closed;
  await unlink(socketPath).catch(() => undefined);
}

function failed(error: unknown): ArError {
  const { code } = error as { readonly code?: unknown };
  return new ArError(
    'CONTROL_FAILED',
    { reason: typeof code === 'string' ? code : 'it could not be opened' },
    { cause: error },
  );
}
