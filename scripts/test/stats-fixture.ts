/** An index to count for, and logs of every server. */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DailyStats } from '@ar-registry/schemas';
import { validator as isDailyStats } from '@ar-registry/schemas/validators/daily-stats';
import { validator as isStatsOutput } from '@ar-registry/schemas/validators/cli/stats';
import { expect } from 'vitest';
import { collectStats, type LogFormat } from '../src/stages/stats/index.ts';
import { INDEX_FILES, testRegistry, type TestRegistry } from './registry-fixture.ts';

export const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
export const NPM = 'npm/10.2.4 node/v24.1.0 linux x64 workspaces/false';
export const TARGET = '/api/v1/plugins/@acme/audit/1.0.0/download';

export interface Request {
  readonly at: string;
  readonly client: string;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly agent: string;
}

export const request = (changes: Partial<Request> = {}): Request => ({
  at: '2026-11-20T10:00:00Z',
  client: '192.0.2.1',
  method: 'GET',
  target: TARGET,
  status: 200,
  agent: NPM,
  ...changes,
});

/** As many clients, each with one request. */
export const clients = (count: number, changes: Partial<Request> = {}): readonly Request[] =>
  Array.from({ length: count }, (_, at) => request({ client: `192.0.2.${at}`, ...changes }));

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function combined({ at, client, method, target, status, agent }: Request): string {
  const [year, month, day] = at.slice(0, 10).split('-');
  const time = `${day}/${MONTHS[Number(month) - 1]}/${year}:${at.slice(11, 19)} +0000`;
  return `${client} - - [${time}] "${method} ${target} HTTP/1.1" ${status} 512 "-" "${agent}"`;
}

export const WRITERS: { readonly [Format in LogFormat]: (each: Request) => string } = {
  nginx: combined,
  'nginx-json': ({ at, client, method, target, status, agent }) =>
    JSON.stringify({
      time_iso8601: at.replace('Z', '+00:00'),
      remote_addr: client,
      request_method: method,
      request_uri: target,
      status: String(status),
      http_user_agent: agent,
    }),
  caddy: ({ at, client, method, target, status, agent }) =>
    JSON.stringify({
      level: 'info',
      ts: Date.parse(at) / 1000 + 0.25,
      logger: 'http.log.access',
      msg: 'handled request',
      request: { remote_ip: '10.0.0.1', client_ip: client, method, uri: target, headers: { 'User-Agent': [agent] } },
      status,
    }),
  cloudfront: ({ at, client, method, target, status, agent }) => {
    const [stem = '', query = '-'] = target.split('?');
    const agentTwice = encodeURIComponent(encodeURIComponent(agent));
    return [
      at.slice(0, 10),
      at.slice(11, 19),
      'FRA1',
      99,
      client,
      method,
      'd1.cloudfront.net',
      stem,
      status,
      '-',
      agentTwice,
      query,
    ].join('\t');
  },
  cloudflare: ({ at, client, method, target, status, agent }) =>
    JSON.stringify({
      EdgeStartTimestamp: at,
      ClientIP: client,
      ClientRequestMethod: method,
      ClientRequestURI: target,
      EdgeResponseStatus: status,
      ClientRequestUserAgent: agent,
    }),
};

const HEADERS: Partial<Record<LogFormat, string>> = {
  cloudfront:
    '#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query\n',
};

export function logOf(requests: readonly Request[], format: LogFormat = 'nginx'): string {
  return `${HEADERS[format] ?? ''}${requests.map(WRITERS[format]).join('\n')}\n`;
}

export interface Setting {
  readonly index: string;
  readonly write: (name: string, content: string | Uint8Array) => Promise<string>;
  readonly collect: (logs: readonly string[], more?: object) => ReturnType<typeof collectStats>;
  readonly day: (day: string) => Promise<DailyStats | undefined>;
}

/** An index with one plugin of two versions. */
export async function setting(): Promise<Setting> {
  const registry = await testRegistry();
  const index = join(registry.folder, 'index');
  const files = new Map([...Object.entries(INDEX_FILES), ...(await versions(registry))]);
  for (const [path, content] of files) await put(join(index, path), content);
  const logs = join(registry.folder, 'logs');
  return {
    index,
    write: async (name, content) => {
      await put(join(logs, name), content);
      return join(logs, name);
    },
    collect: async (given, more = {}) => {
      const temporary = join(registry.folder, 'temporary');
      await mkdir(temporary, { recursive: true });
      const input = {
        index,
        logs: given,
        releases: [],
        basePath: '',
        delayHours: 24,
        memoryMiB: 256,
        threads: 1,
        ...more,
      };
      const outcome = await collectStats(input, {
        nowMs: NOW_MS,
        temporary,
        signal: new AbortController().signal,
        ...more,
      });
      expect(await readdir(temporary)).toEqual([]);
      expect(isStatsOutput({ schemaVersion: 1, ...outcome }).ok).toBe(true);
      return outcome;
    },
    day: async (day) => {
      const text = await readFile(join(index, `stats/daily/${day}.json`), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const checked = isDailyStats(JSON.parse(text));
      if (!checked.ok) throw new Error('It does not fit its schema.');
      return checked.value;
    },
  };
}

async function versions(registry: TestRegistry): Promise<readonly (readonly [string, Uint8Array | string])[]> {
  return [
    ...(await registry.submission('@acme/audit', '1.0.0')),
    ...(await registry.submission('@acme/audit', '1.1.0')),
  ];
}

export async function put(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

export const counts = (version: string, count: number): object => ({ '@acme/audit': { [version]: count } });
