export interface RedisConfig {
  /** May hold a password. */
  readonly redisUrl: string;
  /** What all keys start with. */
  readonly prefix: string;
  /** 0 for ever. */
  readonly retentionMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_DAYS = 36_500;

/**
 * Reads the configuration. Values from the environment are strings; both forms are accepted.
 *
 * @throws {TypeError} naming the variable, and never its value
 */
export function parseConfig(config: Readonly<Record<string, unknown>>): RedisConfig {
  return {
    redisUrl: parseUrl(config['redisUrl']),
    prefix: parsePrefix(config['redisPrefix'] ?? 'agent-relay'),
    retentionMs: parseDays(config['redisRetentionDays'] ?? 0) * DAY_MS,
  };
}

/** With its `//`: the client would take an address without it for localhost. */
function parseUrl(value: unknown): string {
  const url = typeof value === 'string' && /^rediss?:\/\//.test(value) ? URL.parse(value) : null;
  if (typeof value === 'string' && url && url.hostname !== '' && /^(?:\/\d{0,9})?$/.test(url.pathname)) return value;
  throw new TypeError('REDIS_URL must be an address such as redis://user:password@host:6379/0.');
}

function parsePrefix(value: unknown): string {
  if (typeof value === 'string' && /^[\w.{}-]{1,100}$/.test(value)) return value;
  throw new TypeError('REDIS_PREFIX must be 1 to 100 letters, digits and . _ - { }.');
}

function parseDays(value: unknown): number {
  const days = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;
  if (days <= MAX_DAYS) return days;
  throw new TypeError(`REDIS_RETENTION_DAYS must be a whole number from 0 to ${MAX_DAYS}.`);
}
