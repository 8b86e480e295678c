import type { AgentSummary, SessionEnd, SessionQuery, StoredSession } from '@ar-registry/sdk';
import { createConditions } from './conditions.ts';
import type { Database } from './database.ts';
import { toJson, toSession, toSummary, toText } from './rows.ts';
import { toColumn } from './text.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 10_000;

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
  return {
    start: async (session) => start(database, session),
    end: async (sessionId, { summary, closedBy } = {}) => {
      await database.query(
        'UPDATE sessions SET ended_at = $2, summary = coalesce($3, summary), closed_by = $4 WHERE id = $1',
        [toColumn(sessionId), nowMs(), toText(summary), closedBy ?? null],
      );
    },
    find: async (query = {}) => find(database, query),
    count: async (sessionId) => {
      await database.query('UPDATE sessions SET message_count = message_count + 1 WHERE id = $1', [
        toColumn(sessionId),
      ]);
    },
    byToken: async (resumeToken) => {
      const rows = await database.query('SELECT * FROM sessions WHERE resume_token = $1', [toColumn(resumeToken)]);
      return rows[0] ? toSession(rows[0]) : null;
    },
    saveSummary: async (summary) => saveSummary(database, summary, nowMs()),
    summary: async (agentName) => {
      const rows = await database.query('SELECT * FROM agent_summaries WHERE agent_name = $1', [toColumn(agentName)]);
      return rows[0] ? toSummary(rows[0]) : null;
    },
    summaries: async () => (await database.query('SELECT * FROM agent_summaries ORDER BY agent_name')).map(toSummary),
  };
}

/** A session that is taken up again starts once more under its id: it goes on where it was. */
async function start(database: Database, session: Omit<StoredSession, 'messageCount'>): Promise<void> {
  const { id, agentName, cli, projectId, projectRoot, startedAt, endedAt, summary, resumeToken, closedBy } = session;
  await database.query(
    `INSERT INTO sessions (id, agent_name, cli, project_id, project_root, started_at, ended_at, summary, resume_token, closed_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (id) DO UPDATE SET agent_name = excluded.agent_name, cli = excluded.cli, project_id = excluded.project_id,
       project_root = excluded.project_root, started_at = excluded.started_at, ended_at = excluded.ended_at,
       summary = coalesce(excluded.summary, sessions.summary), resume_token = excluded.resume_token, closed_by = excluded.closed_by`,
    [
      toColumn(id),
      toColumn(agentName),
      toText(cli),
      toText(projectId),
      toText(projectRoot),
      startedAt,
      endedAt ?? null,
      toText(summary),
      toText(resumeToken),
      closedBy ?? null,
    ],
  );
}

async function find(
  database: Database,
  { agentName, projectId, since, limit }: SessionQuery,
): Promise<StoredSession[]> {
  const conditions = createConditions();
  conditions.add('agent_name = ?', toText(agentName));
  conditions.add('project_id = ?', toText(projectId));
  conditions.add('started_at >= ?', since);
  const where = conditions.where();
  const most = conditions.parameter(Math.min(Math.max(Math.trunc(limit ?? DEFAULT_LIMIT), 0), MAX_LIMIT));
  const rows = await database.query(
    `SELECT * FROM sessions${where} ORDER BY started_at DESC, id DESC LIMIT ${most}`,
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
  await database.query(
    `INSERT INTO agent_summaries (agent_name, project_id, last_updated, current_task, completed_tasks, decisions, context, files)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (agent_name) DO UPDATE SET project_id = excluded.project_id, last_updated = excluded.last_updated,
       current_task = excluded.current_task, completed_tasks = excluded.completed_tasks, decisions = excluded.decisions,
       context = excluded.context, files = excluded.files`,
    [
      toColumn(agentName),
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
