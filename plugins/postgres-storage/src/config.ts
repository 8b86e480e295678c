export interface PostgresConfig {
  /** Holds a password. */
  readonly databaseUrl: string;
  /** A plain identifier. */
  readonly schema: string;
  readonly poolSize: number;
  /** 0 for ever. */
  readonly retentionDays: number;
}

/**
 * Reads the configuration. Values from the environment are strings; both forms are accepted.
 *
 * @throws {TypeError} naming the variable, and never its value
 */
export function parseConfig(config: Readonly<Record<string, unknown>>): PostgresConfig {
  return {
    databaseUrl: parseUrl(config['databaseUrl']),
    schema: parseSchema(config['postgresSchema'] ?? 'agent_relay'),
    poolSize: parseNumber('POSTGRES_POOL_SIZE', config['postgresPoolSize'] ?? 10, { least: 1, most: 100 }),
    retentionDays: parseNumber('POSTGRES_RETENTION_DAYS', config['postgresRetentionDays'] ?? 0, {
      least: 0,
      most: 36_500,
    }),
  };
}

function parseUrl(value: unknown): string {
  const url = typeof value === 'string' && /^postgres(?:ql)?:\/\//.test(value) ? URL.parse(value) : null;
  // The driver would take several hosts for one strange name, and look for it for ever.
  const hosts = [url?.hostname, url?.searchParams.get('host')];
  if (typeof value === 'string' && url && !hosts.some((host) => /,|%2c/i.test(host ?? ''))) return value;
  throw new TypeError('DATABASE_URL must be an address of one host that starts with postgres://.');
}

/** It becomes part of statements. Names with pg_ are PostgreSQL's own. */
function parseSchema(value: unknown): string {
  if (typeof value === 'string' && /^(?!pg_)[a-z_][a-z0-9_]{0,62}$/.test(value)) return value;
  throw new TypeError(
    'POSTGRES_SCHEMA must be a name of small letters, digits and underscore that does not start with pg_.',
  );
}

function parseNumber(
  key: string,
  value: unknown,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const number = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new TypeError(`${key} must be a whole number from ${least} to ${most}.`);
}
