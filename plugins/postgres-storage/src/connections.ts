import { once as event } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import { isPassing } from './passing.ts';

/** The connections to the database, made when they are needed. */
export interface Connections {
  /** Runs `use` with one of them. @throws what `use` throws; what went wrong with the connection */
  use<Result>(use: (run: Run) => Promise<Result>): Promise<Result>;
  /** Ends each of them, also one that is lost or in use. */
  close(): Promise<void>;
}

/** One statement on one connection. After `timeoutMs` the connection counts as lost. */
export type Run = (text: string, values?: readonly unknown[], timeoutMs?: number) => Promise<QueryResultRow[]>;

export interface ConnectionOptions {
  /** Holds a password. */
  readonly url: string;
  readonly poolSize: number;
  /** How long a statement may take that has no time of its own. */
  readonly queryMs: number;
}

const CONNECT_MS = 5000;
/** A connection whose other end is gone without a word is found out by and by. */
const KEEP_ALIVE_MS = 10_000;
/** How long `close` waits for the server to hang up. */
const GOODBYE_MS = 250;

/** @param onIdleError a connection ended while nobody used it */
export function openConnections(
  { url, poolSize, queryMs }: ConnectionOptions,
  onIdleError: (error: unknown) => void,
): Connections {
  // Also those that connect still: the pool would wait for them.
  const sockets = new Set<Socket>();
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: 'agent-relay',
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  });
  // Without a listener it would end the process.
  pool.on('error', onIdleError);
  return {
    use: (use) => withClient(pool, (client) => use(runOn(client, queryMs))),
    async close() {
      const ended = pool.end();
      const closed = Promise.allSettled([...sockets].map((socket) => event(socket, 'close')));
      await Promise.race([closed, delay(GOODBYE_MS, undefined, { ref: false })]);
      for (const socket of sockets) socket.destroy();
      await ended;
    },
  };
}

async function withClient<Result>(pool: Pool, use: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken = false;
  // The pool listens to idle connections alone. One that ends while it is ours fails the statement too, or the next one.
  const ended = (): void => void (broken = true);
  client.on('error', ended);
  try {
    return await use(client);
  } catch (error) {
    // After a time-out the answer may still come: it would be taken for that of the next statement.
    broken ||= isPassing(error, true);
    throw error;
  } finally {
    client.off('error', ended);
    client.release(broken);
  }
}

function runOn(client: PoolClient, queryMs: number): Run {
  return async (text, values = [], timeoutMs = queryMs) => {
    const query = { text, values: [...values], query_timeout: timeoutMs };
    return (await client.query<QueryResultRow>(query)).rows;
  };
}
