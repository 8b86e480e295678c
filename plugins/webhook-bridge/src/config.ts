import { parseEndpoints, parseSecrets, type EndpointConfig } from './endpoint-config.ts';
import { isLoopbackHost } from './loopback.ts';

export interface WebhookConfig {
  /** At least one. */
  readonly endpoints: readonly EndpointConfig[];
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  /** Of each endpoint. */
  readonly queueSize: number;
  /** Absent when no port is set: the bridge then accepts no posts. */
  readonly inbound?: InboundConfig;
}

export interface InboundConfig extends InboundAddress {
  /** A post must be signed with one of them; without any, nothing is asked of posts. */
  readonly secrets: readonly string[];
}

export interface InboundAddress {
  readonly host: string;
  readonly port: number;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Reads the configuration. Values from the environment are strings; both forms are accepted.
 *
 * @throws {TypeError} naming the variable, never its value, which may be a secret
 */
export function parseConfig(config: Values): WebhookConfig {
  const endpoints = parseEndpoints(config);
  const own = parseSecrets('WEBHOOK_INBOUND_SECRET', config['webhookInboundSecret']);
  const inbound = parseInbound(config, own.length > 0 ? own : (endpoints[0]?.secrets ?? []));
  return {
    endpoints,
    maxAttempts: parseInteger('WEBHOOK_MAX_ATTEMPTS', config['webhookMaxAttempts'] ?? 8, [1, 100]),
    timeoutMs: 1000 * parseInteger('WEBHOOK_TIMEOUT_SECONDS', config['webhookTimeoutSeconds'] ?? 10, [1, 60]),
    queueSize: parseInteger('WEBHOOK_QUEUE_SIZE', config['webhookQueueSize'] ?? 1000, [1, 100_000]),
    ...(inbound && { inbound }),
  };
}

function parseInbound(config: Values, secrets: readonly string[]): InboundConfig | undefined {
  const rawPort = config['webhookInboundPort'];
  if (rawPort === undefined || rawPort === '') return undefined;
  const port = parseInteger('WEBHOOK_INBOUND_PORT', rawPort, [0, 65_535]);
  const host = config['webhookInboundHost'] ?? '127.0.0.1';
  if (typeof host !== 'string' || host === '') throw new TypeError('WEBHOOK_INBOUND_HOST must be an address.');
  if (secrets.length === 0 && !isLoopbackHost(host)) {
    throw new TypeError('WEBHOOK_INBOUND_HOST must be a loopback address unless a secret is set.');
  }
  return { host, port, secrets };
}

function parseInteger(key: string, value: unknown, [min, max]: readonly [number, number]): number {
  const number = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new TypeError(`${key} must be a whole number from ${min} to ${max}.`);
}
