/** Plugins that listen, and who asks them. */
import { once } from 'node:events';
import { request, type Agent, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { plantPlugin, type SandboxedPlugin, type SandboxedSource } from './sandbox.ts';

/**
 * Installs a plugin with servers, and starts the daemon with it.
 *
 * @param loading body of a function that may `listen(name, server, …)`, and note what it sees in `seen`
 */
export function plantServers(loading: string, source: Partial<SandboxedSource> = {}): Promise<SandboxedPlugin> {
  return plantPlugin({
    permissions: { listen: ['127.0.0.1:0'] },
    ...source,
    attempts: `
      import { once } from 'node:events';
      import http from 'node:http';
      import http2 from 'node:http2';
      import https from 'node:https';
      import net from 'node:net';
      import { readFileSync } from 'node:fs';
      const ports = {};
      const seen = {};
      const listen = async (name, server, ...where) => {
        server.listen(...where);
        await once(server, 'listening');
        ports[name] = server.address().port;
        return server;
      };
      export async function loading(context) { ${loading} }
      export const attempts = { ports: () => ports, seen: () => seen };`,
  });
}

/** What it noted. */
export async function told<T>(planted: SandboxedPlugin, name: 'ports' | 'seen'): Promise<T> {
  const result = (await planted.attempt())[name];
  if (!result || !('returned' in result)) throw new Error(`${JSON.stringify(result)} ${planted.log()}`);
  return result.returned as T;
}

/** By the names that it listens under. */
export function portsOf<Name extends string>(planted: SandboxedPlugin): Promise<Readonly<Record<Name, number>>> {
  return told(planted, 'ports');
}

interface Asked {
  readonly path?: string;
  readonly body?: Buffer;
  readonly agent?: Agent;
}

/** Over HTTP; a POST if there is a body. */
export async function ask(
  port: number,
  { body, ...options }: Asked = {},
): Promise<{ status?: number; body: string; headers: IncomingMessage['headers'] }> {
  const asking = request({ port, host: '127.0.0.1', method: body ? 'POST' : 'GET', ...options });
  asking.end(body);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response), headers: response.headers };
}
