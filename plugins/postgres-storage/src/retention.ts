/** Deletes what is older than it is to be kept, a little at a time, so that nothing waits for it. */
import type { Database } from './database.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const BATCH = 5000;
/** A session that goes on is kept, however old it is. */
const TABLES = [
  { table: 'messages', column: 'ts' },
  { table: 'dead_letters', column: 'dlq_ts' },
  { table: 'sessions', column: 'ended_at' },
] as const;

/** @returns how many rows were deleted */
export async function deleteOld(
  database: Database,
  {
    retentionDays,
    nowMs,
    signal,
  }: { readonly retentionDays: number; readonly nowMs: number; readonly signal: AbortSignal },
): Promise<number> {
  if (retentionDays === 0) return 0;
  const before = nowMs - retentionDays * DAY_MS;
  let deleted = 0;
  for (const { table: name, column } of TABLES) {
    const table = database.tables[name];
    for (let count = BATCH; count === BATCH && !signal.aborted; deleted += count) {
      const statement = `DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} WHERE ${column} < $1 LIMIT ${BATCH}) RETURNING 1`;
      count = (await database.change(statement, [before])).length;
    }
  }
  return deleted;
}
