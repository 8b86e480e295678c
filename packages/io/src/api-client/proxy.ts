/**
 * Connections through the proxy that the environment names, made by Node.js itself.
 *
 * @source https://nodejs.org/api/http.html#built-in-proxy-support
 */
import http from 'node:http';
import https from 'node:https';
import { ArError } from '@ar-registry/core/errors';
import type { AgentFor } from './http.ts';

export type ProxyEnv = Readonly<Record<string, string | undefined>>;

/** @param env with HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case. @throws PROXY_UNSUPPORTED */
export function createProxyAgents(env: ProxyEnv, node = process.versions.node): AgentFor {
  if (!canProxy(node)) throw new ArError('PROXY_UNSUPPORTED', { node });
  const options = { keepAlive: true, proxyEnv: { ...env } };
  const agents: { 'http:'?: http.Agent; 'https:'?: https.Agent } = {};
  return async (protocol) => {
    if (protocol === 'http:') return (agents['http:'] ??= new http.Agent(options));
    return (agents['https:'] ??= new https.Agent(options));
  };
}

/** An older Node.js ignores the option, and would go past the proxy without a word. */
function canProxy(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  if (major === 22) return minor >= 21;
  return major === 24 ? minor >= 5 : major > 24;
}
