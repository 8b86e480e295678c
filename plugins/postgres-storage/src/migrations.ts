/** The tables, step by step. A step that was released is never changed: another one follows it. */
import type { Run } from './connections.ts';

const STEPS: readonly string[] = [
  `CREATE TABLE messages (
     id text PRIMARY KEY,
     ts bigint NOT NULL,
     sender text NOT NULL,
     recipient text NOT NULL,
     topic text,
     kind text NOT NULL,
     body text NOT NULL,
     data json,
     payload_meta json,
     thread text,
     delivery_seq bigint,
     delivery_session_id text,
     session_id text,
     status text NOT NULL,
     is_urgent boolean NOT NULL,
     is_broadcast boolean,
     -- What is beyond is kept, and not found by its words: a document for the search has a limit of 1 MB.
     search tsvector GENERATED ALWAYS AS (to_tsvector('simple', left(body, 50000))) STORED
   );
   CREATE INDEX messages_by_ts ON messages (ts DESC, id);
   CREATE INDEX messages_by_recipient ON messages (recipient, ts DESC);
   CREATE INDEX messages_by_sender ON messages (sender, ts DESC);
   CREATE INDEX messages_by_thread ON messages (thread, ts DESC) WHERE thread IS NOT NULL;
   CREATE INDEX messages_by_topic ON messages (topic, ts DESC) WHERE topic IS NOT NULL;
   CREATE INDEX messages_by_delivery ON messages (recipient, delivery_session_id) WHERE delivery_session_id IS NOT NULL;
   CREATE INDEX messages_by_words ON messages USING gin (search);`,
  `CREATE TABLE sessions (
     id text PRIMARY KEY,
     agent_name text NOT NULL,
     cli text,
     project_id text,
     project_root text,
     started_at bigint NOT NULL,
     ended_at bigint,
     message_count bigint NOT NULL DEFAULT 0,
     summary text,
     resume_token text,
     closed_by text
   );
   CREATE INDEX sessions_by_start ON sessions (started_at DESC);
   CREATE INDEX sessions_by_agent ON sessions (agent_name, started_at DESC);
   CREATE UNIQUE INDEX sessions_by_token ON sessions (resume_token) WHERE resume_token IS NOT NULL;
   CREATE TABLE agent_summaries (
     agent_name text PRIMARY KEY,
     project_id text,
     last_updated bigint NOT NULL,
     current_task text,
     completed_tasks json,
     decisions json,
     context text,
     files json
   );`,
  `CREATE TABLE dead_letters (
     id text PRIMARY KEY,
     message_id text NOT NULL,
     sender text NOT NULL,
     recipient text NOT NULL,
     topic text,
     kind text NOT NULL,
     body text NOT NULL,
     data json,
     thread text,
     original_ts bigint NOT NULL,
     dlq_ts bigint NOT NULL,
     reason text NOT NULL,
     error_message text,
     attempt_count integer NOT NULL,
     last_attempt_ts bigint,
     dlq_retry_count integer NOT NULL DEFAULT 0,
     acknowledged boolean NOT NULL DEFAULT false,
     acknowledged_ts bigint,
     acknowledged_by text
   );
   CREATE INDEX dead_letters_by_ts ON dead_letters (dlq_ts DESC);
   CREATE INDEX dead_letters_by_recipient ON dead_letters (recipient, dlq_ts DESC);`,
  // Names come from agents, at any length; an entry of an index has room for 2,704 bytes. See `equals`.
  `DROP INDEX messages_by_recipient, messages_by_sender, messages_by_thread, messages_by_topic, messages_by_delivery,
     sessions_by_agent, dead_letters_by_recipient;
   CREATE INDEX messages_by_recipient ON messages (left(recipient, 200), ts DESC);
   CREATE INDEX messages_by_sender ON messages (left(sender, 200), ts DESC);
   CREATE INDEX messages_by_thread ON messages (left(thread, 200), ts DESC) WHERE thread IS NOT NULL;
   CREATE INDEX messages_by_topic ON messages (left(topic, 200), ts DESC) WHERE topic IS NOT NULL;
   CREATE INDEX messages_by_delivery ON messages (left(recipient, 200), left(delivery_session_id, 200))
     WHERE delivery_session_id IS NOT NULL;
   CREATE INDEX sessions_by_agent ON sessions (left(agent_name, 200), started_at DESC);
   CREATE INDEX dead_letters_by_recipient ON dead_letters (left(recipient, 200), dlq_ts DESC);`,
];

/** Any number, but always the same: daemons that start at once migrate one after the other. */
const LOCK = 4_715_236_401;
/** An index over many messages takes its time, and so does another daemon that makes them. */
const STEP_MS = 60 * 60 * 1000;

/**
 * Brings the tables up to date, in one transaction.
 *
 * @param schema a plain identifier
 * @throws {Error} where a newer version of this plugin has been at the tables; and what PostgreSQL says
 */
export async function migrate(run: Run, schema: string): Promise<void> {
  await run('BEGIN');
  try {
    await run('SELECT pg_advisory_xact_lock($1)', [LOCK], STEP_MS);
    // Not IF NOT EXISTS alone: that needs the right to create schemas also where it is there.
    const schemas = await run('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
    if (schemas.length === 0) await run(`CREATE SCHEMA "${schema}"`);
    // For this transaction alone: the steps name their tables in short.
    await run(`SET LOCAL search_path TO "${schema}"`);
    await run(
      'CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const rows = await run('SELECT coalesce(max(version), 0) AS version FROM schema_migrations');
    const done = Number(rows[0]?.['version'] ?? 0);
    if (done > STEPS.length)
      throw new Error(`The tables are of a newer version of this plugin (${done}, this one knows ${STEPS.length}).`);
    for (const [index, step] of STEPS.entries()) {
      if (index < done) continue;
      await run(step, [], STEP_MS);
      await run('INSERT INTO schema_migrations (version) VALUES ($1)', [index + 1]);
    }
    await run('COMMIT');
  } catch (error) {
    // The connection may be gone; then there is nothing to take back.
    await run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
