/**
 * The connections, and what happens while there are none: a statement whose connection fails is tried again with
 * back-off, until it works or the plugin is unloaded. So every statement may run twice; at worst a session's count of
 * messages is one too high then.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Pool, type PoolClient, type QueryResultRow } from 'pg';

export interface Database {
  /** @throws what PostgreSQL says of the statement; the signal's reason once the plugin is unloaded */
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs `use` with one connection. */
  withClient<Result>(use: (client: PoolClient) => Promise<Result>): Promise<Result>;
  /** Asks once, and does not try again. @throws what went wrong */
  probe(): Promise<void>;
  /** What the last attempt failed with; undefined while it works. */
  failure(): string | undefined;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly schema: string;
  readonly poolSize: number;
  readonly signal: AbortSignal;
  /** Called when connections begin to fail, and not again until they work. */
  readonly onFailure: (problem: string) => void;
  readonly onRecovery: () => void;
}

const CONNECT_MS = 5000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;

export function openDatabase({ url, schema, poolSize, signal, onFailure, onRecovery }: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_MS,
    options: `-c search_path=${schema}`,
    application_name: 'agent-relay',
  });
  let failure: string | undefined;
  const failed = (error: unknown): void => {
    const first = failure === undefined;
    failure = describe(error);
    if (first) onFailure(failure);
  };
  // A connection that ends while nobody uses it: without a listener it would end the process.
  pool.on('error', failed);

  const once = async <Result>(use: (client: PoolClient) => Promise<Result>): Promise<Result> => {
    try {
      const result = await attempt(pool, use);
      if (failure !== undefined) onRecovery();
      failure = undefined;
      return result;
    } catch (error) {
      if (isPassing(error)) failed(error);
      throw error;
    }
  };
  const withClient = async <Result>(use: (client: PoolClient) => Promise<Result>): Promise<Result> => {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      signal.throwIfAborted();
      try {
        return await once(use);
      } catch (error) {
        if (!isPassing(error)) throw error;
      }
      await delay(wait, undefined, { signal });
    }
  };
  return {
    withClient,
    query: async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      withClient(async (client) => (await client.query<Row>(text, [...values])).rows),
    probe: async () => void (await once((client) => client.query('SELECT 1'))),
    failure: () => failure,
    close: () => pool.end(),
  };
}

async function attempt<Result>(pool: Pool, use: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken = false;
  // The pool listens to idle connections alone. One that ends while it is ours fails the statement too, or the next one.
  const ended = (): void => void (broken = true);
  client.on('error', ended);
  try {
    return await use(client);
  } catch (error) {
    broken ||= isPassing(error);
    throw error;
  } finally {
    client.off('error', ended);
    client.release(broken);
  }
}

/** Classes and codes that say nothing of the statement: the connection, a server that starts, ends or has no place. */
const PASSING = /^(?:08|57P|53|25006|40001|40P01)/;
const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Whether the same statement may work a little later. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code !== undefined) return PASSING.test(code) || SYSTEM.has(code);
  // The driver's own errors have no code.
  return /^(?:Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
    error.message,
  );
}

/** Never the address: it holds the password. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  const message = error.message || (error instanceof AggregateError ? String(error.errors[0]) : error.name);
  return typeof code === 'string' ? `${message} (${code})` : message;
}
