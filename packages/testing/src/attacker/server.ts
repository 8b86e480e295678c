/** A web server that answers with whatever bytes its owner likes. It has no key of anybody. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AttackerServer extends AsyncDisposable {
  readonly url: string;
  /** Route → bytes. */
  readonly files: Map<string, Uint8Array>;
  /** Called before each answer; true for one that it gave itself. */
  intercept: ((route: string, response: http.ServerResponse) => boolean) | undefined;
}

export async function createAttackerServer(): Promise<AttackerServer> {
  const files = new Map<string, Uint8Array>();
  const server = http.createServer((request, response) => {
    const route = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname.slice(1));
    if (attacker.intercept?.(route, response) === true) return;
    const bytes = files.get(route);
    if (bytes) response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const attacker: AttackerServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    intercept: undefined,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return attacker;
}
