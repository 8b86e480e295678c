/** How a registry is reached: its address, what it may be told, and over which connections. */
import { ArError } from '@ar-registry/core/errors';
import { httpGet, type AgentFor, type Authorization, type HttpResponse } from './http.ts';
import { shown } from './report.ts';

export interface ReachOptions {
  /** Base URL, with or without a slash at the end; may hold a path. `file:` for a built registry in a folder. */
  readonly registryUrl: string;
  /** Sent to the origin of `registryUrl` alone. */
  readonly token?: string | undefined;
  /** Environment variable that `token` came from, or would: said where access is refused. */
  readonly tokenEnv?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly agentFor?: AgentFor | undefined;
  /** Stands between the client and the network: it records what is answered, or answers itself and asks nobody. */
  readonly through?: Through | undefined;
}

/** @param base URL of the registry that `get` asks */
export type Through = (get: Get, base: string) => Get;

export interface Asked {
  readonly url: string;
  /** The place that the URL belongs to; absent for an archive that lies elsewhere. */
  readonly base?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly limitBytes: number;
  readonly signal: AbortSignal;
}

export type Get = (asked: Asked) => Promise<HttpResponse>;

/** Longest silence, where nothing else is said. */
export const TIMEOUT_MS = 15_000;

/** @throws REGISTRY_URL_INVALID */
export function parseBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'file:' && url.host === '';
  if (!url || !(isLocal || /^https?:$/.test(url.protocol)))
    throw new ArError('REGISTRY_URL_INVALID', { url: shown(url?.href ?? text.replace(/\/\/.*@/s, '//')) });
  url.search = '';
  url.hash = '';
  return url.href.replace(/\/+$/, '');
}

export function isFolder(base: string): boolean {
  return base.startsWith('file:');
}

/** @throws REGISTRY_TOKEN_REFUSED; what it returns: REGISTRY_UNAUTHORIZED, and what `httpGet` and `readFromFolder` throw */
export function createGet(base: string, options: ReachOptions): Get {
  const get = createDirectGet(base, options);
  return options.through?.(get, base) ?? get;
}

function createDirectGet(base: string, options: ReachOptions): Get {
  const authorization = authorizationFor(base, options);
  const { timeoutMs = TIMEOUT_MS, agentFor } = options;
  return async ({ base: place, ...asked }) => {
    if (place !== undefined && isFolder(place)) return (await import('./folder.ts')).readFromFolder(asked, place);
    const response = await httpGet({ ...asked, timeoutMs, authorization, agentFor });
    const { status } = response;
    if (place === undefined || (status !== 401 && status !== 403)) return response;
    throw new ArError('REGISTRY_UNAUTHORIZED', { url: shown(response.url), status, tokenEnv: options.tokenEnv });
  };
}

function authorizationFor(base: string, { token, tokenEnv = '' }: ReachOptions): Authorization | undefined {
  if (token === undefined || isFolder(base)) return undefined;
  const { origin, protocol, hostname } = new URL(base);
  const refused = (problem: string): ArError =>
    new ArError('REGISTRY_TOKEN_REFUSED', { variable: tokenEnv, url: shown(base), problem });
  if (protocol === 'http:' && !isLoopback(hostname)) throw refused('the address is not encrypted');
  if (!/^[\u0021-\u007e]{1,8192}$/.test(token)) throw refused('it holds what no token has, such as a space');
  return { origin, value: `Bearer ${token}` };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
