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
  if (typeof value === 'string' && /^postgres(?:ql)?:\/\//.test(value) && URL.canParse(value)) return value;
  throw new TypeError('DATABASE_URL must be an address that starts with postgres://.');
}

/** It becomes part of statements. */
function parseSchema(value: unknown): string {
  if (typeof value === 'string' && /^[a-z_][a-z0-9_]{0,62}$/.test(value)) return value;
  throw new TypeError('POSTGRES_SCHEMA must be a name of small letters, digits and underscore.');
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
