/** Ports of this machine, as those who connect see them. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A connection that stays open for this side when the other ends. */
export async function connected(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host, allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

/** Whether somebody listens there. */
export async function isOpen(port: number, host = '127.0.0.1'): Promise<boolean> {
  return connected(port, host).then(
    (socket) => Boolean(socket.destroy()),
    () => false,
  );
}

/** What comes back for a byte: itself, from an echo, or `closed`. */
export async function echoed(socket: Socket): Promise<string> {
  socket.on('error', () => undefined).write('x');
  const answers = [once(socket, 'data').then(String), once(socket, 'close').then(() => 'closed')];
  return Promise.race(answers).catch(() => 'closed');
}
