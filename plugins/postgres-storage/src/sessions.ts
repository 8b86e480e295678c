import type { AgentSummary, SessionEnd, SessionQuery, StoredSession } from '@ar-registry/sdk';
import { bounded, createConditions, equals, notBefore } from './conditions.ts';
import type { Database } from './database.ts';
import { optional, toJson, toKey, toSession, toSummary, toText, toWhole } from './rows.ts';
import { toColumn } from './text.ts';

const DEFAULT_LIMIT = 50;

export interface Sessions {
  start(session: Omit<StoredSession, 'messageCount'>): Promise<void>;
  end(sessionId: string, options?: SessionEnd): Promise<void>;
  find(query?: SessionQuery): Promise<StoredSession[]>;
  count(sessionId: string): Promise<void>;
  byToken(resumeToken: string): Promise<StoredSession | null>;
  saveSummary(summary: Omit<AgentSummary, 'lastUpdated'>): Promise<void>;
  summary(agentName: string): Promise<AgentSummary | null>;
  summaries(): Promise<AgentSummary[]>;
}

/** @param nowMs milliseconds since the epoch */
export function createSessions(database: Database, nowMs: () => number): Sessions {
  const { sessions, agent_summaries: summaries } = database.tables;
  return {
    start: async (session) => start(database, session),
    end: async (sessionId, { summary, closedBy } = {}) => {
      await database.change(
        `UPDATE ${sessions} SET ended_at = $2, summary = coalesce($3, summary), closed_by = $4 WHERE id = $1`,
        [toColumn(sessionId), nowMs(), toText(summary), toText(closedBy)],
      );
    },
    find: async (query = {}) => find(database, query),
    count: async (sessionId) => {
      await database.change(`UPDATE ${sessions} SET message_count = message_count + 1 WHERE id = $1`, [
        toColumn(sessionId),
      ]);
    },
    byToken: async (resumeToken) => {
      const rows = await database.query(`SELECT * FROM ${sessions} WHERE resume_token = $1`, [toColumn(resumeToken)]);
      return rows[0] ? toSession(rows[0]) : null;
    },
    saveSummary: async (summary) => saveSummary(database, summary, nowMs()),
    summary: async (agentName) => {
      const rows = await database.query(`SELECT * FROM ${summaries} WHERE agent_name = $1`, [toColumn(agentName)]);
      return rows[0] ? toSummary(rows[0]) : null;
    },
    summaries: async () => (await database.query(`SELECT * FROM ${summaries} ORDER BY agent_name`)).map(toSummary),
  };
}

/** A session that is taken up again starts once more under its id: it goes on where it was, as in agent-relay's own. */
async function start(database: Database, session: Omit<StoredSession, 'messageCount'>): Promise<void> {
  const { id, agentName, cli, projectId, projectRoot, startedAt, endedAt, summary, resumeToken, closedBy } = session;
  await database.change(
    `INSERT INTO ${database.tables.sessions} AS old (id, agent_name, cli, project_id, project_root, started_at, ended_at, summary, resume_token, closed_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (id) DO UPDATE SET agent_name = excluded.agent_name, cli = coalesce(excluded.cli, old.cli),
       project_id = coalesce(excluded.project_id, old.project_id), project_root = coalesce(excluded.project_root, old.project_root),
       ended_at = excluded.ended_at, summary = coalesce(excluded.summary, old.summary),
       resume_token = coalesce(excluded.resume_token, old.resume_token), closed_by = excluded.closed_by`,
    [
      toKey(id, 'id'),
      toText(agentName),
      toText(cli),
      toText(projectId),
      toText(projectRoot),
      toWhole(startedAt, 'startedAt'),
      optional(endedAt, (ts) => toWhole(ts, 'endedAt')),
      toText(summary),
      optional(resumeToken, (token) => toKey(token, 'resumeToken')),
      toText(closedBy),
    ],
  );
}

async function find(
  database: Database,
  { agentName, projectId, since, limit }: SessionQuery,
): Promise<StoredSession[]> {
  const conditions = createConditions();
  conditions.add(equals('agent_name', '?'), toText(agentName));
  conditions.add('project_id = ?', toText(projectId));
  conditions.add('started_at >= ?', notBefore(since));
  const where = conditions.where();
  const most = conditions.parameter(bounded(limit, DEFAULT_LIMIT));
  const rows = await database.query(
    `SELECT * FROM ${database.tables.sessions}${where} ORDER BY started_at DESC, id DESC LIMIT ${most}`,
    conditions.values,
  );
  return rows.map(toSession);
}

async function saveSummary(
  database: Database,
  summary: Omit<AgentSummary, 'lastUpdated'>,
  nowMs: number,
): Promise<void> {
  const { agentName, projectId, currentTask, completedTasks, decisions, context, files } = summary;
  await database.change(
    `INSERT INTO ${database.tables.agent_summaries} (agent_name, project_id, last_updated, current_task, completed_tasks, decisions, context, files)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (agent_name) DO UPDATE SET project_id = excluded.project_id, last_updated = excluded.last_updated,
       current_task = excluded.current_task, completed_tasks = excluded.completed_tasks, decisions = excluded.decisions,
       context = excluded.context, files = excluded.files`,
    [
      toKey(agentName, 'agentName'),
      toText(projectId),
      nowMs,
      toText(currentTask),
      toJson(completedTasks),
      toJson(decisions),
      toText(context),
      toJson(files),
    ],
  );
}
