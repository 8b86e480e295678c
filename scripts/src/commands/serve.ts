import { once } from 'node:events';
import { resolve } from 'node:path';
import type { ServeOutput } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { parseRateLimit, startServer } from '../stages/serve/index.ts';

export const serve = defineCommand({
  name: 'serve',
  summary: 'Serve a built registry, with the addresses of the reference API.',
  examples: [
    'ar-registry serve --dir ./build/registry',
    'ar-registry serve --dir /srv/registry --host 0.0.0.0 --port 80',
  ],
  options: {
    dir: { type: 'string', value: '<folder>', help: 'what a build wrote', required: true },
    port: { type: 'string', value: '<number>', help: '8080 unless given; 0 for any free one' },
    host: { type: 'string', value: '<address>', help: '127.0.0.1 unless given' },
    'rate-limit': {
      type: 'string',
      value: '<n>/<window>',
      help: 'requests of one client, as 300/1m; no limit unless given',
    },
    'behind-proxy': {
      type: 'boolean',
      help: 'the client is the last address of X-Forwarded-For, which the proxy adds',
    },
  },
  run: async (values, { cwd, signal, tell }) => {
    const port = parsePort(values.port ?? '8080');
    const dir = resolve(cwd, values.dir ?? '');
    const rateLimit = toRateLimit(values['rate-limit']);
    const behindProxy = values['behind-proxy'];
    const server = await startServer({ dir, host: values.host ?? '127.0.0.1', port, rateLimit, behindProxy });
    const json: ServeOutput = { schemaVersion: 1, url: server.url };
    tell(`${server.url}\n`, json);
    if (!signal.aborted) await once(signal, 'abort');
    await server.stop();
    return { text: '', exitCode: 0 };
  },
});

function toRateLimit(text: string | undefined): ReturnType<typeof parseRateLimit> {
  const limit = text === undefined ? undefined : parseRateLimit(text);
  if (text === undefined || limit) return limit;
  throw usage('--rate-limit is not a number and a window, such as 300/1m or 10/1s.', 'ar-registry serve --help');
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw usage('--port is not a number from 0 to 65535.', 'ar-registry serve --help');
}
