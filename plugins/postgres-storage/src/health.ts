import { setTimeout as delay } from 'node:timers/promises';
import type { HealthStatus } from '@ar-registry/sdk';
import type { Database } from './database.ts';
import type { Messages } from './messages.ts';
import { describe } from './passing.ts';

/** How far the tables are. */
export type Tables =
  | { readonly state: 'pending' }
  | { readonly state: 'ready' }
  | { readonly state: 'failed'; readonly problem: string };

const ANSWER_MS = 2000;
/** How long the oldest write may wait. */
const SLOW_MS = 5000;
const STUCK_MS = 30_000;

/** Whether the database answers, and whether what is to be written is written. */
export async function healthOf({
  database,
  messages: { writer },
  tables,
}: {
  readonly database: Database;
  readonly messages: Messages;
  readonly tables: Tables;
}): Promise<HealthStatus> {
  const oldestMs = Math.round(writer.oldestMs());
  const details = { waiting: writer.waiting(), oldestMs };
  const begin = performance.now();
  const problem = await problemOf(database, tables);
  if (problem !== undefined)
    return { status: 'unhealthy', message: `The database cannot be used: ${problem}`, details };
  if (oldestMs > SLOW_MS) {
    const status = oldestMs > STUCK_MS ? 'unhealthy' : 'degraded';
    return { status, message: `Messages wait to be written for ${Math.round(oldestMs / 1000)} s.`, details };
  }
  if (tables.state === 'pending') return { status: 'degraded', message: 'The tables are being made.', details };
  return { status: 'healthy', details: { ...details, milliseconds: Math.round(performance.now() - begin) } };
}

async function problemOf(database: Database, tables: Tables): Promise<string | undefined> {
  if (tables.state === 'failed') return tables.problem;
  const answered = new AbortController();
  try {
    const slow = delay(ANSWER_MS, undefined, { ref: false, signal: answered.signal });
    await Promise.race([database.probe(), slow.then(() => Promise.reject(new Error('it does not answer')))]);
  } catch (error) {
    return describe(error);
  } finally {
    answered.abort();
  }
  return database.failure();
}
