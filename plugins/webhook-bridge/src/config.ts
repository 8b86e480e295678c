import { isLoopbackHost } from './loopback.ts';

export interface WebhookConfig {
  readonly url: URL;
  /** `whsec_…`; without one nothing is signed, and nothing is asked of inbound posts. */
  readonly secret?: string;
  readonly channels: readonly string[];
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly queueSize: number;
  /** Absent when no port is set: the bridge then accepts no posts. */
  readonly inbound?: InboundAddress;
}

export interface InboundAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads the configuration. Values from the environment are strings; both forms are accepted.
 *
 * @throws {TypeError} naming the variable, never its value, which may be a secret
 */
export function parseConfig(config: Readonly<Record<string, unknown>>): WebhookConfig {
  const secret = parseSecret(config['webhookSecret']);
  const inbound = parseInbound(config, secret !== undefined);
  return {
    url: parseUrl(config['webhookUrl']),
    ...(secret !== undefined && { secret }),
    channels: parseChannels(config['webhookChannels'] ?? []),
    maxAttempts: parseInteger('WEBHOOK_MAX_ATTEMPTS', config['webhookMaxAttempts'] ?? 8, [1, 20]),
    timeoutMs: 1000 * parseInteger('WEBHOOK_TIMEOUT_SECONDS', config['webhookTimeoutSeconds'] ?? 10, [1, 60]),
    queueSize: parseInteger('WEBHOOK_QUEUE_SIZE', config['webhookQueueSize'] ?? 1000, [1, 100_000]),
    ...(inbound && { inbound }),
  };
}

function parseUrl(value: unknown): URL {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new TypeError('WEBHOOK_URL must be a URL with http or https.');
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('WEBHOOK_URL must hold no user name and no password.');
  }
  return url;
}

/** @source Standard Webhooks specification, "Signature scheme": 24 to 64 random bytes in base64, prefixed by `whsec_` */
function parseSecret(value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  const base64 = typeof value === 'string' ? value.replace(/^whsec_/, '') : '';
  const key = Buffer.from(base64, 'base64');
  if (key.toString('base64') === base64 && key.length >= 24 && key.length <= 64) return `whsec_${base64}`;
  throw new TypeError('WEBHOOK_SECRET must be whsec_ followed by 24 to 64 bytes in base64.');
}

function parseChannels(value: unknown): readonly string[] {
  const names: readonly unknown[] =
    typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
  const channels = names.map((name) => (typeof name === 'string' ? name.trim() : name)).filter((name) => name !== '');
  if (channels.every(isChannel)) return [...new Set(channels)];
  throw new TypeError('WEBHOOK_CHANNELS must be names of channels, each with its #, separated by commas.');
}

function isChannel(name: unknown): name is string {
  return typeof name === 'string' && /^#[^\s,\p{Cc}]{1,100}$/u.test(name);
}

function parseInbound(config: Readonly<Record<string, unknown>>, hasSecret: boolean): InboundAddress | undefined {
  const rawPort = config['webhookInboundPort'];
  if (rawPort === undefined || rawPort === '') return undefined;
  const port = parseInteger('WEBHOOK_INBOUND_PORT', rawPort, [0, 65_535]);
  const host = config['webhookInboundHost'] ?? '127.0.0.1';
  if (typeof host !== 'string' || host === '') throw new TypeError('WEBHOOK_INBOUND_HOST must be an address.');
  if (!hasSecret && !isLoopbackHost(host)) {
    throw new TypeError('WEBHOOK_INBOUND_HOST must be a loopback address unless WEBHOOK_SECRET is set.');
  }
  return { host, port };
}

function parseInteger(key: string, value: unknown, [min, max]: readonly [number, number]): number {
  const number = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new TypeError(`${key} must be a whole number from ${min} to ${max}.`);
}
