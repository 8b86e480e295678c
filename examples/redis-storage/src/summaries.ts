import type { AgentSummary } from '@ar-registry/sdk';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { toJson } from './records.ts';

export interface Summaries {
  save(summary: Omit<AgentSummary, 'lastUpdated'>): Promise<void>;
  of(agentName: string): Promise<AgentSummary | null>;
  /** By name. */
  all(): Promise<AgentSummary[]>;
}

export interface SummariesOptions {
  readonly connection: Connection;
  readonly keys: Keys;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** One hash, a field for each agent: what it last said of its work. They do not expire. */
export function createSummaries({ connection, keys, nowMs }: SummariesOptions): Summaries {
  const key = keys.of('summaries');
  return {
    async save(summary) {
      const text = toJson({ ...summary, lastUpdated: nowMs() });
      // As a name it is written as everywhere else; text as Redis has it could not tell some of them apart.
      await connection.write((redis) => redis.hSet(key, JSON.stringify(summary.agentName), text));
    },
    async of(agentName) {
      const text = await connection.read((redis) => redis.hGet(key, JSON.stringify(agentName)));
      return text === null ? null : (JSON.parse(text) as AgentSummary);
    },
    async all() {
      const texts = await connection.read((redis) => redis.hVals(key));
      const summaries = texts.map((text) => JSON.parse(text) as AgentSummary);
      return summaries.toSorted((a, b) => (a.agentName < b.agentName ? -1 : 1));
    },
  };
}
